#include "profile/json/shape.hpp"

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace blupow::profile {

namespace {

using nlohmann::json;

enum class Place : std::uint8_t { registers, stream, history };

const json& child(const json& object, const char* key) {
  static const json kNone = json::array();
  const auto found = object.find(key);
  return found == object.end() ? kNone : *found;
}

std::string textOf(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? std::string() : found->get<std::string>();
}

bool holdsSign(const json& object, const char* key) { return textOf(object, key).contains('#'); }

class Shape {
 public:
  explicit Shape(const json& document) : document_(document), place_(document.contains("stream") ? Place::stream : Place::registers) {}

  std::vector<ProfileError> run() {
    if (place_ == Place::stream) {
      forbid(document_, "", {"blocks", "identify", "history"}, "a stream is not asked");
      forbid(document_.at("gatt"), "/gatt", {"write", "write_service"}, "a stream is not asked");
    } else {
      need(document_, "", {"blocks"});
    }
    checkFields(document_, "", place_);
    if (document_.contains("history")) checkFields(document_.at("history"), "/history", Place::history);
    checkIdentify();
    std::size_t index = 0;
    for (const json& quirk : child(document_, "quirks")) {
      const std::string path = "/quirks/" + std::to_string(index++);
      if (place_ == Place::stream) forbid(quirk, path, {"blocks"}, "a stream is not asked");
      checkFields(quirk, path, place_);
    }
    return std::move(errors_);
  }

 private:
  using Keys = std::initializer_list<const char*>;

  void add(std::string path, std::string rule, std::string message) {
    errors_.push_back({.file = {}, .path = std::move(path), .rule = std::move(rule), .message = std::move(message)});
  }

  void need(const json& object, const std::string& path, Keys keys) {
    for (const char* key : keys) {
      if (!object.contains(key)) add(path, "required", std::string("the key ") + key + " is missing");
    }
  }

  void forbid(const json& object, const std::string& path, Keys keys, const std::string& why) {
    for (const char* key : keys) {
      if (object.contains(key)) add(path + "/" + key, "not_here", why);
    }
  }

  void checkFields(const json& parent, const std::string& path, Place place) {
    std::size_t index = 0;
    for (const json& field : child(parent, "fields")) checkField(field, path + "/fields/" + std::to_string(index++), place);
  }

  void checkField(const json& field, const std::string& path, Place place) {
    const std::string type = textOf(field, "type");
    const bool is_derived = type == "product" || type == "ratio" || type == "first";
    const bool is_alarms = type == "alarms";
    if (is_derived) {
      need(field, path, {"inputs"});
      forbid(field, path, {"block", "address", "words", "mask", "shift", "offset", "absent", "above", "count", "index", "repeat", "times", "setting"},
             "a value made of other fields has no register");
    } else {
      forbid(field, path, {"inputs"}, "inputs are for product, ratio and first");
      if (place == Place::registers) need(field, path, {"block"});
      if (!is_alarms) need(field, path, {"address"});
    }
    if (is_alarms) {
      need(field, path, {"parts"});
      forbid(field, path, {"address", "words", "mask", "shift", "values", "repeat", "setting"}, "the parts of alarms say it");
    } else {
      forbid(field, path, {"parts"}, "parts are for alarms");
    }
    if (place != Place::registers) forbid(field, path, {"block", "setting"}, place == Place::stream ? "a stream is not asked" : "a history is only read");
    if (place == Place::history) forbid(field, path, {"count", "index", "times", "inputs"}, "a day stands for itself");
    checkRepeat(field, path);
  }

  void checkRepeat(const json& field, const std::string& path) {
    const bool repeats = field.contains("repeat");
    for (const char* key : {"key", "name"}) {
      if (repeats != holdsSign(field, key)) add(path + "/" + key, "repeat", repeats ? "a repeated field needs a # here" : "a # is for repeated fields");
    }
    if (repeats) forbid(field, path, {"index", "setting"}, "the field is repeated");
    if (field.contains("count") && !repeats) need(field, path, {"index"});
    if (field.contains("index") && !field.contains("count")) add(path + "/index", "counted", "an index needs a count");
  }

  void checkIdentify() {
    std::size_t index = 0;
    for (const json& read : child(document_, "identify")) {
      const std::string path = "/identify/" + std::to_string(index++);
      if (read.value("plausible", false)) {
        forbid(read, path, {"pattern"}, "a plausible read has no text");
      } else {
        need(read, path, {"pattern"});
        forbid(read, path, {"names", "model", "when", "unless"}, "it is for plausible reads");
      }
    }
  }

  const json& document_;
  Place place_;
  std::vector<ProfileError> errors_;
};

}  // namespace

std::vector<ProfileError> checkShape(const json& document) { return Shape(document).run(); }

}  // namespace blupow::profile
