#include "profile/field_value.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "core/bytes.hpp"
#include "core/text.hpp"

namespace blupow::profile {

namespace {

constexpr std::size_t kLongestText = 255;  // Home Assistant takes no longer state

double signedOf(Type type, std::uint32_t raw) {
  if (type == Type::s16) return static_cast<std::int16_t>(raw);
  if (type == Type::s32) return static_cast<std::int32_t>(raw);
  if (type == Type::s24) return (raw & 0x800000U) == 0 ? raw : static_cast<double>(raw) - 0x1000000;
  const bool sign_magnitude = type == Type::high_sign_magnitude || type == Type::low_sign_magnitude;
  if (sign_magnitude && (raw & 0x80U) != 0) return -static_cast<double>(raw & 0x7FU);
  return raw;
}

std::string bytesText(Words words) {
  std::string text;
  for (const std::uint16_t word : words) {
    text += static_cast<char>(word >> 8U);
    text += static_cast<char>(word & 0xFFU);
  }
  return text;
}

}  // namespace

std::uint32_t rawOf(Type type, Words words) {
  std::uint32_t raw = words[0];
  if (words.size() > 1) raw = (raw << 16U) | words[1];
  if (type == Type::u16_swapped) return (raw & 0xFFU) << 8U | raw >> 8U;
  if (type == Type::high_byte || type == Type::high_sign_magnitude) return raw >> 8U;
  if (type == Type::low_byte || type == Type::low_sign_magnitude) return raw & 0xFFU;
  return raw;
}

std::uint32_t rawOf(Type type, std::span<const std::uint8_t> bytes) {
  std::uint32_t raw = 0;
  for (const std::uint8_t byte : bytes.first(bytesOf(type))) raw = (raw << 8U) | byte;
  return raw;
}

std::uint32_t masked(const Field& field, std::uint32_t raw) { return field.mask == 0 ? raw : (raw & field.mask) >> field.shift; }

Value numberOf(const Field& field, std::uint32_t raw, double factor) {
  const bool is_above = field.above && raw > *field.above;
  const double number = signedOf(field.type, raw) * (is_above ? field.scale_above : field.scale) + field.offset;
  return rounded(number * factor, is_above ? field.decimals_above : field.decimals);
}

std::optional<std::uint16_t> rawFor(const Field& field, double number) {
  const double raw = (number - field.offset) / field.scale;
  const double nearest = std::round(raw);
  const bool is_signed = field.type == Type::s16;
  if (!(nearest >= (is_signed ? -32768 : 0) && nearest <= (is_signed ? 32767 : 65535))) return std::nullopt;
  if (std::abs(raw - nearest) > 1e-6) return std::nullopt;
  return static_cast<std::uint16_t>(static_cast<std::int32_t>(nearest));
}

std::string implausibleText(const Field& field, const Value& value) {
  const std::optional<double> number = asNumber(value);
  if (!field.limits || !number || (*number >= field.limits->lowest && *number <= field.limits->highest)) return "";
  const std::string unit = field.unit.empty() ? "" : " " + field.unit;
  return field.key + " " + numberText(*number) + unit + " (" + numberText(field.limits->lowest) + " to " + numberText(field.limits->highest) + ")";
}

std::string asciiText(Words words) { return printable(trimmed(bytesText(words))); }

std::string hexText(Words words) {
  const std::string text = bytesText(words);
  const Bytes bytes(text.begin(), text.end());
  return upperCase(toHex(bytes)).substr(0, kLongestText);
}

std::string versionText(std::uint32_t raw) {
  return "V" + std::to_string((raw >> 16U) & 0xFFU) + "." + std::to_string((raw >> 8U) & 0xFFU) + "." + std::to_string(raw & 0xFFU);
}

std::string joinedText(const std::vector<std::string>& words) {
  static constexpr std::string_view kMore = "; ...";
  std::string text;
  std::string shortened;  // the longest beginning that leaves room for kMore
  for (const std::string& word : words) {
    text += (text.empty() ? "" : "; ") + word;
    if (text.size() + kMore.size() <= kLongestText) shortened = text;
  }
  if (text.empty()) return "none";
  return text.size() <= kLongestText ? text : shortened + std::string(kMore);
}

}  // namespace blupow::profile
