// From words to readings by a profile. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "profile/profile.hpp"
#include "profile/value.hpp"

namespace blupow::profile {

struct Decoded {
  Readings readings;
  std::vector<std::string> implausible;  // one clause each: "battery_soc 24864 % (0 to 100)"; if any, the block is not to be believed
  std::vector<std::string> unknown;      // one clause each: "charging_status code 9": published as "unknown", to be logged once
};

// Decodes the fields whose registers all lie in words, which start at register address; of alarms the parts that do. The profile is the device's own
// (variant.hpp). With an implausible field in it the readings are empty: CRC alone does not prove that the data is fresh (facts, Wanderer 30).
// known: readings of other blocks, for fields that are counted or scaled by them; this frame's own come first. Derived fields are in when their inputs
// are in this very frame.
Decoded decode(const Profile& profile, std::uint16_t address, std::span<const std::uint16_t> words, const Readings& known = {});

// The derived fields (product, ratio, first) of a whole snapshot, put in place or, where an input is missing or the result is implausible, taken away.
void derive(const Profile& profile, Readings& readings);

// One frame of a stream from its header on, or a piece of it: the fields whose bytes are there. Nothing for what begins otherwise.
Decoded decodeStream(const Profile& profile, std::span<const std::uint8_t> bytes);

// One day of a history; nothing for one that was never recorded (zeros only).
Decoded decodeHistory(const Profile& profile, std::span<const std::uint16_t> words);

// Without the fields that are for the profile's own use. Whoever shows readings to others asks for this; decode and encode need the whole.
Readings published(const Profile& profile, Readings readings);

}  // namespace blupow::profile
