#include "core/mac_address.hpp"

#include <algorithm>

#include "core/bytes.hpp"
#include "core/text.hpp"

namespace blupow {

std::optional<MacAddress> MacAddress::parse(std::string_view text) {
  constexpr std::size_t kLength = 17;
  if (text.size() != kLength) return std::nullopt;
  std::string digits;
  for (std::size_t position = 0; position < kLength; ++position) {
    if (position % 3 == 2) {
      if (text[position] != ':') return std::nullopt;
      continue;
    }
    digits += text[position];
  }
  const auto bytes = fromHex(digits);
  MacAddress address;
  if (!bytes || bytes->size() != address.bytes_.size()) return std::nullopt;
  std::ranges::copy(*bytes, address.bytes_.begin());
  return address;
}

std::string MacAddress::digits() const { return upperCase(toHex(bytes_)); }

std::string MacAddress::text() const {
  const std::string all = digits();
  std::string text;
  for (std::size_t position = 0; position < all.size(); position += 2) {
    if (position > 0) text += ':';
    text += all.substr(position, 2);
  }
  return text;
}

}  // namespace blupow
