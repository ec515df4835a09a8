#include "sim/bluez/adapter.hpp"

#include <algorithm>

namespace blupow::sim {

Adapter::Adapter(Bus& bus, const AdapterScene& hardware, const Scene& scene, bool powered)
    : bus_(bus), hardware_(hardware), scene_(scene), object_(bus, "/org/bluez/" + hardware.name, "org.bluez.Adapter1"), powered_(powered) {
  offer(hardware);
}

void Adapter::offer(const AdapterScene& hardware) {
  const auto keep = [this](const char* name) {
    return [this, name](const Value& value) {
      object_.set(name, value);
      return std::optional<Refusal>();
    };
  };
  object_.property("Address", hardware.address.text());
  object_.property("AddressType", std::string("public"));
  object_.property("Name", std::string("blupow-sim"));
  object_.property("Alias", std::string("blupow-sim"), keep("Alias"));
  object_.property("Class", std::uint32_t{0});
  object_.property("Powered", powered_, [this](const Value& value) {
    power(std::get<bool>(value));
    return std::optional<Refusal>();
  });
  object_.property("Discoverable", false, keep("Discoverable"));
  object_.property("DiscoverableTimeout", std::uint32_t{180}, keep("DiscoverableTimeout"));
  object_.property("Pairable", false, keep("Pairable"));
  object_.property("PairableTimeout", std::uint32_t{0}, keep("PairableTimeout"));
  object_.property("Discovering", false);
  object_.property("UUIDs", std::vector<std::string>{});
  object_.property("Modalias", std::string("usb:v1D6Bp0246d0542"));  // as BlueZ 5.66 names itself
  object_.property("Roles", std::vector<std::string>{"central", "peripheral"});
  object_.method("StartDiscovery", "", "", [this](const CallPtr& call) { startDiscovery(call); });
  object_.method("StopDiscovery", "", "", [this](const CallPtr& call) { stopDiscovery(call); });
  object_.method("SetDiscoveryFilter", "a{sv}", "", [this](const CallPtr& call) { setFilter(call); });
  object_.method("RemoveDevice", "o", "", [this](const CallPtr& call) { remove(call); });
  object_.publish();
}

void Adapter::tellAdded() { object_.tellAdded(); }

void Adapter::tellRemoved() {
  for (const auto& [address, device] : devices_) device->tellRemoved();
  object_.tellRemoved();
}

bool Adapter::connecting() const {
  return std::ranges::any_of(devices_, [](const auto& entry) { return entry.second->connecting(); });
}

bool Adapter::full() const {
  const auto up = std::ranges::count_if(devices_, [](const auto& entry) { return entry.second->up(); });
  return hardware_.max_links != 0 && static_cast<std::size_t>(up) >= hardware_.max_links;
}

void Adapter::power(bool on) {
  if (on == powered_) return;
  powered_ = on;
  object_.set("Powered", on);
  if (on) return;
  for (const auto& [address, device] : devices_) device->powerLost();
  sessions_.clear();
  discoveryChanged();
}

void Adapter::startDiscovery(const CallPtr& call) {
  if (!powered_) return call->refuse(refusal::notReady());
  if (sessions_.contains(call->sender)) return call->refuse(refusal::busy());
  sessions_[call->sender].duplicates = filters_[call->sender];
  discoveryChanged();
  call->answer();
}

void Adapter::stopDiscovery(const CallPtr& call) {
  if (!powered_) return call->refuse(refusal::notReady());
  if (sessions_.erase(call->sender) == 0) return call->refuse(refusal::noDiscovery());
  discoveryChanged();
  call->answer();
}

void Adapter::setFilter(const CallPtr& call) {
  if (!powered_) return call->refuse(refusal::notReady());
  const auto wanted = call->options.find("DuplicateData");
  filters_[call->sender] = wanted != call->options.end() && wanted->second == Value(true);
  const auto session = sessions_.find(call->sender);
  if (session != sessions_.end()) session->second.duplicates = filters_[call->sender];
  call->answer();
}

void Adapter::remove(const CallPtr& call) {
  const auto found = std::ranges::find_if(devices_, [&](const auto& entry) { return entry.second->path() == call->text; });
  if (found == devices_.end()) return call->refuse(refusal::doesNotExist());
  call->answer();
  forget(*found->second);
}

void Adapter::discoveryChanged() {
  object_.set("Discovering", discovering());
  if (discovering()) return;
  for (const auto& [address, device] : devices_) device->discoveryStopped();
}

bool Adapter::duplicatesWanted() const {
  return std::ranges::any_of(sessions_, [](const auto& entry) { return entry.second.duplicates; });
}

void Adapter::clientGone(const std::string& client) {
  filters_.erase(client);
  if (sessions_.erase(client) != 0) discoveryChanged();
  for (const auto& [address, device] : devices_) device->clientGone(client);
}

void Adapter::heard(Module& module, int rssi) {
  if (!discovering()) return;
  Device* device = find(module.scene().address);
  if (device != nullptr) return device->heard(rssi, duplicatesWanted());
  Device& made = *(devices_[module.scene().address] = std::make_unique<Device>(*this, bus_, module));
  made.heard(rssi, false);
  made.tellAdded();
}

Device* Adapter::find(const MacAddress& address) {
  const auto found = devices_.find(address);
  return found == devices_.end() ? nullptr : found->second.get();
}

Device& Adapter::ensure(Module& module) {
  if (Device* device = find(module.scene().address)) return *device;
  Device& made = *(devices_[module.scene().address] = std::make_unique<Device>(*this, bus_, module));
  made.tellAdded();
  return made;
}

void Adapter::forget(Device& device) {
  device.powerLost();
  device.tellRemoved();
  devices_.erase(device.module().scene().address);
}

}  // namespace blupow::sim
