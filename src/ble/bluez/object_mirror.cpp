#include "ble/bluez/object_mirror.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace blupow::ble::bluez {

namespace {

constexpr std::int64_t kRssiUnknown = 127;  // HCI's "not available"

// The property if it is there with this type; what another type says is not believed.
template <typename T>
const T* find(const Properties& properties, const std::string& key) {
  const auto found = properties.find(key);
  return found == properties.end() ? nullptr : std::get_if<T>(&found->second);
}

void take(const Properties& properties, const std::string& key, bool& into) {
  if (const auto* value = find<bool>(properties, key)) into = *value;
}

void take(const Properties& properties, const std::string& key, std::string& into) {
  if (const auto* value = find<std::string>(properties, key)) into = *value;
}

void update(Adapter& adapter, const Properties& properties) {
  take(properties, "Address", adapter.address);
  take(properties, "Powered", adapter.powered);
  take(properties, "Discovering", adapter.discovering);
}

void update(Device& device, const Properties& properties) {
  take(properties, "Adapter", device.adapter);
  take(properties, "Connected", device.connected);
  take(properties, "ServicesResolved", device.services_resolved);
  if (const auto* text = find<std::string>(properties, "Address")) device.address = MacAddress::parse(*text).value_or(device.address);
  if (const auto* text = find<std::string>(properties, "Name")) device.name = printable(trimmed(*text));
  if (const auto* rssi = find<std::int64_t>(properties, "RSSI")) {
    device.rssi = *rssi == kRssiUnknown ? std::nullopt : std::optional<int>(static_cast<int>(*rssi));
  }
  for (const auto* key : {"Bonded", "Paired"}) {
    if (const auto* value = find<bool>(properties, key); value && *value) device.bonded = true;
  }
  if (const auto* uuids = find<std::vector<std::string>>(properties, "UUIDs")) {
    device.uuids.clear();
    for (const auto& uuid : *uuids) device.uuids.push_back(lowerCase(uuid));
  }
}

bool allows(const std::vector<std::string>& flags, Use use) {
  return std::ranges::any_of(flags, [use](const std::string& flag) {
    return use == Use::write ? flag == "write" || flag == "write-without-response" : flag == "notify" || flag == "indicate";
  });
}

}  // namespace

void ObjectMirror::clear() {
  adapters_.clear();
  devices_.clear();
  services_.clear();
  characteristics_.clear();
}

void ObjectMirror::fill(const Objects& objects) {
  clear();
  for (const auto& [path, interfaces] : objects) added(path, interfaces);
}

void ObjectMirror::added(const std::string& path, const Interfaces& interfaces) {
  for (const auto& [interface, properties] : interfaces) {
    if (interface == kAdapterInterface) {
      adapters_[path] = {.path = path, .name = path.substr(path.rfind('/') + 1)};
    } else if (interface == kDeviceInterface) {
      devices_[path] = {.path = path};
    } else if (interface == kServiceInterface) {
      services_[path] = {};
    } else if (interface == kCharacteristicInterface) {
      characteristics_[path] = {};
    } else {
      continue;
    }
    changed(path, interface, properties);
  }
}

void ObjectMirror::removed(const std::string& path, const std::vector<std::string>& interfaces) {
  for (const auto& interface : interfaces) {
    if (interface == kAdapterInterface) adapters_.erase(path);
    if (interface == kDeviceInterface) devices_.erase(path);
    if (interface == kServiceInterface) services_.erase(path);
    if (interface == kCharacteristicInterface) characteristics_.erase(path);
  }
}

void ObjectMirror::changed(const std::string& path, const std::string& interface, const Properties& properties) {
  if (interface == kAdapterInterface) {
    if (const auto found = adapters_.find(path); found != adapters_.end()) update(found->second, properties);
  } else if (interface == kDeviceInterface) {
    if (const auto found = devices_.find(path); found != devices_.end()) update(found->second, properties);
  } else if (interface == kServiceInterface) {
    const auto found = services_.find(path);
    if (const auto* uuid = find<std::string>(properties, "UUID"); uuid && found != services_.end()) found->second.uuid = lowerCase(*uuid);
  } else if (interface == kCharacteristicInterface) {
    const auto found = characteristics_.find(path);
    if (found == characteristics_.end()) return;
    take(properties, "Service", found->second.service);
    if (const auto* uuid = find<std::string>(properties, "UUID")) found->second.uuid = lowerCase(*uuid);
    if (const auto* flags = find<std::vector<std::string>>(properties, "Flags")) found->second.flags = *flags;
  }
}

const Device* ObjectMirror::device(const std::string& path) const {
  const auto found = devices_.find(path);
  return found == devices_.end() ? nullptr : &found->second;
}

const Device* ObjectMirror::device(const std::string& adapter, const MacAddress& address) const {
  for (const auto& [path, device] : devices_) {
    if (device.address == address && device.adapter == adapter) return &device;
  }
  return nullptr;
}

std::string ObjectMirror::characteristic(const std::string& device, std::string_view service, std::string_view uuid, Use use) const {
  const std::string prefix = device + "/";
  std::string first;
  for (auto at = characteristics_.lower_bound(prefix); at != characteristics_.end() && at->first.starts_with(prefix); ++at) {
    const auto& [path, characteristic] = *at;
    if (characteristic.uuid != uuid) continue;
    const auto owner = services_.find(characteristic.service);
    if (!service.empty() && (owner == services_.end() || owner->second.uuid != service)) continue;
    if (allows(characteristic.flags, use)) return path;
    if (first.empty()) first = path;
  }
  return first;
}

bool ObjectMirror::hasCharacteristics(const std::string& device) const {
  const std::string prefix = device + "/";
  const auto at = characteristics_.lower_bound(prefix);
  return at != characteristics_.end() && at->first.starts_with(prefix);
}

std::string_view devicePathOf(std::string_view path) {
  const auto device = path.find("/dev_");
  if (device == std::string_view::npos) return {};
  return path.substr(0, path.find('/', device + 1));
}

bool isAdvertisement(const Properties& changed) { return changed.contains("RSSI") || changed.contains("ManufacturerData") || changed.contains("ServiceData"); }

}  // namespace blupow::ble::bluez
