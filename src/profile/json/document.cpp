#include "profile/json/document.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>

namespace blupow::profile {

namespace {

using nlohmann::json;

// Longer ones are in no profile, and libstdc++'s regular expressions take a stack frame a character.
constexpr std::size_t kLongestText = 1000;

// Watches the parser's events and knows where in the document it is.
class Watcher {
 public:
  explicit Watcher(std::vector<ProfileError>& errors) : errors_(errors) {}

  void see(json::parse_event_t event, const json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
      case json::parse_event_t::array_start:
        enterElement();
        levels_.push_back({.is_array = event == json::parse_event_t::array_start});
        break;
      case json::parse_event_t::object_end:
      case json::parse_event_t::array_end:
        levels_.pop_back();
        break;
      case json::parse_event_t::key:
        seeKey(parsed.get_ref<const std::string&>());
        break;
      case json::parse_event_t::value:
        enterElement();
        if (parsed.is_string()) checkLength(parsed.get_ref<const std::string&>());
        break;
    }
  }

 private:
  struct Level {
    bool is_array = false;
    std::size_t elements = 0;  // of an array, so far
    std::string key;           // of an object, the last one
    std::set<std::string> keys;
  };

  void enterElement() {
    if (!levels_.empty()) ++levels_.back().elements;
  }

  void seeKey(const std::string& key) {
    levels_.back().key = key;
    checkLength(key);
    if (!levels_.back().keys.insert(key).second) errors_.push_back({.path = pointer(), .rule = "unique_key", .message = "the key stands here twice"});
  }

  void checkLength(const std::string& text) {
    if (text.size() <= kLongestText) return;
    errors_.push_back({.path = pointer(), .rule = "maxLength", .message = "a text of " + std::to_string(text.size()) + " bytes is too long"});
  }

  std::string pointer() const {
    std::string result;
    for (const Level& level : levels_) result += pointerStep(level.is_array ? std::to_string(level.elements - 1) : level.key.substr(0, kLongestText));
    return result;
  }

  std::vector<ProfileError>& errors_;
  std::vector<Level> levels_;
};

// "[json.exception.parse_error.101] parse error at line 1 ..." without what stands in brackets.
std::string plain(std::string_view what) {
  const std::size_t end = what.find("] ");
  return std::string(end == std::string_view::npos ? what : what.substr(end + 2));
}

}  // namespace

json parseStrictly(const std::string& text, std::vector<ProfileError>& errors) {
  try {
    Watcher watcher(errors);
    return json::parse(text, [&watcher](int, json::parse_event_t event, json& parsed) {
      watcher.see(event, parsed);
      return true;
    });
  } catch (const json::exception& exception) {
    errors.push_back({.path = "", .rule = "json", .message = plain(exception.what())});
    return nullptr;
  }
}

std::string pointerStep(const std::string& key) {
  std::string step = "/";
  for (const char character : key) {
    if (character == '~') {
      step += "~0";
    } else if (character == '/') {
      step += "~1";
    } else {
      step += character;
    }
  }
  return step;
}

}  // namespace blupow::profile
