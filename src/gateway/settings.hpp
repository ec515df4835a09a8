// What the options file says to the gateway, as values. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/mac_address.hpp"
#include "core/time.hpp"

namespace blupow::gateway {

struct OptionDevice {
  MacAddress address;
  std::string name;  // empty = none given
  std::string type;  // empty = recognise it; else a type of the catalogue
  std::optional<Duration> poll_interval;
};

struct OptionBank {
  std::string name;
  std::vector<std::string> members;  // "<MAC>" or "<MAC>_<unit id>", upper case
};

struct Settings {
  Duration poll_interval = std::chrono::seconds(30);
  bool keep_connected = true;
  Duration back_off_cap = std::chrono::minutes(5);
  std::uint64_t seed = 0;  // of every jitter
  std::vector<OptionDevice> devices;
  bool adaptive_polling = false;
  bool allow_settings = false;
  std::vector<OptionBank> banks;
};

}  // namespace blupow::gateway
