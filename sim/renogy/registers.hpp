// The words of one Modbus unit, with the limits of the real device: which addresses exist, how many words it gives at once, which may be written. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <map>
#include <string_view>

#include "sim/renogy/wire.hpp"

namespace blupow::sim {

class Registers {
 public:
  explicit Registers(std::uint16_t most_words) : most_words_(most_words) {}

  void put(std::uint16_t first, std::initializer_list<std::uint16_t> words);
  void put(std::uint16_t first, const Words& words);
  void put(std::uint16_t first, std::string_view ascii, std::uint16_t words);  // padded with NUL
  void putLong(std::uint16_t first, std::uint32_t value);                      // high word first
  void set(std::uint16_t address, std::uint16_t word) { words_[address] = word; }
  void set(std::uint16_t address, double value, double scale);  // rounded; kept inside 0 to 65535
  void writable(std::uint16_t first, std::uint16_t last);
  void remove(std::uint16_t first, std::uint16_t count);

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
  std::map<std::uint16_t, std::uint16_t> writable_;  // first -> last
};

}  // namespace blupow::sim
