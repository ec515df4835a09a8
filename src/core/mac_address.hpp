// A Bluetooth device address. Pure value; ordered, usable as a map key.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace blupow {

class MacAddress {
 public:
  MacAddress() = default;

  // "AA:BB:CC:DD:EE:FF" in either case, nothing else.
  static std::optional<MacAddress> parse(std::string_view text);

  std::string text() const;    // upper case with colons: topics, logs, files
  std::string digits() const;  // the same 12 digits without colons: ids

  auto operator<=>(const MacAddress&) const = default;

 private:
  std::array<std::uint8_t, 6> bytes_{};
};

}  // namespace blupow
