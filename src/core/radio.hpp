// The condition of the way to the air, from the bus up to the adapter. Pure vocabulary shared by ble and device.
#pragma once

#include <cstdint>
#include <string>

namespace blupow {

enum class RadioState : std::uint8_t {
  unknown,        // not asked yet
  no_bus,         // the system bus cannot be reached
  access_denied,  // the bus or bluetoothd refuses us (AppArmor or bus policy)
  no_daemon,      // bluetoothd does not run
  no_adapter,     // bluetoothd has no adapter, or not the one that was chosen
  adapter_off,    // there, but not powered
  ready,
};

struct RadioStatus {
  RadioState state = RadioState::unknown;
  std::string adapter;  // "hci0"; empty while there is none
  std::string detail;   // what was said, for the log; may be empty

  bool operator==(const RadioStatus&) const = default;
};

}  // namespace blupow
