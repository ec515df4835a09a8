// One org.bluez.Adapter1: power, discovery sessions by client, the devices it has heard, and at most one connection attempt at a time.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "sim/bluez/device.hpp"
#include "sim/dbus/object.hpp"
#include "sim/scene.hpp"

namespace blupow::sim {

class Adapter {
 public:
  Adapter(Bus& bus, const AdapterScene& hardware, const Scene& scene, bool powered);

  const std::string& path() const { return object_.path(); }
  const Scene& scene() const { return scene_; }
  Loop& loop() { return bus_.loop(); }
  bool powered() const { return powered_; }
  bool discovering() const { return powered_ && !sessions_.empty(); }
  bool connecting() const;
  bool full() const;
  const std::map<MacAddress, std::unique_ptr<Device>>& devices() const { return devices_; }

  void tellAdded();
  void tellRemoved();
  void power(bool on);
  void heard(Module& module, int rssi);
  void clientGone(const std::string& client);
  Device* find(const MacAddress& address);
  Device& ensure(Module& module);  // also of one not heard
  void forget(Device& device);     // InterfacesRemoved, and its link ends

 private:
  struct Session {
    bool duplicates = false;
  };

  void offer(const AdapterScene& hardware);
  void startDiscovery(const CallPtr& call);
  void stopDiscovery(const CallPtr& call);
  void setFilter(const CallPtr& call);
  void remove(const CallPtr& call);
  void discoveryChanged();
  bool duplicatesWanted() const;

  Bus& bus_;
  const AdapterScene& hardware_;
  const Scene& scene_;
  Object object_;
  bool powered_;
  std::map<std::string, Session> sessions_;  // by client
  std::map<std::string, bool> filters_;      // DuplicateData, by client
  std::map<MacAddress, std::unique_ptr<Device>> devices_;
};

}  // namespace blupow::sim
