#include "app/json_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text.hpp"

namespace blupow::app {

namespace {

using Json = nlohmann::json;

bool isAbsent(const Json& value) { return value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty()); }

// Follows the parser through a text and tells each key that stands twice in one object; the parser itself would take the last one in silence.
class RepeatedKeys {
 public:
  explicit RepeatedKeys(Errors& errors) : errors_(errors) {}

  bool see(Json::parse_event_t event, const Json& parsed) {
    switch (event) {
      case Json::parse_event_t::object_start:
      case Json::parse_event_t::array_start:
        begin();
        levels_.push_back({.list = event == Json::parse_event_t::array_start});
        break;
      case Json::parse_event_t::object_end:
      case Json::parse_event_t::array_end:
        levels_.pop_back();
        break;
      case Json::parse_event_t::value:
        begin();
        break;
      case Json::parse_event_t::key:
        key(parsed.get_ref<const std::string&>());
        break;
    }
    return true;
  }

 private:
  struct Level {
    bool list = false;
    std::size_t count = 0;  // of a list: values begun
    std::string key;        // of an object: the last one
    std::set<std::string> keys;
  };

  void begin() {
    if (!levels_.empty() && levels_.back().list) ++levels_.back().count;
  }

  void key(const std::string& key) {
    Level& level = levels_.back();
    level.key = key;
    if (!level.keys.insert(key).second) errors_.push_back(path() + ": stands there twice");
  }

  std::string path() const {
    std::string path;
    for (const Level& level : levels_) {
      if (level.list) {
        path += fmt::format("[{}]", level.count - 1);
      } else {
        path += (path.empty() ? "" : ".") + printable(level.key);
      }
    }
    return path;
  }

  Errors& errors_;
  std::vector<Level> levels_;
};

// "line 3, column 14". The parser's own words are not used: they repeat the text, and that may be a password.
std::string placeOf(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t start = before.rfind('\n');
  return fmt::format("line {}, column {}", line, before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1);
}

// Whole numbers of JSON are signed or unsigned; one that does not fit into 64 bits is a floating number to the parser.
std::optional<std::int64_t> wholeNumber(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    return number <= static_cast<std::uint64_t>(INT64_MAX) ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
  }
  return value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

}  // namespace

const Json* ObjectReader::find(std::string_view key) {
  known_.emplace(key);
  const auto found = object_.find(std::string(key));
  return found == object_.end() || isAbsent(*found) ? nullptr : &*found;
}

std::string ObjectReader::pathOf(std::string_view key) const { return (path_.empty() ? "" : path_ + ".") + printable(key); }

bool ObjectReader::present(std::string_view key) const {
  const auto found = object_.find(std::string(key));
  return found != object_.end() && !isAbsent(*found);
}

void ObjectReader::wrong(std::string_view key, std::string_view sentence) { errors_.push_back(fmt::format("{}: {}", pathOf(key), sentence)); }

std::optional<std::string> ObjectReader::text(std::string_view key, std::string_view allowed, const Fits& fits) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    const auto& text = value->get_ref<const std::string&>();
    if (!fits || fits(text)) return text;
  }
  wrong(key, fmt::format("must be {}", allowed));
  return std::nullopt;
}

std::optional<std::string> ObjectReader::word(std::string_view key, std::span<const std::string_view> words) {
  return text(key, fmt::format("one of {}", fmt::join(words, ", ")), [&](const std::string& text) { return std::ranges::find(words, text) != words.end(); });
}

std::optional<std::int64_t> ObjectReader::number(std::string_view key, std::int64_t lowest, std::int64_t highest) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto number = wholeNumber(*value);
  if (number && *number >= lowest && *number <= highest) return number;
  wrong(key, fmt::format("must be a whole number from {} to {}", lowest, highest));
  return std::nullopt;
}

std::optional<bool> ObjectReader::flag(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  wrong(key, "must be true or false");
  return std::nullopt;
}

std::vector<std::string> ObjectReader::texts(std::string_view key, std::string_view allowed, const Fits& fits) {
  const Json* list = find(key);
  if (list == nullptr) return {};
  if (!list->is_array()) {
    wrong(key, "must be a list");
    return {};
  }
  std::vector<std::string> texts;
  for (std::size_t index = 0; index < list->size(); ++index) {
    const Json& value = list->at(index);
    if (isAbsent(value)) continue;
    if (value.is_string() && fits(value.get_ref<const std::string&>())) {
      texts.push_back(value.get_ref<const std::string&>());
    } else {
      wrong(fmt::format("{}[{}]", key, index), fmt::format("must be {}", allowed));
    }
  }
  return texts;
}

void ObjectReader::object(std::string_view key, const Read& read) {
  const Json* value = find(key);
  if (value == nullptr) return;
  if (!value->is_object()) {
    wrong(key, "must be an object");
    return;
  }
  ObjectReader reader(*value, pathOf(key), errors_);
  read(reader);
  reader.refuseUnknown();
}

void ObjectReader::objects(std::string_view key, const Read& read) {
  const Json* list = find(key);
  if (list == nullptr) return;
  if (!list->is_array()) {
    wrong(key, "must be a list of objects");
    return;
  }
  for (std::size_t index = 0; index < list->size(); ++index) {
    const Json& value = list->at(index);
    if (isAbsent(value)) continue;
    const std::string name = fmt::format("{}[{}]", key, index);
    if (!value.is_object()) {
      wrong(name, "must be an object");
      continue;
    }
    ObjectReader reader(value, pathOf(name), errors_);
    read(reader);
    reader.refuseUnknown();
  }
}

void ObjectReader::refuseUnknown() {
  for (const auto& item : object_.items()) {
    if (!known_.contains(item.key())) wrong(item.key(), fmt::format("is not known here; known are {}", fmt::join(known_, ", ")));
  }
}

void readObject(std::string_view text, std::string_view source, Errors& errors, const ObjectReader::Read& read) {
  Json object;
  try {
    RepeatedKeys repeated(errors);
    object = Json::parse(text, [&](int, Json::parse_event_t event, Json& parsed) { return repeated.see(event, parsed); });
  } catch (const Json::parse_error& error) {
    errors.assign(1, fmt::format("{}: is no JSON object ({})", source, placeOf(text, error.byte)));
    return;
  } catch (const Json::out_of_range&) {  // beyond what a double holds; its place is not told
    errors.assign(1, fmt::format("{}: is no JSON object (a number is too large)", source));
    return;
  }
  if (!object.is_object()) {
    errors.assign(1, fmt::format("{}: is no JSON object", source));
    return;
  }
  ObjectReader reader(object, {}, errors);
  read(reader);
  reader.refuseUnknown();
}

}  // namespace blupow::app
