#include "profile/json/build.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "core/bytes.hpp"
#include "core/text.hpp"
#include "profile/words.hpp"

namespace blupow::profile {

namespace {

using nlohmann::json;
using namespace std::string_view_literals;

// The words of the format, in the order of the enumerators.
constexpr std::array kIntervals{"fast"sv, "normal"sv, "slow"sv, "once"sv};
constexpr std::array kTypes{"u16"sv,
                            "s16"sv,
                            "u32"sv,
                            "s32"sv,
                            "u16_swapped"sv,
                            "high_byte"sv,
                            "low_byte"sv,
                            "high_sign_magnitude"sv,
                            "low_sign_magnitude"sv,
                            "ascii"sv,
                            "enumeration"sv,
                            "bits"sv,
                            "version"sv,
                            "hex"sv,
                            "u24"sv,
                            "s24"sv,
                            "alarms"sv,
                            "product"sv,
                            "ratio"sv,
                            "first"sv};
constexpr std::array kKinds{"bits"sv, "pairs"sv, "code"sv};
static_assert(kTypes.size() == std::to_underlying(Type::first) + 1);
static_assert(kKinds.size() == std::to_underlying(AlarmPart::Kind::code) + 1);
static_assert(kIntervals.size() == std::to_underlying(Interval::once) + 1);

constexpr std::string_view kBaseUuid = "-0000-1000-8000-00805f9b34fb";  // Bluetooth's, for the short form

template <typename Value>
Value valueOr(const json& object, const char* key, Value fallback) {
  const auto found = object.find(key);
  return found == object.end() ? std::move(fallback) : found->template get<Value>();
}

std::string textOr(const json& object, const char* key) { return valueOr(object, key, std::string()); }

template <typename Enumeration, std::size_t Count>
Enumeration wordOr(const json& object, const char* key, const std::array<std::string_view, Count>& words, Enumeration fallback) {
  const auto found = object.find(key);
  if (found == object.end()) return fallback;
  return static_cast<Enumeration>(std::ranges::find(words, found->get<std::string>()) - words.begin());
}

// A number, or hexadecimal digits behind 0x.
std::uint32_t rawNumber(const json& value) {
  if (!value.is_string()) return value.get<std::uint32_t>();
  const std::string text = value.get<std::string>();
  std::uint32_t number = 0;
  std::from_chars(text.data() + 2, text.data() + text.size(), number, 16);
  return number;
}

// Derived fields and alarms have none.
std::uint16_t addressOf(const json& object) {
  return object.contains("address") ? static_cast<std::uint16_t>(rawNumber(object.at("address"))) : std::uint16_t{0};
}

std::uint32_t maskOf(const json& object) { return object.contains("mask") ? rawNumber(object.at("mask")) : 0; }

std::chrono::milliseconds secondsOr(const json& object, const char* key, std::chrono::milliseconds fallback) {
  const auto found = object.find(key);
  return found == object.end() ? fallback : std::chrono::milliseconds(std::llround(found->get<double>() * 1000));
}

std::string uuidOr(const json& object, const char* key) { return fullUuid(textOr(object, key)); }

std::uint16_t defaultWords(Type type) { return type == Type::u32 || type == Type::s32 || type == Type::version ? 2 : 1; }

std::optional<Limits> limitsOf(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  return Limits{.lowest = found->at(0).get<double>(), .highest = found->at(1).get<double>()};
}

std::vector<Word> wordsOf(const json& object) {
  std::vector<Word> words;
  const auto values = object.find("values");
  if (values == object.end()) return words;
  for (const auto& [code, word] : values->items()) {
    std::uint32_t number = 0;  // at most nine digits
    std::from_chars(code.data(), code.data() + code.size(), number);
    words.push_back({.code = number, .word = word.get<std::string>()});
  }
  std::ranges::sort(words, {}, &Word::code);
  return words;
}

Block blockOf(const json& object) {
  return {.name = textOr(object, "name"),
          .address = addressOf(object),
          .words = object.at("words").get<std::uint16_t>(),
          .interval = wordOr(object, "interval", kIntervals, Interval::normal)};
}

template <typename Element>
std::vector<Element> listOf(const json& object, const char* key, Element (*make)(const json&)) {
  std::vector<Element> elements;
  const auto found = object.find(key);
  if (found == object.end()) return elements;
  for (const json& element : *found) elements.push_back(make(element));
  return elements;
}

AlarmPart partOf(const json& object) {
  return {.address = addressOf(object),
          .words = valueOr(object, "words", std::uint16_t{1}),
          .repeat = valueOr(object, "repeat", std::uint16_t{1}),
          .kind = wordOr(object, "kind", kKinds, AlarmPart::Kind::bits),
          .mask = maskOf(object),
          .values = wordsOf(object)};
}

Setting settingOf(const json& object) {
  Setting setting;
  if (object.contains("address")) setting.address = addressOf(object);
  setting.range = limitsOf(object, "range");
  setting.step = valueOr(object, "step", setting.step);
  setting.codes = valueOr(object, "codes", setting.codes);
  if (const auto when = object.find("when"); when != object.end()) {
    setting.when_key = textOr(*when, "key");
    setting.when_word = textOr(*when, "word");
  }
  setting.always = valueOr(object, "always", false);
  if (const auto follows = object.find("follows"); follows != object.end()) {
    setting.follows_key = textOr(*follows, "key");
    setting.follows_word = textOr(*follows, "word");
  }
  return setting;
}

// What is beyond one register and its scale.
void addRelations(Field& field, const json& object) {
  if (const auto above = object.find("above"); above != object.end()) {
    field.above = rawNumber(above->at("raw"));
    field.scale_above = above->at("scale").get<double>();
    field.decimals_above = std::max(decimalsOf(field.scale_above), decimalsOf(field.offset));
  }
  field.count = textOr(object, "count");
  field.index = valueOr(object, "index", field.index);
  field.times = textOr(object, "times");
  field.inputs = valueOr(object, "inputs", field.inputs);
  field.parts = listOf(object, "parts", partOf);
  if (const auto setting = object.find("setting"); setting != object.end()) field.setting = settingOf(*setting);
}

Field fieldOf(const json& object) {
  Field field{.key = textOr(object, "key"), .name = textOr(object, "name"), .block = textOr(object, "block"), .address = addressOf(object)};
  field.type = wordOr(object, "type", kTypes, Type::u16);
  field.words = valueOr(object, "words", defaultWords(field.type));
  field.mask = maskOf(object);
  field.shift = valueOr(object, "shift", field.shift);
  field.scale = valueOr(object, "scale", field.scale);
  field.offset = valueOr(object, "offset", field.offset);
  field.decimals = valueOr(object, "decimals", std::max(decimalsOf(field.scale), decimalsOf(field.offset)));
  if (object.contains("absent")) field.absent = rawNumber(object.at("absent"));
  field.unit = textOr(object, "unit");
  field.quantity = wordOr(object, "quantity", kQuantities, Quantity::none);
  field.values = wordsOf(object);
  field.limits = limitsOf(object, "limits");
  field.category = wordOr(object, "category", kCategories, Category::primary);
  field.enabled = valueOr(object, "enabled", true);
  field.icon = textOr(object, "icon");
  field.published = valueOr(object, "published", true);
  field.confidence = textOr(object, "confidence");
  addRelations(field, object);
  return field;
}

std::string withNumber(std::string text, std::size_t number) {
  for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#')) text.replace(at, 1, std::to_string(number));
  return text;
}

struct Fields {
  std::vector<Field> fields;
  std::vector<std::string> places;  // of each
};

// width: what lies between two of a repeated field, in words or bytes.
Fields fieldsOf(const json& object, const std::string& path, std::size_t (*width)(const Field&)) {
  Fields result;
  const auto found = object.find("fields");
  if (found == object.end()) return result;
  for (std::size_t index = 0; index < found->size(); ++index) {
    const json& one = found->at(index);
    const Field field = fieldOf(one);
    const auto repeat = valueOr(one, "repeat", std::uint16_t{1});
    for (std::uint16_t number = 1; number <= repeat; ++number) {
      Field& added = result.fields.emplace_back(field);
      result.places.push_back(path + "/fields/" + std::to_string(index));
      if (repeat == 1) continue;
      added.key = withNumber(field.key, number);
      added.name = withNumber(field.name, number);
      added.address = static_cast<std::uint16_t>(field.address + (number - 1U) * width(field));
      added.index = number;
    }
  }
  return result;
}

std::size_t widthInWords(const Field& field) { return field.words; }
std::size_t widthInBytes(const Field& field) { return bytesOf(field.type); }

// A derived value is as precise as its inputs unless the file says otherwise.
void deriveDecimals(std::vector<Field>& fields, const std::vector<Field>& family, const json& object) {
  std::set<std::string> given;
  if (const auto found = object.find("fields"); found != object.end()) {
    for (const json& one : *found) {
      if (one.contains("decimals")) given.insert(textOr(one, "key"));
    }
  }
  for (Field& field : fields) {
    if (!isDerived(field.type) || given.contains(field.key)) continue;
    for (const std::string& input : field.inputs) {
      for (const std::vector<Field>* list : {static_cast<const std::vector<Field>*>(&fields), &family}) {
        const auto found = std::ranges::find(*list, input, &Field::key);
        if (found == list->end()) continue;
        field.decimals = std::max(field.decimals, found->decimals);
        break;
      }
    }
  }
}

WordRange wordRangeOf(const json& object) {
  const bool outside = object.contains("outside");
  const json& range = object.at(outside ? "outside" : "between");
  return {.address = addressOf(object), .lowest = range.at(0).get<std::uint16_t>(), .highest = range.at(1).get<std::uint16_t>(), .outside = outside};
}

IdentifyRead identifyOf(const json& object) {
  return {.address = addressOf(object),
          .words = object.at("words").get<std::uint16_t>(),
          .pattern = textOr(object, "pattern"),
          .expression = {},
          .plausible = valueOr(object, "plausible", false),
          .names = textOr(object, "names"),
          .model = textOr(object, "model"),
          .when = listOf(object, "when", wordRangeOf),
          .unless = listOf(object, "unless", wordRangeOf)};
}

Meter meterOf(const json& object) {
  return {.key = textOr(object, "key"), .name = textOr(object, "name"), .power = textOr(object, "power"), .sign = valueOr(object, "sign", 0)};
}

Stream streamOf(const json& object) {
  return {.header = fromHex(textOr(object, "header")).value_or(Bytes()), .length = object.at("length").get<std::uint16_t>()};
}

Quirk quirkOf(const json& object) {
  Quirk quirk{.models = textOr(object, "models"), .names = textOr(object, "names"), .blocks = listOf(object, "blocks", blockOf)};
  quirk.without = valueOr(object, "without", std::vector<std::string>());
  if (object.contains("max_words")) quirk.max_words = object.at("max_words").get<std::uint16_t>();
  return quirk;
}

void addQuirks(Built& built, const json& document, std::size_t (*width)(const Field&)) {
  const auto found = document.find("quirks");
  if (found == document.end()) return;
  for (std::size_t index = 0; index < found->size(); ++index) {
    const json& object = found->at(index);
    Fields own = fieldsOf(object, "/quirks/" + std::to_string(index), width);
    deriveDecimals(own.fields, built.profile.fields, object);
    Quirk& quirk = built.profile.quirks.emplace_back(quirkOf(object));
    quirk.fields = std::move(own.fields);
    built.places.quirks.push_back(std::move(own.places));
  }
}

void addHistory(Built& built, const json& document) {
  const auto found = document.find("history");
  if (found == document.end()) return;
  History history{.address = addressOf(*found), .words = found->at("words").get<std::uint16_t>()};
  history.days = valueOr(*found, "days", history.days);
  Fields days = fieldsOf(*found, "/history", widthInWords);
  history.fields = std::move(days.fields);
  built.places.history = std::move(days.places);
  built.profile.history = std::move(history);
}

}  // namespace

int decimalsOf(double number) {
  int decimals = 0;
  for (double scaled = std::abs(number); decimals < 6 && std::abs(scaled - std::round(scaled)) > 1e-9 * scaled; scaled *= 10) ++decimals;
  return decimals;
}

std::uint16_t registerOf(const json& address) { return static_cast<std::uint16_t>(rawNumber(address)); }

std::string fullUuid(const std::string& text) {
  const std::string lower = lowerCase(text);
  return lower.size() == 4 ? "0000" + lower + std::string(kBaseUuid) : lower;
}

bool isFirmwareUpdate(const std::string& full_uuid) { return full_uuid.ends_with("-0451-4000-b000-000000000000"); }

Built buildProfile(const json& document) {
  Built built;
  Profile& profile = built.profile;
  profile.type = textOr(document, "type");
  profile.name = textOr(document, "name");
  profile.manufacturer = textOr(document, "manufacturer");
  profile.advertised_names = valueOr(document, "advertised_names", std::vector<std::string>());
  profile.guess = textOr(document, "guess");
  const json& gatt = document.at("gatt");
  profile.gatt = {.write_service = uuidOr(gatt, "write_service"),
                  .write = uuidOr(gatt, "write"),
                  .notify_service = uuidOr(gatt, "notify_service"),
                  .notify = uuidOr(gatt, "notify")};
  profile.unit_ids = document.at("unit_ids").get<std::vector<std::uint8_t>>();
  profile.identify = listOf(document, "identify", identifyOf);
  profile.answer_timeout = secondsOr(document, "answer_timeout", profile.answer_timeout);
  profile.pause_after_subscribe = secondsOr(document, "pause_after_subscribe", profile.pause_after_subscribe);
  profile.pause_between_requests = secondsOr(document, "pause_between_requests", profile.pause_between_requests);
  profile.blocks = listOf(document, "blocks", blockOf);
  profile.max_words = valueOr(document, "max_words", profile.max_words);
  if (document.contains("stream")) profile.stream = streamOf(document.at("stream"));
  profile.meters = listOf(document, "meters", meterOf);
  profile.ascending = valueOr(document, "ascending", profile.ascending);
  profile.models = valueOr(document, "models", profile.models);

  const auto width = profile.stream ? widthInBytes : widthInWords;
  Fields fields = fieldsOf(document, "", width);
  deriveDecimals(fields.fields, {}, document);
  profile.fields = std::move(fields.fields);
  built.places.fields = std::move(fields.places);
  addHistory(built, document);
  addQuirks(built, document, width);
  return built;
}

}  // namespace blupow::profile
