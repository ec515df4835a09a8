// What there is: adapters, modules in the air and the units behind them. Read once from JSON (README.md: the format); plain values from then on.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mac_address.hpp"
#include "sim/loop.hpp"
#include "sim/renogy/wire.hpp"

namespace blupow::sim {

struct Timing {
  Milliseconds advertise{300};
  Milliseconds connect{600};      // from Connect to the link, if an advertisement is heard in that time
  Milliseconds resolve{900};      // from the link to ServicesResolved
  Milliseconds late_gatt{0};      // GATT objects come so long after ServicesResolved (0: before), as bluetoothd sometimes does
  Milliseconds subscribe{20};     // StartNotify
  Milliseconds answer{20};        // from a request to its answer, line times not counted
  Milliseconds disconnect{2000};  // BlueZ's own timer between Disconnect and the end of the link
  Milliseconds refuse{0};         // after a failure or a disconnect the module answers no connection request for so long
  Milliseconds give_up{40000};    // Connect to a device that is silent
  Milliseconds stream{1000};      // between two frames of a shunt
  std::uint32_t baud = 0;         // of the serial line behind the module; 0: it takes no time
};

enum class Universal : std::uint8_t {
  asked,  // asked as 0xFF it answers with 0xFF
  own,    // ... with its own id
  deaf,   // ... not at all
};

enum class Family : std::uint8_t { controller, dcc, battery, inverter, inverter_hf, shunt, blank };

// How a battery counts, which goes with the name that it advertises.
enum class Variant : std::uint8_t {
  legacy,
  pro,     // RNGRBP: current in 0.1 A
  rngc,    // RNGC: the same, and the bytes of the cycle word are swapped
  rngpro,  // RNGPRO: current in 0.01 A, 0x00AA in 5101 though nothing is wrong
};

struct UnitScene {
  std::uint8_t id = 0x10;
  Family family = Family::controller;
  std::string model;  // empty: the family's usual one
  Universal universal = Universal::asked;
  Variant variant = Variant::legacy;         // batteries
  std::optional<std::uint16_t> serial;       // counter in the serial number; none: the captured serial number
  bool is_static = false;                    // exactly the captured words
  bool nameless = false;                     // inverters: the model register is never answered
  bool silent = false;                       // does not answer at all
  bool probe = true;                         // shunts: with a temperature probe
  double capacity = 100;                     // Ah of the battery
  double charge = 60;                        // % at the start
  double panels = 400;                       // W at noon
  double load = 60;                          // W on average
  double alternator = 400;                   // W while the engine runs (DC-DC chargers)
  bool grid = true;                          // inverters: mains present
  std::map<std::uint16_t, Words> registers;  // on top of the family's
};

struct DeviceScene {
  MacAddress address;
  std::string name;  // as sent, blanks included; empty: none is sent
  int rssi = -60;    // around which it wanders
  std::vector<std::string> services;
  bool manufacturer = true;  // Renogy's modules send their address as manufacturer data
  Timing timing;
  std::uint16_t mtu = 23;        // 23: notifications of 20 bytes
  bool duplicates = false;       // ffd1 and fff1 also in the wrong services, as Pro batteries have them
  bool keep_gatt = true;         // GATT objects stay after a disconnect
  bool reject_requests = false;  // write with response fails with ATT error 0x0e
  bool clash = false;            // asked as 0xFF all units answer at once, and nothing of it can be read
  bool silent = false;           // not in the air
  bool connected = false;        // linked to the host already at the start
  std::vector<UnitScene> units;
};

struct AdapterScene {
  std::string name = "hci0";
  MacAddress address;
  bool powered = true;
  std::size_t max_links = 0;  // 0: as many as are asked for
};

struct Scene {
  std::uint32_t seed = 1;
  double time_factor = 1;            // simulated seconds in a second
  double start_hour = 10;            // of the simulated day
  Milliseconds vanish{30000};        // a device never connected is forgotten so long after its last advertisement
  Milliseconds adapter_delay{1000};  // from a restart of bluetoothd to its adapters
  Milliseconds power_delay{300};     // from then to Powered
  std::vector<AdapterScene> adapters;
  std::vector<DeviceScene> devices;
};

// The text of a scene file; or the sentence that says what is wrong with it.
std::expected<Scene, std::string> parseScene(std::string_view json);

// The members of a scene's "timing" on top of usual ones.
std::expected<Timing, std::string> parseTiming(std::string_view json, const Timing& usual);

// A unit as it stands in a scene's "units".
std::expected<UnitScene, std::string> parseUnit(std::string_view json);

// "two", "families", "hub" or "demo"; empty for another name.
std::string_view builtInScene(std::string_view name);

}  // namespace blupow::sim
