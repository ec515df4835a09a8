// What is known of one family of devices, as data: how to recognise it, what to read and what the words mean. Immutable once loaded
// (profile/json reads it from a file). The picture and the file format: docs/device-profiles.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "profile/value.hpp"

namespace blupow::profile {

// Where requests go and answers come from: a characteristic is taken inside its service only. Full 128-bit UUIDs in lower case. An empty service
// matches any; an empty write characteristic means that the device speaks unasked.
struct Gatt {
  std::string write_service;
  std::string write;
  std::string notify_service;
  std::string notify;

  bool operator==(const Gatt&) const = default;
};

enum class Interval : std::uint8_t {
  fast,    // every poll
  normal,  // every poll
  slow,    // every 10 minutes
  once,    // after each start and each identification
};

// Consecutive words read by one request.
struct Block {
  std::string name;
  std::uint16_t address = 0;
  std::uint16_t words = 1;
  Interval interval = Interval::normal;

  bool operator==(const Block&) const = default;
};

enum class Type : std::uint8_t {
  u16,
  s16,
  u32,        // high word first
  high_byte,  // of a word
  low_byte,
  high_sign_magnitude,  // byte whose bit 7 is the sign: temperatures of controllers
  low_sign_magnitude,
  ascii,        // words of text, blanks and NULs at the ends cut
  enumeration,  // code (bits by mask) -> word
  bits,         // set bits -> words, joined by "; ", "none" if no bit is set
  version,      // four bytes [0, major, minor, patch] -> "V1.2.3"
  hex,          // words as upper-case hexadecimal text
};

// What is measured; homeassistant/ makes unit, device class, state class and icon of it.
enum class Quantity : std::uint8_t {
  none,
  voltage,
  current,
  power,
  apparent_power,
  frequency,
  temperature,
  state_of_charge,
  percentage,
  energy_total,     // only grows, but for a fall to zero at a reset
  charge_total,     // Ah, likewise
  charge_capacity,  // Ah, goes up and down
  duration,
  count_total,
  days_total,
  text,
  word,     // one of an enumeration
  problem,  // faults as text
  contact,  // on or off
};

enum class Category : std::uint8_t { primary, diagnostic, config };

struct Word {
  std::uint32_t code = 0;  // of an enumeration; bit number of bits
  std::string word;
};

struct Limits {
  double lowest = 0;
  double highest = 0;
};

struct Field {
  std::string key;
  std::string name;  // words, as an entity is called
  std::string block;
  std::uint16_t address = 0;
  std::uint16_t words = 1;
  Type type = Type::u16;
  std::uint32_t mask = 0;  // the part of u16, u32, enumeration and bits that counts; 0 = whole
  std::uint8_t shift = 0;  // right shift after the mask
  double scale = 1;
  double offset = 0;
  int decimals = 0;                     // follows the scale: 0.1 -> 1
  std::optional<std::uint32_t> absent;  // this raw value (before mask and sign) means "not supported", the field is left out
  std::string unit;                     // "V", "A", "Wh" ... after scaling
  Quantity quantity = Quantity::none;
  std::vector<Word> values;      // enumeration: code -> word; bits: bit -> word
  std::optional<Limits> limits;  // plausible values after scaling; others drop the whole block (see plausibility)
  Category category = Category::primary;
  bool enabled = true;  // whether its entity is shown by default
  std::string icon;     // "mdi:..." where the quantity's own does not do; empty = by quantity
};

// One read that tells whether a device belongs to this family.
struct IdentifyRead {
  std::uint16_t address = 0;
  std::uint16_t words = 8;
  std::string pattern;    // regular expression on the text
  std::regex expression;  // the same, compiled
};

// What differs on some devices of the family: those whose model and advertised name both fit (an empty pattern fits every device). See variant.hpp.
struct Quirk {
  std::string models;                // regular expression, searched in the model text without blanks at its ends
  std::string names;                 // likewise in the advertised name
  std::vector<Block> blocks;         // take the place of those of the same name, or are added
  std::vector<Field> fields;         // likewise by key
  std::vector<std::string> without;  // names of blocks (their fields go too) and keys of fields that these devices do not have
};

struct Profile {
  std::string type;  // "renogy_inverter": the name everywhere
  std::string name;  // "Renogy inverter-charger"
  std::string manufacturer;
  std::vector<std::string> advertised_names;  // prefixes
  std::string guess;                          // regular expression on the advertised name that tells the type before connecting; empty = none does
  Gatt gatt;
  std::vector<std::uint8_t> unit_ids;  // to try when adding, in this order
  std::vector<IdentifyRead> identify;
  std::chrono::milliseconds answer_timeout{3000};
  std::chrono::milliseconds pause_after_subscribe{0};
  std::chrono::milliseconds pause_between_requests{0};
  std::vector<Block> blocks;
  std::vector<Field> fields;
  std::vector<Quirk> quirks;
  std::string file;  // absolute path it was loaded from; empty = described by a caller

  const Block* block(std::string_view block_name) const;
  const Field* field(std::string_view key) const;
};

using ProfilePtr = std::shared_ptr<const Profile>;

}  // namespace blupow::profile
