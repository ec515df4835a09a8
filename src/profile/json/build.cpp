#include "profile/json/build.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "core/text.hpp"

namespace blupow::profile {

namespace {

using nlohmann::json;
using namespace std::string_view_literals;

// The words of the format, in the order of the enumerators.
constexpr std::array kIntervals{"fast"sv, "normal"sv, "slow"sv, "once"sv};
constexpr std::array kTypes{"u16"sv,   "s16"sv,         "u32"sv,  "high_byte"sv, "low_byte"sv, "high_sign_magnitude"sv, "low_sign_magnitude"sv,
                            "ascii"sv, "enumeration"sv, "bits"sv, "version"sv,   "hex"sv};
constexpr std::array kQuantities{"none"sv,        "voltage"sv,         "current"sv,    "power"sv,        "apparent_power"sv, "frequency"sv,
                                 "temperature"sv, "state_of_charge"sv, "percentage"sv, "energy_total"sv, "charge_total"sv,   "charge_capacity"sv,
                                 "duration"sv,    "count_total"sv,     "days_total"sv, "text"sv,         "word"sv,           "problem"sv,
                                 "contact"sv};
constexpr std::array kCategories{"primary"sv, "diagnostic"sv, "config"sv};
static_assert(kTypes.size() == std::to_underlying(Type::hex) + 1);
static_assert(kQuantities.size() == std::to_underlying(Quantity::contact) + 1);
static_assert(kIntervals.size() == std::to_underlying(Interval::once) + 1);
static_assert(kCategories.size() == std::to_underlying(Category::config) + 1);

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

std::uint16_t addressOf(const json& object) { return static_cast<std::uint16_t>(rawNumber(object.at("address"))); }

std::chrono::milliseconds secondsOr(const json& object, const char* key, std::chrono::milliseconds fallback) {
  const auto found = object.find(key);
  return found == object.end() ? fallback : std::chrono::milliseconds(std::llround(found->get<double>() * 1000));
}

std::string uuidOr(const json& object, const char* key) {
  const std::string text = lowerCase(textOr(object, key));
  return text.size() == 4 ? "0000" + text + std::string(kBaseUuid) : text;
}

// How many decimals it takes to write the number: 0.1 -> 1, 5 -> 0; at most six.
int decimalsOf(double number) {
  int decimals = 0;
  for (double scaled = std::abs(number); decimals < 6 && std::abs(scaled - std::round(scaled)) > 1e-9 * scaled; scaled *= 10) ++decimals;
  return decimals;
}

std::uint16_t defaultWords(Type type) { return type == Type::u32 || type == Type::version ? 2 : 1; }

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

Field fieldOf(const json& object) {
  Field field{.key = textOr(object, "key"), .name = textOr(object, "name"), .block = textOr(object, "block"), .address = addressOf(object)};
  field.type = wordOr(object, "type", kTypes, Type::u16);
  field.words = valueOr(object, "words", defaultWords(field.type));
  if (object.contains("mask")) field.mask = rawNumber(object.at("mask"));
  field.shift = valueOr(object, "shift", field.shift);
  field.scale = valueOr(object, "scale", field.scale);
  field.offset = valueOr(object, "offset", field.offset);
  field.decimals = valueOr(object, "decimals", std::max(decimalsOf(field.scale), decimalsOf(field.offset)));
  if (object.contains("absent")) field.absent = rawNumber(object.at("absent"));
  field.unit = textOr(object, "unit");
  field.quantity = wordOr(object, "quantity", kQuantities, Quantity::none);
  field.values = wordsOf(object);
  if (const auto limits = object.find("limits"); limits != object.end()) {
    field.limits = Limits{.lowest = limits->at(0).get<double>(), .highest = limits->at(1).get<double>()};
  }
  field.category = wordOr(object, "category", kCategories, Category::primary);
  field.enabled = valueOr(object, "enabled", true);
  field.icon = textOr(object, "icon");
  return field;
}

template <typename Element>
std::vector<Element> listOf(const json& object, const char* key, Element (*make)(const json&)) {
  std::vector<Element> elements;
  const auto found = object.find(key);
  if (found == object.end()) return elements;
  for (const json& element : *found) elements.push_back(make(element));
  return elements;
}

IdentifyRead identifyOf(const json& object) {
  return {.address = addressOf(object), .words = object.at("words").get<std::uint16_t>(), .pattern = textOr(object, "pattern"), .expression = {}};
}

Quirk quirkOf(const json& object) {
  return {.models = textOr(object, "models"),
          .names = textOr(object, "names"),
          .blocks = listOf(object, "blocks", blockOf),
          .fields = listOf(object, "fields", fieldOf),
          .without = valueOr(object, "without", std::vector<std::string>())};
}

}  // namespace

Profile buildProfile(const json& document) {
  Profile profile{.type = textOr(document, "type"), .name = textOr(document, "name"), .manufacturer = textOr(document, "manufacturer")};
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
  profile.fields = listOf(document, "fields", fieldOf);
  profile.quirks = listOf(document, "quirks", quirkOf);
  return profile;
}

}  // namespace blupow::profile
