// What the gateway needs kept across restarts. Implemented in storage/, wired by app.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/failure.hpp"
#include "core/mac_address.hpp"
#include "device/unit.hpp"

namespace blupow::gateway {

struct StoredDevice {
  MacAddress address;
  std::string type;
  std::string name;                         // the given one; may be empty
  bool from_options = false;                // came from the options file only: goes with its line
  std::vector<device::UnitIdentity> units;  // first recognised first

  bool operator==(const StoredDevice&) const = default;
};

class DeviceStore {
 public:
  virtual ~DeviceStore() = default;
  // Replaces everything that is stored. Calls back on the loop when it is safe on disk, or with the failure.
  virtual void save(std::vector<StoredDevice> devices, std::move_only_function<void(Result<>)> done) = 0;
};

}  // namespace blupow::gateway
