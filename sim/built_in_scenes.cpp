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

// One of everything, nothing moves and nobody waits: each model and oddity that is known.
constexpr std::string_view kFamilies = R"({
  "timing": {"advertise_ms": 100, "connect_ms": 100, "resolve_ms": 100, "disconnect_ms": 100},
  "devices": [
    {"address": "80:6F:B0:0E:7B:91", "name": "BT-TH-B00E7B91    ", "units": [{"family": "controller", "static": true}]},
    {"address": "AC:4D:16:1D:AD:B1", "name": "BT-TH-161DADB1    ", "units": [{"family": "controller", "model": "RNG-CTRL-RVRPG40", "id": 1, "static": true}]},
    {"address": "AC:4D:16:17:8A:45", "name": "BT-TH-16178A45    ",
     "units": [{"family": "controller", "model": "RCC40RVRE", "id": 17, "universal": "deaf", "static": true}]},
    {"address": "AC:4D:16:1A:A5:EE", "name": "BT-TH-161AA5EE", "units": [{"family": "dcc", "id": 1, "static": true}]},
    {"address": "AC:4D:16:1A:A5:EF", "name": "BT-TH-161AA5EF", "units": [{"family": "dcc", "model": "RBC50D1S-G6", "id": 1, "static": true}]},
    {"address": "60:98:66:ED:FC:11", "name": "BT-TH-66EDFC11", "units": [{"family": "battery", "static": true}]},
    {"address": "C4:64:E3:38:3D:0E", "name": "BT-TH-E3383D0E    ", "units": [{"family": "battery", "model": "RBT50LFP48S", "static": true}]},
    {"address": "C4:64:E3:38:3D:0F", "name": "BT-TH-E3383D0F", "units": [{"family": "battery", "model": "RBT100LFP12SH-G1", "id": 247, "static": true}]},
    {"address": "4C:E1:74:57:94:7B", "name": "RNGRBP1228000830", "units": [{"family": "battery", "static": true}]},
    {"address": "4C:E1:74:68:36:92", "name": "RNGC122BAT28000194", "units": [{"family": "battery", "static": true}]},
    {"address": "4C:E1:74:03:68:81", "name": "RNGPRO125BAT-EF036881", "units": [{"family": "battery", "static": true}]},
    {"address": "D8:B6:73:BF:4F:75", "name": "BTRIC134000035", "units": [{"family": "inverter", "static": true}]},
    {"address": "60:98:F2:6D:8F:08", "name": "BT-TH-F26D8F08", "units": [{"family": "inverter", "model": "RIV4835CSH1S", "static": true}]},
    {"address": "60:98:66:E5:CD:EB", "name": "BT-TH-66E5CDEB", "units": [{"family": "inverter", "model": "RIV4835CSH1S", "nameless": true, "static": true}]},
    {"address": "D8:B6:73:C0:11:2A", "name": "RNGRIU123000112", "units": [{"family": "inverter_hf", "static": true}]},
    {"address": "E0:7D:EA:17:62:01", "name": "RTMShunt30017000621", "timing": {"stream_ms": 500}, "units": [{"family": "shunt", "static": true}]}
  ]
})";

// A BT-2 on a communication hub with everything that goes behind one; nobody answers to 0xFF there.
constexpr std::string_view kHub = R"({
  "time_factor": 60,
  "start_hour": 9,
  "timing": {"baud": 9600, "disconnect_ms": 500},
  "devices": [
    {"address": "80:6F:B0:1A:2B:3C", "name": "BT-TH-B01A2B3C    ", "rssi": -61, "units": [
      {"family": "controller", "id": 97, "universal": "deaf", "capacity": 400, "charge": 55, "panels": 400, "load": 40},
      {"family": "dcc", "id": 96, "universal": "deaf", "capacity": 400, "charge": 55, "panels": 200, "load": 20, "alternator": 500},
      {"family": "inverter", "id": 32, "universal": "deaf", "capacity": 400, "charge": 55, "panels": 0, "load": 250, "grid": false},
      {"family": "battery", "id": 48, "universal": "deaf", "charge": 55, "panels": 150, "load": 70},
      {"family": "battery", "id": 49, "universal": "deaf", "charge": 56, "panels": 150, "load": 70},
      {"family": "battery", "id": 50, "universal": "deaf", "charge": 54, "panels": 150, "load": 70},
      {"family": "battery", "id": 51, "universal": "deaf", "charge": 57, "panels": 150, "load": 70}
    ]}
  ]
})";

// A small installation of each family on a fine day that passes in 24 minutes.
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
     "units": [{"family": "controller", "model": "RNG-CTRL-ADV30", "id": 17, "universal": "own", "capacity": 120, "charge": 35, "panels": 300, "load": 25}]},
    {"address": "AC:4D:16:1A:A5:EE", "name": "BT-TH-161AA5EE", "rssi": -63, "mtu": 247,
     "units": [{"family": "dcc", "id": 1, "capacity": 200, "charge": 50, "panels": 250, "load": 60, "alternator": 500}]},
    {"address": "60:98:66:ED:FC:11", "name": "BT-TH-66EDFC11", "rssi": -66, "mtu": 247,
     "units": [{"family": "battery", "model": "RBT100LFP12-BT", "capacity": 100, "charge": 60, "panels": 200, "load": 50}]},
    {"address": "4C:E1:74:57:94:7B", "name": "RNGRBP1228000830", "rssi": -44, "mtu": 247,
     "units": [{"family": "battery", "capacity": 100, "charge": 75, "panels": 150, "load": 30}]},
    {"address": "4C:E1:74:03:68:81", "name": "RNGPRO125BAT-EF036881", "rssi": -70, "mtu": 247,
     "units": [{"family": "battery", "capacity": 500, "charge": 40, "panels": 900, "load": 200}]},
    {"address": "60:98:F2:6D:8F:08", "name": "BT-TH-F26D8F08", "rssi": -62, "mtu": 247,
     "units": [{"family": "inverter", "model": "RIV4835CSH1S", "capacity": 400, "charge": 50, "panels": 1500, "load": 500}]},
    {"address": "D8:B6:73:D2:30:17", "name": "RNGRIU123000112", "rssi": -69, "mtu": 247,
     "units": [{"family": "inverter_hf", "capacity": 300, "charge": 65, "load": 300}]},
    {"address": "E0:7D:EA:17:62:01", "name": "RTMShunt30017000621", "rssi": -57,
     "units": [{"family": "shunt", "capacity": 280, "charge": 80, "panels": 500, "load": 120}]}
  ]
})";

}  // namespace

std::string_view builtInScene(std::string_view name) {
  if (name == "two") return kTwo;
  if (name == "families") return kFamilies;
  if (name == "hub") return kHub;
  if (name == "demo") return kDemo;
  return {};
}

}  // namespace blupow::sim
