// What is known of one family of devices, as data: how to recognise it, what to read and what the words mean. Immutable once loaded
// (profile/json reads it from a file). The picture and the file format: docs/device-profiles.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <span>
#include <string>
#include <string_view>
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
  u32,          // high word first
  s32,          // likewise, two's complement
  u16_swapped,  // low byte first
  high_byte,    // of a word
  low_byte,
  high_sign_magnitude,  // byte whose bit 7 is the sign: temperatures of controllers
  low_sign_magnitude,
  ascii,        // words of text, blanks and NULs at the ends cut
  enumeration,  // code (bits by mask) -> word
  bits,         // set bits -> words, joined by "; ", "none" if no bit is set
  version,      // four bytes [0, major, minor, patch] -> "V1.2.3"
  hex,          // words as upper-case hexadecimal text
  u24,          // of a stream's frame only
  s24,          //
  alarms,       // the words of all parts -> joined as bits are
  product,      // of the inputs; no registers of its own, as the two below
  ratio,        // first input by the second
  first,        // the first input that is known and has a listed value (values: the codes that count; none listed: any)
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

// Where the words of a `faults` field come from. Those whose registers are all in the frame count.
struct AlarmPart {
  enum class Kind : std::uint8_t {
    bits,   // number of a set bit -> word
    pairs,  // two bits an item, the lowest pair is item 1: 1, 2, 3 -> the word's "#" becomes the item ("cell # voltage below")
    code,   // the value -> word; 0 is none
  };
  std::uint16_t address = 0;
  std::uint16_t words = 1;   // 1 or 2
  std::uint16_t repeat = 1;  // so often, one behind the other
  Kind kind = Kind::bits;
  std::uint32_t mask = 0;    // the part that counts; 0 = whole
  std::vector<Word> values;  // pairs: 1, 2, 3
};

// What a person may write, and what is checked before. The register is the field's own unless another is said; the value is read back with the block.
struct Setting {
  std::optional<std::uint16_t> address;  // where it is written, if not where it is read (load switch: 0x010A)
  std::optional<Limits> range;           // of numbers, in the field's unit for a 12 V system where `times` is set; needed for numbers
  double step = 0;                       // 0: the field's resolution
  std::vector<std::uint32_t> codes;      // of enumerations: those that may be written; empty: all that are listed
  std::string when_key;                  // only while this field of the state ...
  std::string when_word;                 // ... says this ("battery_type", "custom")
  bool always = false;                   // also without allow_settings (the load switch)
  std::string follows_key;               // the device may not follow unless this field ...
  std::string follows_word;              // ... says this ("load_mode", "manual"): the failure then says so
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
  bool enabled = true;                 // whether its entity is shown by default
  std::string icon;                    // "mdi:..." where the quantity's own does not do; empty = by quantity
  std::optional<std::uint32_t> above;  // a raw value above this ...
  double scale_above = 1;              // ... has this scale (cells in mV instead of 0.1 V) ...
  int decimals_above = 0;              // ... and as many decimals as that needs
  std::string count;                   // there only while this field (of the state, or kept from earlier) is at least ...
  std::uint16_t index = 0;             // ... so much: cell_voltage_3 has 3
  std::string times;                   // the value counts for 12 V and is multiplied by this field's reading / 12; not known: the field is left out.
                                       // limits are those of 12 V
  std::vector<std::string> inputs;     // keys, for product, ratio and first
  std::vector<AlarmPart> parts;        // for alarms
  std::optional<Setting> setting;
  bool published = true;   // false: for the profile's own use (a voltage that others are scaled by); no part of the state
  std::string confidence;  // "captured", "document", "stated" or "inferred": how well the fact is known (docs/supported-devices.md)
};

// What one word of an answer is like: from lowest to highest, or outside of that.
struct WordRange {
  std::uint16_t address = 0;
  std::uint16_t lowest = 0;
  std::uint16_t highest = 0;
  bool outside = false;
};

// One read that tells whether a device belongs to this family: by its text, or, with plausible, by words that decode within all limits.
struct IdentifyRead {
  std::uint16_t address = 0;
  std::uint16_t words = 8;
  std::string pattern;            // regular expression on the text; empty with plausible
  std::regex expression;          // the same, compiled
  bool plausible = false;         // asked only when every text read of the family was silent or rejected at this id
  std::string names;              // plausible: only for devices whose advertised name fits this expression; empty = every
  std::string model;              // plausible: the model that the device is then taken for
  std::vector<WordRange> when;    // plausible: only where all of these hold
  std::vector<WordRange> unless;  // plausible: not where all of these hold (another family with the same registers)

  bool fits(std::span<const std::uint16_t> answer) const;  // when and unless alone
};

// A family that speaks unasked: frames found in a byte stream by their header. Fields then have byte offsets for addresses.
struct Stream {
  std::vector<std::uint8_t> header;
  std::uint16_t length = 0;  // bytes of a whole frame

  bool operator==(const Stream&) const = default;
};

// Energy integrated from a power of the state. sign: +1 what is above zero, -1 what is below; 0: the power is never negative.
struct Meter {
  std::string key;    // "solar_energy"
  std::string name;   // "Solar Energy"
  std::string power;  // key of the field
  int sign = 0;
};

// Days that the device itself remembers: one read a day at address + days ago. Fields have addresses from 0.
struct History {
  std::uint16_t address = 0;
  std::uint16_t words = 0;
  std::uint16_t days = 7;
  std::vector<Field> fields;
};

// What differs on some devices of the family: those whose model and advertised name both fit (an empty pattern fits every device). See variant.hpp.
struct Quirk {
  std::string models;                // regular expression, searched in the model text without blanks at its ends
  std::string names;                 // likewise in the advertised name
  std::vector<Block> blocks;         // take the place of those of the same name, or are added
  std::vector<Field> fields;         // likewise by key
  std::vector<std::string> without;  // names of blocks (their fields go too) and keys of fields and meters that these devices do not have
  std::optional<std::uint16_t> max_words;
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
  std::uint16_t max_words = 125;  // of one request; neighbouring blocks are put together up to it
  std::optional<Stream> stream;
  std::vector<Meter> meters;
  std::optional<History> history;
  std::vector<std::vector<std::string>> ascending;  // keys of settings, each list from the lowest: they may not cross
  std::vector<Quirk> quirks;
  std::vector<std::string> models;  // seen, for docs/supported-devices.md
  std::string file;                 // absolute path it was loaded from; empty = described by a caller

  const Block* block(std::string_view block_name) const;
  const Field* field(std::string_view key) const;

  // Whether this field can be told where only these blocks answer: its own is among them, or those of its inputs (of one of them for first).
  // A stream has no blocks and tells all of its fields.
  bool tells(const Field& field, const std::set<std::string, std::less<>>& answered) const;
};

bool isDerived(Type type);  // of other fields, without a register of its own

// How many bytes of a stream's frame the value takes.
std::size_t bytesOf(Type type);

using ProfilePtr = std::shared_ptr<const Profile>;

}  // namespace blupow::profile
