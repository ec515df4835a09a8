#include "core/bytes.hpp"

namespace blupow {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

std::optional<std::uint8_t> digitValue(char character) {
  if (character >= '0' && character <= '9') return static_cast<std::uint8_t>(character - '0');
  if (character >= 'a' && character <= 'f') return static_cast<std::uint8_t>(character - 'a' + 10);
  if (character >= 'A' && character <= 'F') return static_cast<std::uint8_t>(character - 'A' + 10);
  return std::nullopt;
}

bool isBlank(char character) { return character == ' ' || character == '\t' || character == '\n' || character == '\r'; }

}  // namespace

std::string toHex(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0x0FU];
  }
  return text;
}

std::optional<Bytes> fromHex(std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  std::optional<std::uint8_t> high;
  for (const char character : text) {
    if (isBlank(character)) {
      if (high) return std::nullopt;
      continue;
    }
    const auto value = digitValue(character);
    if (!value) return std::nullopt;
    if (!high) {
      high = value;
      continue;
    }
    bytes.push_back(static_cast<std::uint8_t>((*high << 4U) | *value));
    high.reset();
  }
  if (high) return std::nullopt;
  return bytes;
}

}  // namespace blupow
