// What is in the air, once. Blocks for its time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "ble/transport.hpp"
#include "core/failure.hpp"
#include "core/mac_address.hpp"
#include "profile/catalogue.hpp"

namespace blupow::app {

struct ScannedDevice {
  MacAddress address;
  std::string name;  // empty when none was sent
  std::optional<int> rssi;
  Duration age{};  // since it was last heard
  bool renogy = false;
  std::string type;  // a guess, or empty
};

// Renogy devices first, the strongest first among them; others only when all are wanted. Pure.
std::vector<ScannedDevice> sortScanned(const std::vector<ble::Advertisement>& heard, const profile::Catalogue& catalogue, TimePoint now, bool all);

struct ScanRequest {
  std::string adapter;  // empty = the first powered one
  std::chrono::seconds time{10};
  bool all = false;
};

Result<std::vector<ScannedDevice>> scan(const ScanRequest& request, const profile::Catalogue& catalogue);

}  // namespace blupow::app
