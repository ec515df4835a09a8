// What the gateway needs kept across restarts. Implemented in storage/, wired by app.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/failure.hpp"
#include "core/mac_address.hpp"
#include "core/time.hpp"
#include "device/unit.hpp"

namespace blupow::gateway {

struct StoredDevice {
  MacAddress address;
  std::string type;
  std::string name;                             // the given one; may be empty
  std::string advertised_name = {};             // as heard; it may decide how the device's words are read
  bool from_options = false;                    // came from the options file only: goes with its line
  std::vector<device::UnitIdentity> units;      // first recognised first
  std::optional<WallTime> released_until = {};  // handed over; a restart keeps it
  std::string description = {};                 // JSON of a generic device, as the caller gave it
  profile::ProfilePtr described = {};           // the same as a profile

  bool operator==(const StoredDevice&) const = default;
};

class DeviceStore {
 public:
  virtual ~DeviceStore() = default;
  // Replaces everything that is stored. Calls back on the loop when it is safe on disk, or with the failure.
  virtual void save(std::vector<StoredDevice> devices, std::move_only_function<void(Result<>)> done) = 0;
};

// Energy counted so far, in Wh, by the meter's place: "<MAC>_<known_as>/solar_energy".
using MeterValues = std::map<std::string, double, std::less<>>;

class MeterStore {
 public:
  virtual ~MeterStore() = default;
  // Each calls back on the loop: load with all that is stored (empty when there is none), save when it is safe on disk.
  virtual void load(std::move_only_function<void(Result<MeterValues>)> done) = 0;
  virtual void save(MeterValues changed, std::move_only_function<void(Result<>)> done) = 0;
  virtual void forget(std::string place_prefix) = 0;  // of a removed device
};

}  // namespace blupow::gateway
