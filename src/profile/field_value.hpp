// One field: its bits to a value and back. Pure. Inside of this room only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "profile/profile.hpp"
#include "profile/value.hpp"

namespace blupow::profile {

using Words = std::span<const std::uint16_t>;

inline constexpr double kBaseVoltage = 12;  // what settings of higher systems are given for

std::uint32_t rawOf(Type type, Words words);  // of at most two words, before mask and sign
std::uint32_t rawOf(Type type, std::span<const std::uint8_t> bytes);
std::uint32_t masked(const Field& field, std::uint32_t raw);

// raw: after the mask.
Value numberOf(const Field& field, std::uint32_t raw, double factor = 1);

// The raw value that reads as this number, to the last bit exact; nothing where none does. For fields of 16 bits.
std::optional<std::uint16_t> rawFor(const Field& field, double number);

// "" for a value inside of the limits, else a clause: "battery_soc 24864 % (0 to 100)".
std::string implausibleText(const Field& field, const Value& value);

std::string asciiText(Words words);  // "" for a blank one
std::string hexText(Words words);
std::string versionText(std::uint32_t raw);

// Joined by "; ", "none" for none. What does not fit into a state of Home Assistant is left out whole and "; ..." says so.
std::string joinedText(const std::vector<std::string>& words);

}  // namespace blupow::profile
