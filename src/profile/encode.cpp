#include "profile/encode.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/text.hpp"
#include "profile/field_value.hpp"

namespace blupow::profile {

namespace {

using Written = std::expected<SettingWrite, std::string>;

constexpr double kTolerance = 1e-6;  // of numbers that went through text and scales

struct Range {
  std::uint16_t first;
  std::uint16_t last;
};
// What is known of the families together (controllers, inverters, batteries): what one of them has there another may have too. Ids, unique ids, shutdown,
// lock, test mode, history and address claims stand in the vendor's documents. 0xDF00 to 0xDFFF does in none that we have: from memory of what other
// programs call there restart and factory reset of inverters by the same maker; no fact needs it, so it costs nothing to refuse it.
constexpr std::array<Range, 6> kDangerous{{{0x001A, 0x001A},    // a controller's own id: it would be lost
                                           {0x001D, 0x001E},    // its unique id
                                           {4109, 4111},        // an inverter's id and unique id
                                           {5222, 5227},        // a battery: shutdown, id, lock, test mode, unique id
                                           {0xDF00, 0xDFFF},    // unconfirmed, see above
                                           {0xF000, 0xFFFF}}};  // history, totals; batteries: address claim (61440 to 61442)

std::uint16_t addressOf(const Field& field) { return field.setting->address.value_or(field.address); }

// Raw values that may be written, however the system voltage is: the registers hold what counts for 12 V.
bool mayHold(const Field& field, std::uint16_t value) {
  const Setting& setting = *field.setting;
  if (field.type == Type::enumeration) {
    const bool is_listed = std::ranges::find(field.values, value, &Word::code) != field.values.end();
    return is_listed && (setting.codes.empty() || std::ranges::find(setting.codes, value) != setting.codes.end());
  }
  if (!setting.range) return false;
  const double raw = field.type == Type::s16 ? static_cast<std::int16_t>(value) : value;
  const double number = raw * field.scale + field.offset;
  if (number < setting.range->lowest - kTolerance || number > setting.range->highest + kTolerance) return false;
  if (setting.step == 0) return true;
  const double steps = (number - setting.range->lowest) / setting.step;
  return std::abs(steps - std::round(steps)) < kTolerance;
}

// By what the numbers of a field are multiplied; nothing while the field that says it is not known.
std::optional<double> factorOf(const Field& field, const Readings& readings) {
  if (field.times.empty()) return 1;
  const std::optional<double> voltage = numberIn(readings, field.times);
  if (!voltage || *voltage <= 0) return std::nullopt;
  return *voltage / kBaseVoltage;
}

std::string shown(const Value& value) {
  const std::optional<double> number = asNumber(value);
  return number ? numberText(*number) : std::get<std::string>(value);
}

std::string withUnit(double number, const Field& field) { return numberText(number) + (field.unit.empty() ? "" : " " + field.unit); }

// Of text from outside: what is not shown whole is cut.
std::string quoted(std::string_view text) { return "\"" + printable(text.substr(0, 32)) + (text.size() > 32 ? "...\"" : "\""); }

std::optional<double> parsedNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

bool isWritable(const Field& field, const Word& word) {
  const std::vector<std::uint32_t>& codes = field.setting->codes;
  return codes.empty() || std::ranges::find(codes, word.code) != codes.end();
}

Written encodeWord(const Field& field, std::string_view text) {
  const std::string lower = lowerCase(text);
  const bool is_switch = lower == "on" || lower == "off";
  std::string choices;
  for (const Word& word : field.values) {
    if (!isWritable(field, word)) continue;
    if (word.word == text || (is_switch && word.word == lower)) {
      return SettingWrite{.address = addressOf(field), .value = static_cast<std::uint16_t>(word.code), .block = field.block, .expected = word.word};
    }
    choices += (choices.empty() ? "" : ", ") + word.word;
  }
  return std::unexpected(quoted(text) + " is none of " + choices);
}

Written encodeNumber(const Field& field, std::string_view text, double factor) {
  const std::optional<double> number = parsedNumber(text);
  if (!number) return std::unexpected(quoted(text) + " is no number");
  const Limits& range = *field.setting->range;
  const double wanted = *number / factor;
  if (wanted < range.lowest - kTolerance || wanted > range.highest + kTolerance) {
    return std::unexpected(numberText(*number) + " is not inside of " + shown(rounded(range.lowest * factor, field.decimals)) + " to " +
                           shown(rounded(range.highest * factor, field.decimals)) + (field.unit.empty() ? "" : " " + field.unit));
  }
  const std::optional<std::uint16_t> raw = rawFor(field, wanted);
  if (!raw || !mayHold(field, *raw)) {
    const double step = (field.setting->step == 0 ? std::abs(field.scale) : field.setting->step) * factor;
    return std::unexpected(numberText(*number) + " is between two steps of " + withUnit(step, field));
  }
  return SettingWrite{.address = addressOf(field), .value = *raw, .block = field.block, .expected = numberOf(field, *raw, factor)};
}

// Thresholds may not cross: everything that stands before the field must be at most so much, what stands behind at least.
std::string crossing(const Profile& profile, const Field& field, double wanted, const Readings& readings) {
  for (const std::vector<std::string>& order : profile.ascending) {
    const auto own = std::ranges::find(order, field.key);
    if (own == order.end()) continue;
    for (auto other = order.begin(); other != order.end(); ++other) {
      if (other == own || profile.field(*other) == nullptr) continue;
      const std::optional<double> present = numberIn(readings, *other);
      if (!present) return *other + " is not known yet, and the two may not cross";
      if (other < own && *present > wanted + kTolerance) return "it may not be below " + *other + " (" + numberText(*present) + ")";
      if (other > own && *present < wanted - kTolerance) return "it may not be above " + *other + " (" + numberText(*present) + ")";
    }
  }
  return "";
}

// Why the setting cannot be written now, whatever the value.
std::string obstacle(const Field& field, const Readings& readings) {
  if (!readings.contains(field.key)) return field.key + " has not been read yet";
  const Setting& setting = *field.setting;
  if (setting.when_key.empty()) return "";
  const auto condition = readings.find(setting.when_key);
  if (condition == readings.end()) return setting.when_key + " is not known yet";
  if (condition->second == Value(setting.when_word)) return "";
  return "it can be set only while " + setting.when_key + " is " + setting.when_word + ", now it is " + shown(condition->second);
}

}  // namespace

Written encode(const Profile& profile, std::string_view key, std::string_view text, const Readings& readings) {
  const Field* field = profile.field(key);
  if (field == nullptr || !field->setting) return std::unexpected("there is no setting " + quoted(key));
  if (std::string why = obstacle(*field, readings); !why.empty()) return std::unexpected(std::move(why));
  const std::string_view wanted = trimmed(text);
  const std::optional<double> factor = factorOf(*field, readings);
  if (!factor) return std::unexpected(field->times + " is not known yet");

  Written written = field->type == Type::enumeration ? encodeWord(*field, wanted) : encodeNumber(*field, wanted, *factor);
  if (!written) return written;
  if (const std::optional<double> number = asNumber(written->expected)) {
    if (std::string why = crossing(profile, *field, *number, readings); !why.empty()) return std::unexpected(std::move(why));
  }
  if (!mayWrite(profile, written->address, written->value)) return std::unexpected("register " + std::to_string(written->address) + " is never written to");
  return written;
}

std::optional<Limits> rangeOf(const Profile& /*profile*/, const Field& field, const Readings& readings) {
  const std::optional<double> factor = factorOf(field, readings);
  if (!field.setting || !field.setting->range || !factor) return std::nullopt;
  const Limits& range = *field.setting->range;
  return Limits{.lowest = *asNumber(rounded(range.lowest * *factor, field.decimals)), .highest = *asNumber(rounded(range.highest * *factor, field.decimals))};
}

std::optional<double> stepOf(const Profile& /*profile*/, const Field& field, const Readings& readings) {
  const std::optional<double> factor = factorOf(field, readings);
  if (!field.setting || !field.setting->range || !factor) return std::nullopt;
  const double step = field.setting->step == 0 ? std::abs(field.scale) : field.setting->step;
  return asNumber(rounded(step * *factor, 6));
}

std::vector<std::string> choicesOf(const Field& field) {
  std::vector<std::string> choices;
  if (!field.setting || field.type != Type::enumeration) return choices;
  for (const Word& word : field.values) {
    if (isWritable(field, word)) choices.push_back(word.word);
  }
  return choices;
}

bool mayWrite(const Profile& profile, std::uint16_t address, std::uint16_t value) {
  if (isDangerous(address)) return false;
  return std::ranges::any_of(profile.fields, [&](const Field& field) { return field.setting && addressOf(field) == address && mayHold(field, value); });
}

bool isDangerous(std::uint16_t address) {
  return std::ranges::any_of(kDangerous, [address](const Range& range) { return address >= range.first && address <= range.last; });
}

}  // namespace blupow::profile
