// The words of one Modbus unit, with the limits of the real device: which addresses exist, how many words it gives at once, which reads it leaves unanswered,
// which words may be written and what it checks before that. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <initializer_list>
#include <map>
#include <string_view>

#include "sim/renogy/wire.hpp"

namespace blupow::sim {

// What a device checks before it takes a word.
struct Setting {
  std::uint16_t lowest = 0;
  std::uint16_t highest = 0xFFFF;
  std::uint16_t step = 1;  // of the value itself, counted from 0
};

class Registers {
 public:
  // Beyond range and step: whether the device takes the value now.
  using Allows = std::function<bool(const Registers&, std::uint16_t address, std::uint16_t value)>;
  // What else changes after a word was written.
  using Follows = std::function<void(Registers&, std::uint16_t address)>;

  explicit Registers(std::uint16_t most_words) : most_words_(most_words) {}

  void put(std::uint16_t first, std::initializer_list<std::uint16_t> words);
  void put(std::uint16_t first, const Words& words);
  void put(std::uint16_t first, std::string_view ascii, std::uint16_t words);  // padded with NUL
  void putLong(std::uint16_t first, std::uint32_t value);                      // high word first
  void set(std::uint16_t address, std::uint16_t word) { words_[address] = word; }
  void set(std::uint16_t address, double value, double scale);        // rounded; kept inside 0 to 65535
  void putSigned(std::uint16_t address, double value, double scale);  // two's complement
  void setting(std::uint16_t address, const Setting& setting) { settings_[address] = setting; }
  void settings(std::uint16_t first, std::uint16_t last, const Setting& setting);
  void allow(Allows allows) { allows_ = std::move(allows); }
  void follow(Follows follows) { follows_ = std::move(follows); }
  void refuseReadOnlyWith(std::uint8_t code) { read_only_ = code; }
  void remove(std::uint16_t first, std::uint16_t count);
  void mute(std::uint16_t first, std::uint16_t last);  // a read that begins there is never answered
  bool muteAt(std::uint16_t address) const;

  // A history record: its address gives exactly these words, and the next address is another record.
  void record(std::uint16_t address, Words words) { records_[address] = std::move(words); }
  const Words* recordAt(std::uint16_t address) const;

  std::uint16_t at(std::uint16_t address) const;  // 0 when there is none
  std::uint32_t longAt(std::uint16_t first) const;

  // Or the exception code that the device gives.
  std::expected<Words, std::uint8_t> read(std::uint16_t first, std::uint16_t count) const;
  std::expected<void, std::uint8_t> write(std::uint16_t first, const Words& values);

 private:
  std::uint16_t most_words_;
  std::map<std::uint16_t, std::uint16_t> words_;
  std::map<std::uint16_t, Words> records_;
  std::map<std::uint16_t, Setting> settings_;
  std::map<std::uint16_t, std::uint16_t> mute_;  // first -> last
  std::uint8_t read_only_ = kNoAddress;
  Allows allows_;
  Follows follows_;
};

}  // namespace blupow::sim
