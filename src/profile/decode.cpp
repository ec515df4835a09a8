#include "profile/decode.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "core/bytes.hpp"
#include "core/text.hpp"

namespace blupow::profile {

namespace {

using Words = std::span<const std::uint16_t>;

constexpr std::size_t kLongestText = 255;  // Home Assistant takes no longer state
constexpr std::uint16_t kUnsupported = 0xFFFF;

std::string numberText(double number) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() ? std::string(digits.data(), end) : std::string();
}

// The bits of a field of at most two words, before mask and sign.
std::uint32_t rawOf(Type type, Words words) {
  std::uint32_t raw = words[0];
  if (words.size() > 1) raw = (raw << 16U) | words[1];
  if (type == Type::high_byte || type == Type::high_sign_magnitude) return raw >> 8U;
  if (type == Type::low_byte || type == Type::low_sign_magnitude) return raw & 0xFFU;
  return raw;
}

std::uint32_t masked(const Field& field, std::uint32_t raw) { return field.mask == 0 ? raw : (raw & field.mask) >> field.shift; }

double signedOf(Type type, std::uint32_t raw) {
  if (type == Type::s16) return static_cast<std::int16_t>(raw);
  const bool sign_magnitude = type == Type::high_sign_magnitude || type == Type::low_sign_magnitude;
  if (sign_magnitude && (raw & 0x80U) != 0) return -static_cast<double>(raw & 0x7FU);
  return raw;
}

Value numberOf(const Field& field, std::uint32_t raw) {
  const double number = signedOf(field.type, masked(field, raw)) * field.scale + field.offset;
  if (field.decimals == 0) return std::int64_t{std::llround(number)};
  const double power = std::pow(10.0, field.decimals);
  return std::round(number * power) / power + 0.0;  // + 0.0 makes 0 of -0
}

std::string bytesText(Words words) {
  std::string text;
  for (const std::uint16_t word : words) {
    text += static_cast<char>(word >> 8U);
    text += static_cast<char>(word & 0xFFU);
  }
  return text;
}

std::string versionText(std::uint32_t raw) {
  return "V" + std::to_string((raw >> 16U) & 0xFFU) + "." + std::to_string((raw >> 8U) & 0xFFU) + "." + std::to_string(raw & 0xFFU);
}

std::string hexText(Words words) {
  const std::string text = bytesText(words);
  const Bytes bytes(text.begin(), text.end());
  return upperCase(toHex(bytes)).substr(0, kLongestText);
}

// The words of the set bits, lowest first. Words that no longer fit are left out whole and "; ..." says so.
std::string bitsText(const Field& field, std::uint32_t raw) {
  static constexpr std::string_view kMore = "; ...";
  std::string text;
  std::string shortened;  // the longest beginning that leaves room for kMore
  for (const Word& word : field.values) {
    if (word.code >= 32 || ((raw >> word.code) & 1U) == 0) continue;
    text += (text.empty() ? "" : "; ") + word.word;
    if (text.size() + kMore.size() <= kLongestText) shortened = text;
  }
  if (text.empty()) return "none";
  return text.size() <= kLongestText ? text : shortened + std::string(kMore);
}

std::string implausibleText(const Field& field, const Value& value, const Limits& limits) {
  const double number = std::holds_alternative<double>(value) ? std::get<double>(value) : static_cast<double>(std::get<std::int64_t>(value));
  if (number >= limits.lowest && number <= limits.highest) return "";
  const std::string unit = field.unit.empty() ? "" : " " + field.unit;
  return field.key + " " + numberText(number) + unit + " (" + numberText(limits.lowest) + " to " + numberText(limits.highest) + ")";
}

void put(Decoded& decoded, const Field& field, Value value) { decoded.readings.insert_or_assign(field.key, std::move(value)); }

void putText(Decoded& decoded, const Field& field, std::string text) {
  if (!text.empty()) put(decoded, field, std::move(text));  // a blank text tells nothing
}

void putWord(Decoded& decoded, const Field& field, std::uint32_t code) {
  const auto found = std::ranges::find(field.values, code, &Word::code);
  if (found == field.values.end()) decoded.unknown.push_back(field.key + " code " + std::to_string(code));
  put(decoded, field, found == field.values.end() ? std::string("unknown") : found->word);
}

// False if the field says that the device does not have it.
bool decodeField(Decoded& decoded, const Field& field, Words words) {
  if (field.type == Type::ascii) {
    putText(decoded, field, printable(trimmed(bytesText(words))));
    return true;
  }
  if (field.words <= 2 && field.absent == rawOf(field.type, words)) return false;
  if (field.type == Type::hex) {
    putText(decoded, field, hexText(words));
    return true;
  }
  const std::uint32_t raw = rawOf(field.type, words);
  if (field.type == Type::enumeration) {
    putWord(decoded, field, masked(field, raw));
  } else if (field.type == Type::bits) {
    put(decoded, field, bitsText(field, masked(field, raw)));
  } else if (field.type == Type::version) {
    put(decoded, field, versionText(raw));
  } else {
    const Value value = numberOf(field, raw);
    if (field.limits) {
      if (std::string clause = implausibleText(field, value, *field.limits); !clause.empty()) decoded.implausible.push_back(std::move(clause));
    }
    put(decoded, field, value);
  }
  return true;
}

}  // namespace

Decoded decode(const Profile& profile, std::uint16_t address, std::span<const std::uint16_t> words, const Readings& /*known*/) {
  Decoded decoded;
  bool complete = true;
  for (const Field& field : profile.fields) {
    if (field.address < address || field.address + field.words > address + words.size()) continue;
    if (!decodeField(decoded, field, words.subspan(field.address - address, field.words))) complete = false;
  }
  // Devices fill what they do not have with 0xFFFF, and that is a value for a signed field.
  const bool unsupported = !complete && std::ranges::all_of(words, [](std::uint16_t word) { return word == kUnsupported; });
  if (unsupported || !decoded.implausible.empty()) decoded.readings.clear();
  if (unsupported) decoded.unknown.clear();
  return decoded;
}

}  // namespace blupow::profile
