#include "app/scan.hpp"

#include <algorithm>
#include <climits>
#include <tuple>

#include "app/one_shot.hpp"

namespace blupow::app {

namespace {

// Where a name is sent it decides: the service is that of many cheap modules. Without a name it is all there is to go by.
bool isRenogy(const ble::Advertisement& advertisement, const profile::Catalogue& catalogue) {
  if (!advertisement.name.empty()) return catalogue.knows(advertisement.name);
  return std::ranges::any_of(catalogue.all(), [&](const profile::ProfilePtr& profile) {
    const std::string& service = profile->gatt.write_service;
    return !service.empty() && std::ranges::find(advertisement.services, service) != advertisement.services.end();
  });
}

}  // namespace

std::vector<ScannedDevice> sortScanned(const std::vector<ble::Advertisement>& heard, const profile::Catalogue& catalogue, TimePoint now, bool all) {
  std::vector<ScannedDevice> devices;
  for (const ble::Advertisement& advertisement : heard) {
    const bool renogy = isRenogy(advertisement, catalogue);
    if (!renogy && !all) continue;
    devices.push_back({.address = advertisement.address,
                       .name = advertisement.name,
                       .rssi = advertisement.rssi,
                       .age = now - advertisement.heard,
                       .renogy = renogy,
                       .type = renogy ? catalogue.guess(advertisement.name) : std::string()});
  }
  std::ranges::sort(devices, {}, [](const ScannedDevice& device) { return std::tuple(!device.renogy, -device.rssi.value_or(INT_MIN + 1), device.address); });
  return devices;
}

Result<std::vector<ScannedDevice>> scan(const ScanRequest& request, const profile::Catalogue& catalogue) {
  OneShot shot(request.adapter);
  const TimePoint start = shot.loop().now();
  std::optional<gateway::Air::ScanWish> wish;
  runtime::Timer end;
  const Result<> radio = shot.run([&] {
    wish.emplace(shot.air());
    end = shot.loop().at(shot.loop().now() + request.time, "end of scan", [&] { shot.finish(); });
  });
  if (!radio) return std::unexpected(radio.error());
  return sortScanned(shot.air().heardSince(start), catalogue, shot.loop().now(), request.all);
}

}  // namespace blupow::app
