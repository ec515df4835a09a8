#include "sim/renogy/registers.hpp"

#include <algorithm>
#include <cmath>

namespace blupow::sim {

namespace {

std::uint16_t plus(std::uint16_t address, std::size_t offset) { return static_cast<std::uint16_t>(address + offset); }

}  // namespace

void Registers::put(std::uint16_t first, std::initializer_list<std::uint16_t> words) { put(first, Words(words)); }

void Registers::put(std::uint16_t first, const Words& words) {
  for (std::size_t i = 0; i < words.size(); ++i) words_[plus(first, i)] = words[i];
}

void Registers::put(std::uint16_t first, std::string_view ascii, std::uint16_t words) {
  const auto character = [&](std::size_t at) { return at < ascii.size() ? static_cast<unsigned char>(ascii[at]) : 0U; };
  for (std::size_t i = 0; i < words; ++i) words_[plus(first, i)] = static_cast<std::uint16_t>((character(2 * i) << 8U) | character(2 * i + 1));
}

void Registers::putLong(std::uint16_t first, std::uint32_t value) {
  words_[first] = static_cast<std::uint16_t>(value >> 16U);
  words_[plus(first, 1)] = static_cast<std::uint16_t>(value & 0xFFFFU);
}

void Registers::set(std::uint16_t address, double value, double scale) {
  words_[address] = static_cast<std::uint16_t>(std::clamp(std::lround(value / scale), 0L, 65535L));
}

void Registers::putSigned(std::uint16_t address, double value, double scale) {
  words_[address] = static_cast<std::uint16_t>(static_cast<std::int16_t>(std::clamp(std::lround(value / scale), -32768L, 32767L)));
}

void Registers::settings(std::uint16_t first, std::uint16_t last, const Setting& setting) {
  for (std::uint32_t address = first; address <= last; ++address) settings_[static_cast<std::uint16_t>(address)] = setting;
}

void Registers::mute(std::uint16_t first, std::uint16_t last) { mute_[first] = last; }

bool Registers::muteAt(std::uint16_t address) const {
  const auto range = mute_.upper_bound(address);
  return range != mute_.begin() && std::prev(range)->second >= address;
}

void Registers::remove(std::uint16_t first, std::uint16_t count) {
  for (std::size_t i = 0; i < count; ++i) words_.erase(plus(first, i));
}

std::uint16_t Registers::at(std::uint16_t address) const {
  const auto word = words_.find(address);
  return word == words_.end() ? 0 : word->second;
}

std::uint32_t Registers::longAt(std::uint16_t first) const { return (static_cast<std::uint32_t>(at(first)) << 16U) | at(plus(first, 1)); }

const Words* Registers::recordAt(std::uint16_t address) const {
  const auto found = records_.find(address);
  return found == records_.end() ? nullptr : &found->second;
}

std::expected<Words, std::uint8_t> Registers::read(std::uint16_t first, std::uint16_t count) const {
  if (const Words* found = recordAt(first); found != nullptr && found->size() == count) return *found;
  if (count == 0 || count > most_words_) return std::unexpected(kTooMany);
  Words words;
  for (std::size_t i = 0; i < count; ++i) {
    const auto word = words_.find(plus(first, i));
    if (word == words_.end()) return std::unexpected(kNoAddress);
    words.push_back(word->second);
  }
  return words;
}

std::expected<void, std::uint8_t> Registers::write(std::uint16_t first, const Words& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t address = plus(first, i);
    const auto found = settings_.find(address);
    if (found == settings_.end()) return std::unexpected(words_.contains(address) ? read_only_ : kNoAddress);
    const auto& [lowest, highest, step] = found->second;
    if (values[i] < lowest || values[i] > highest || values[i] % step != 0) return std::unexpected(kFailed);
    if (allows_ && !allows_(*this, address, values[i])) return std::unexpected(kFailed);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    words_[plus(first, i)] = values[i];
    if (follows_) follows_(*this, plus(first, i));
  }
  return {};
}

}  // namespace blupow::sim
