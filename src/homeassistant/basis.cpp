#include "homeassistant/basis.hpp"

#include <algorithm>

namespace blupow::homeassistant {

namespace {

// Versions stand in the document itself; a count says which of the counted are there; a control's range and choices hold what is set now, in a system of
// this voltage.
std::set<std::string, std::less<>> tellingKeys(const profile::Profile& profile) {
  std::set<std::string, std::less<>> keys = {"software_version", "hardware_version"};
  for (const profile::Field& field : profile.fields) {
    keys.insert(field.count);
    if (field.setting) keys.insert({field.key, field.times});
  }
  return keys;
}

}  // namespace

Basis::Basis(const gateway::Device& device, const gateway::Unit& unit)
    : device_name_(device.name), profile_(unit.profile), identity_(*unit.identity), readings_(*unit.readings), telling_(tellingKeys(*unit.profile)) {}

bool Basis::holds(const gateway::Device& device, const gateway::Unit& unit) const {
  const auto is_same = [this](const auto& then, const auto& now) {
    return then.first == now.first && (then.second == now.second || !telling_.contains(now.first));
  };
  return device_name_ == device.name && profile_ == unit.profile && identity_ == *unit.identity && std::ranges::equal(readings_, *unit.readings, is_same);
}

}  // namespace blupow::homeassistant
