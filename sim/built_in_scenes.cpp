#include "sim/scene.hpp"

namespace blupow::sim {

namespace {

// One of each family, nothing moves: what most tests want.
constexpr std::string_view kTwo = R"({
  "devices": [
    {"address": "D8:B6:73:BF:4F:75", "name": "BTRIC134000035", "rssi": -58, "units": [{"family": "inverter", "static": true}]},
    {"address": "80:6F:B0:0E:7B:91", "name": "BT-TH-B00E7B91    ", "rssi": -67, "units": [{"family": "controller", "static": true}]}
  ]
})";

// A small installation on a fine day that passes in 24 minutes.
constexpr std::string_view kDemo = R"({
  "time_factor": 60,
  "start_hour": 9,
  "timing": {"baud": 9600, "disconnect_ms": 500},
  "devices": [
    {"address": "D8:B6:73:BF:4F:75", "name": "BTRIC134000035", "rssi": -58, "mtu": 247,
     "units": [{"family": "inverter", "capacity": 200, "charge": 70, "panels": 800, "load": 350}]},
    {"address": "D8:B6:73:C0:11:2A", "name": "BTRIC134000112", "rssi": -71,
     "units": [{"family": "inverter", "capacity": 400, "charge": 45, "panels": 1200, "load": 900, "grid": false}]},
    {"address": "80:6F:B0:0E:7B:91", "name": "BT-TH-B00E7B91    ", "rssi": -67,
     "units": [{"family": "controller", "model": "RNG-CTRL-RVR40", "id": 16, "capacity": 100, "charge": 55, "panels": 400, "load": 40}]},
    {"address": "AC:4D:16:1D:AD:B1", "name": "BT-TH-161DADB1    ", "rssi": -74,
     "units": [{"family": "controller", "model": "RNG-CTRL-WND30", "id": 1, "capacity": 80, "charge": 80, "panels": 200, "load": 15}]},
    {"address": "AC:4D:16:17:8A:45", "name": "BT-TH-16178A45    ", "rssi": -84, "mtu": 247,
     "units": [{"family": "controller", "model": "RNG-CTRL-ADV30", "id": 17, "universal": "own", "capacity": 120, "charge": 35, "panels": 300, "load": 25}]}
  ]
})";

}  // namespace

std::string_view builtInScene(std::string_view name) {
  if (name == "two") return kTwo;
  if (name == "demo") return kDemo;
  return {};
}

}  // namespace blupow::sim
