// A controller with settings and a history, made by hand: it carries writes out, or plays the tricks that are asked of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "device/module.hpp"
#include "profile/profile.hpp"

namespace blupow::device::test {

inline constexpr std::uint8_t kLampId = 17;
inline constexpr std::uint16_t kLoad = 0x010A;

// Blocks live (34 at 0x0100), settings (31 at 0xE001, slow), model (8 at 12, once). Settings load_status (0x010A, always, follows load_mode manual),
// boost_voltage (0xE008, 7 to 17 V for 12 V), battery_type (0xE004). History of 7 days at 0xF000.
profile::Profile lamp();

struct Lamp {
  Lamp();
  std::vector<Notification> operator()(const Bytes& request);  // as Driver::device
  std::size_t writes() const { return written.size(); }

  Module module;
  std::vector<std::pair<std::uint16_t, std::uint16_t>> written;  // address and value of each function 06 that came
  std::vector<std::vector<std::uint16_t>> days;                  // of the history, today first; further ones get exception 2
  std::size_t days_asked = 0;
  bool follows = true;                  // does what is written
  int deaf = 0;                         // so many writes are confirmed, but not followed
  int silent_writes = 0;                // so many are not answered ...
  bool silent_ones_work = false;        // ... but followed
  std::optional<std::uint8_t> refuses;  // with this exception
  bool other_echo = false;              // echoes the next register
  bool corrupt_echo = false;
  bool silent_days = false;

 private:
  std::vector<Notification> write(const Bytes& request, std::uint16_t address, std::uint16_t value);
  void follow(std::uint16_t address, std::uint16_t value);
};

}  // namespace blupow::device::test
