// What the options say of topics and discovery. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace blupow::homeassistant {

enum class Form : std::uint8_t {
  device,     // one discovery document a device
  component,  // one an entity
};

struct Settings {
  std::string base_topic = "blupow";
  Form discovery = Form::device;
  std::string discovery_prefix = "homeassistant";
  std::string version;          // of the program
  std::uint64_t seed = 0;       // of the small random delay after Home Assistant's start
  bool allow_settings = false;  // settings of devices are controls, not only shown
  std::string page;             // of the add-on, where every device's page in Home Assistant leads; empty: none is known
};

}  // namespace blupow::homeassistant
