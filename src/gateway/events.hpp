// What the gateway tells its listeners (homeassistant, web, storage ...). Each listens by itself; none knows the others. Loop thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/mac_address.hpp"
#include "core/time.hpp"
#include "device/session.hpp"
#include "device/unit.hpp"
#include "profile/value.hpp"

namespace blupow::gateway {

// A unit as the outside sees it. The pointers are good during the call only.
struct Unit {
  MacAddress address;  // of its link
  bool first = true;   // the unit recognised first on its link keeps the bare MAC in topics and ids
  const device::UnitIdentity* identity = nullptr;
  profile::ProfilePtr profile;                               // its own variant; never null
  const profile::Readings* readings = nullptr;               // never null; empty before the first poll. With the meters'
  const std::vector<device::HistoryDay>* history = nullptr;  // never null
  bool online = false;
  bool settled = false;  // every block has been answered or failed since the start: its document may be published
};

// How one link fares; published whatever the device does.
struct LinkStatus {
  bool handed_over = false;
  std::optional<WallTime> released_until;  // only while handed over
  std::optional<int> rssi;                 // dBm
  std::optional<double> success_rate;      // % of the last 100 polls
  std::optional<double> poll_duration;     // s
  std::uint64_t reconnects = 0;            // since the start
  std::optional<WallTime> last_success;
  std::string last_write;  // one sentence; empty before the first
};

struct Device {
  MacAddress address;
  std::string name;  // the given one; empty = none was given
  std::string type;  // type of the profile; of the first unit where there are several
  bool from_options = false;
  bool known_type = true;  // false: no profile of its type is there, so it is not read
  device::ConnectionReason reason = device::ConnectionReason::connecting;
  std::vector<Unit> units;           // empty until recognised
  const LinkStatus* link = nullptr;  // never null while listeners are told
};

// Several units taken together. Its readings: count, current, power, remaining_ah, capacity_ah, soc, cell_voltage_spread, soc_spread.
struct Bank {
  std::string slug;  // topics and ids: bank_<slug>
  std::string name;
  profile::Readings readings;
  bool online = false;
};

struct GatewayState {
  WallTime started_at;
  std::string adapter;  // "hci0"; empty while there is none
  std::size_t devices = 0;
  std::uint64_t polls_ok = 0;
  std::uint64_t polls_failed = 0;
  std::optional<WallTime> last_success;
  std::optional<double> poll_time;  // s, mean of the last 100
};

class Listener {
 public:
  virtual ~Listener() = default;
  virtual void deviceAdded(const Device& /*device*/) {}
  virtual void deviceChanged(const Device& /*device*/) {}  // units recognised, name or type changed
  virtual void deviceRemoved(const Device& /*device*/) {}
  virtual void unitPolled(const Device& /*device*/, const Unit& /*unit*/) {}        // a new snapshot
  virtual void unitAvailability(const Device& /*device*/, const Unit& /*unit*/) {}  // went online (after its snapshot) or offline
  virtual void reasonChanged(const Device& /*device*/) {}
  virtual void linkChanged(const Device& /*device*/) {}  // its LinkStatus: at most once a minute, at once after a hand-over, a resume or a write
  virtual void historyRead(const Device& /*device*/, const Unit& /*unit*/) {}
  virtual void bankChanged(const Bank& /*bank*/) {}  // also when it is new; without readings while it waits for its units
  virtual void bankRemoved(const std::string& /*slug*/) {}
  virtual void gatewayChanged(const GatewayState& /*state*/) {}  // on change, at most every 60 s
};

}  // namespace blupow::gateway
