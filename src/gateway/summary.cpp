#include "gateway/summary.hpp"

#include "gateway/names.hpp"

namespace blupow::gateway {

DeviceSummary summaryOf(const Device& device) {
  DeviceSummary summary{.address = device.address, .name = displayName(device), .type = device.type};
  summary.connection_reason = device.known_type ? std::string(device::words(device.reason)) : std::string(name(Refusal::unknown_type));
  for (const Unit& unit : device.units) {
    summary.units.push_back({unit.identity->id, unit.profile->type, unit.identity->model, unit.online});
  }
  if (!summary.units.empty()) {
    summary.model = summary.units.front().model;
    summary.online = summary.units.front().online;
  }
  return summary;
}

}  // namespace blupow::gateway
