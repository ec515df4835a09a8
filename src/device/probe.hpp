// One read that may tell what sits at a unit id, and what its answer tells. Pure; Identification decides what is asked when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modbus/frame.hpp"
#include "profile/profile.hpp"

namespace blupow::device {

// A unit that was recognised.
struct Found {
  std::uint8_t id = 0;  // that it answers to
  profile::ProfilePtr family;
  std::string model;          // may be empty
  std::string serial_number;  // empty: not asked, or it tells none
  std::uint8_t own_id = 0;    // what it says its id is; 0: not asked, or it does not tell
};

struct Probe {
  std::uint8_t unit = 0;
  std::uint16_t address = 0;
  std::uint16_t words = 0;
  bool plausible = false;                       // recognised by words that make sense, not by a text
  std::size_t round = 0;                        // the how manieth id of its family
  bool repeated = false;                        // once more what was silent or corrupt
  std::vector<profile::ProfilePtr> families{};  // that ask this

  modbus::Request request() const { return modbus::Request::read(unit, address, words); }
  std::string described(std::string_view what) const;  // "register 12 at id 255: no answer"
};

// The text reads of every family at the ids that it is used to: all first ids, all second ids and so on. Families with the same read share it.
std::vector<Probe> textProbes(const std::vector<profile::ProfilePtr>& families);

// What these families ask at the id of a text read that was in vain, where the device's name allows it.
std::vector<Probe> plausibleProbes(const Probe& in_vain, std::string_view advertised_name);

// What sits there by this answer: the one family whose pattern the text fits, or the only one by which the words make sense.
std::optional<Found> recognised(const Probe& probe, const modbus::Answer& answer, std::string_view advertised_name);

// Keys by which every profile names who a unit is.
inline constexpr std::string_view kSerialNumber = "serial_number";
inline constexpr std::string_view kModel = "model";
inline constexpr std::string_view kOwnId = "device_id";

std::string textOf(const std::vector<std::uint16_t>& words);  // printable, blanks at its ends cut

// Whether a serial number names one device: devices that were given none say zeros or ones throughout.
bool namesOne(std::string_view serial_number);

}  // namespace blupow::device
