// Which devices there are at start: those stored, with those of the options merged in. The options win; a device that came only from them goes with
// its line. Pure.
#pragma once

#include <optional>
#include <vector>

#include "gateway/settings.hpp"
#include "gateway/store.hpp"

namespace blupow::gateway {

struct KnownDevice {
  StoredDevice stored;
  bool in_options = false;                // has a line there now
  bool type_named = false;                // by a person: only this family fits
  std::optional<Duration> poll_interval;  // its own
};

struct KnownDevices {
  std::vector<KnownDevice> devices;  // by address
  std::vector<StoredDevice> gone;    // their line is gone
};

KnownDevices mergeDevices(const std::vector<StoredDevice>& stored, const std::vector<OptionDevice>& options);

}  // namespace blupow::gateway
