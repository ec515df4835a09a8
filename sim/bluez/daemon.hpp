// bluetoothd as a whole: it owns org.bluez on the bus, has adapters, and can die and come back. When the bus is lost it waits for it and starts anew, with all
// objects and links gone. The modules in the air are not its own and live on.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/bluez/adapter.hpp"
#include "sim/dbus/object.hpp"
#include "sim/method_faults.hpp"
#include "sim/module.hpp"

namespace blupow::sim {

class Daemon {
 public:
  Daemon(Loop& loop, std::string bus_address, const Scene& scene);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Adapters are there at once, powered as the scene says. Waits for the bus if need be.
  void start(std::function<void()> ready);
  // Comes back after that time. In order: removes its objects first, as on SIGTERM; else, as on kill -9, they are gone without a word.
  void restart(Milliseconds away, bool in_order);
  void heard(Module& module, int rssi);

  std::vector<std::unique_ptr<Adapter>>& adapters() { return adapters_; }
  Adapter* adapter(const std::string& name);
  // Adapters as hardware; false when there is none of that name (remove, rename) or one already (add).
  bool plug(const AdapterScene& hardware);
  bool unplug(const std::string& name);
  AdapterScene* hardware(const std::string& name);

  MethodFaults& faults() { return faults_; }
  std::map<std::string, std::uint64_t>& calls() { return calls_; }  // "Interface.Member" -> how often

 private:
  void connect();
  void appear();
  void offerManagers();
  void addAdapter(AdapterScene& hardware, bool powered);
  void lose();
  bool intercept(const CallPtr& call, const std::function<void(const CallPtr&)>& go);

  Loop& loop_;
  std::string bus_address_;
  const Scene& scene_;
  std::list<AdapterScene> hardware_;
  MethodFaults faults_;
  std::map<std::string, std::uint64_t> calls_;
  std::function<void()> ready_;  // until the first start is done
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<Object> agents_;
  std::vector<std::unique_ptr<Adapter>> adapters_;
  Timer starting_;
  std::list<Timer> delayed_;
};

}  // namespace blupow::sim
