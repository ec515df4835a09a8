#include "gateway/registry.hpp"

#include <algorithm>
#include <map>

#include "core/text.hpp"

namespace blupow::gateway {

namespace {

// Lists and logs show a name in one line.
std::string tidied(std::string_view name) { return printable(trimmed(name)); }

void applyOption(KnownDevice& known, const OptionDevice& option) {
  known.in_options = true;
  known.poll_interval = option.poll_interval;
  if (auto name = tidied(option.name); !name.empty()) known.stored.name = std::move(name);
  if (option.type.empty()) return;
  known.type_named = true;
  if (known.stored.type != option.type) {
    known.stored.description.clear();
    known.stored.described.reset();
  }
  known.stored.type = option.type;
  const auto other = [&](const device::UnitIdentity& unit) { return unit.family == nullptr || unit.family->type != option.type; };
  if (std::ranges::any_of(known.stored.units, other)) known.stored.units.clear();  // remembered as another type: recognise anew
}

}  // namespace

KnownDevices mergeDevices(const std::vector<StoredDevice>& stored, const std::vector<OptionDevice>& options) {
  std::map<MacAddress, KnownDevice> known;
  // A stored type without units was named by a person, or by the first BluPow, which knew no other way.
  for (const StoredDevice& device : stored) {
    KnownDevice& entry = known[device.address] = {.stored = device, .type_named = device.units.empty() && !device.type.empty()};
    entry.stored.name = tidied(device.name);
  }
  for (const OptionDevice& option : options) {
    auto [entry, added] = known.try_emplace(option.address);
    if (added) entry->second.stored = {.address = option.address, .from_options = true};
    applyOption(entry->second, option);
  }
  KnownDevices result;
  for (auto& [address, device] : known) {
    if (device.stored.from_options && !device.in_options) {
      result.gone.push_back(std::move(device.stored));
    } else {
      result.devices.push_back(std::move(device));
    }
  }
  return result;
}

}  // namespace blupow::gateway
