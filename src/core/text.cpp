#include "core/text.hpp"

#include <algorithm>
#include <cstdint>

namespace blupow {

namespace {

bool isFill(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte == 0 || byte == 0xFF || byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct Utf8Form {
  std::size_t length;
  std::uint32_t smallest;  // a longer form than needed is no UTF-8
};

Utf8Form formOf(unsigned char lead) {
  if (lead < 0x80) return {1, 0};
  if (lead >= 0xC2 && lead < 0xE0) return {2, 0x80};
  if (lead >= 0xE0 && lead < 0xF0) return {3, 0x800};
  if (lead >= 0xF0 && lead < 0xF5) return {4, 0x10000};
  return {0, 0};
}

bool isPrintable(std::uint32_t character) {
  const bool control = character < 0x20 || (character >= 0x7F && character < 0xA0);
  const bool surrogate = character >= 0xD800 && character < 0xE000;
  return !control && !surrogate && character <= 0x10FFFF;
}

// How many bytes at the start of text form one printable character; 0 if none.
std::size_t printableLength(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const Utf8Form form = formOf(lead);
  if (form.length == 0 || form.length > text.size()) return 0;
  if (form.length == 1) return isPrintable(lead) ? 1 : 0;
  std::uint32_t character = lead & (0x7FU >> form.length);
  for (std::size_t position = 1; position < form.length; ++position) {
    const auto byte = static_cast<unsigned char>(text[position]);
    if ((byte & 0xC0U) != 0x80U) return 0;
    character = (character << 6U) | (byte & 0x3FU);
  }
  return character >= form.smallest && isPrintable(character) ? form.length : 0;
}

}  // namespace

std::string upperCase(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

std::string lowerCase(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && isFill(text.front())) text.remove_prefix(1);
  while (!text.empty() && isFill(text.back())) text.remove_suffix(1);
  return text;
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = printableLength(text);
    result += length == 0 ? std::string_view("?") : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

std::string slug(std::string_view text) {
  std::string result;
  for (const char character : lowerCase(text)) {
    const bool kept = (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
    if (kept) {
      result += character;
    } else if (!result.empty() && result.back() != '_') {
      result += '_';
    }
  }
  if (result.ends_with('_')) result.pop_back();
  return result;
}

}  // namespace blupow
