// One org.bluez.Device1: what bluetoothd knows of a module, and the link to it. Its states: idle, connecting (Connect waits for its answer), up.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/bluez/gatt.hpp"
#include "sim/dbus/object.hpp"
#include "sim/module.hpp"

namespace blupow::sim {

class Adapter;

class Device {
 public:
  Device(Adapter& adapter, Bus& bus, Module& module);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  Module& module() { return module_; }
  const std::string& path() const { return object_.path(); }
  bool up() const { return up_; }
  bool connecting() const { return pending_ != nullptr; }

  // always: the discovery wants duplicates.
  void heard(int rssi, bool always);
  void discoveryStopped();  // RSSI is not valid any more
  void clientGone(const std::string& client);
  void powerLost();                // the adapter is off: the link is gone at once
  void linkExists(bool resolved);  // made by nobody in particular, before we looked
  void tellAdded();
  void tellRemoved();
  void vanishIfTemporary();  // arms the clock of a device never connected

 private:
  void offer();
  void connect(const CallPtr& call);
  void attempt();
  void fail(const Refusal& refusal);
  void linkUp();
  void resolved();
  void exportGatt();
  void linkDown();
  void disconnect(const CallPtr& call);
  void endLink();
  void becameKnown();

  Adapter& adapter_;
  Bus& bus_;
  Module& module_;
  Object object_;
  std::unique_ptr<Gatt> gatt_;
  CallPtr pending_;                   // Connect
  std::vector<CallPtr> disconnects_;  // answered when the link has ended
  bool up_ = false;
  bool temporary_ = true;
  Timer attempt_;
  Timer give_up_;
  Timer resolving_;
  Timer disconnecting_;
  Timer vanishing_;
};

}  // namespace blupow::sim
