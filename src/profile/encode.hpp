// From what a person wants of a setting to what is written, or why it is not. Pure. Nothing but the registers of settings can come out of here.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profile/profile.hpp"
#include "profile/value.hpp"

namespace blupow::profile {

struct SettingWrite {
  std::uint16_t address = 0;
  std::uint16_t value = 0;
  std::string block;  // to be read back
  Value expected;     // what the field is to say then
};

// text: a number in the field's unit, a word of its enumeration, on or off in either case. readings: the unit's last; the field itself and what is checked
// against them (system voltage, battery type, order of thresholds) must be known. Else the reason, one clause a person can act on.
std::expected<SettingWrite, std::string> encode(const Profile& profile, std::string_view key, std::string_view text, const Readings& readings);

// The range of a setting as it is now (scaled by the system voltage), and its step; nothing while that is not known, and for words.
std::optional<Limits> rangeOf(const Profile& profile, const Field& field, const Readings& readings);
std::optional<double> stepOf(const Profile& profile, const Field& field, const Readings& readings);

// The words that may be written, in the order of their codes; none for numbers.
std::vector<std::string> choicesOf(const Field& field);

// The second lock, asked before any write is sent, whoever wants it: a setting of this profile has the register and can have the value, and the register
// is not dangerous.
bool mayWrite(const Profile& profile, std::uint16_t address, std::uint16_t value);

// Registers that no profile can make writable: ids, locks, shutdown, test modes, the history's and address claims'.
bool isDangerous(std::uint16_t address);

}  // namespace blupow::profile
