// One connection to a message bus, driven by the loop: sdbus-c++ without its own threads. The connection is lost as a whole (lost()); a new Bus is then
// made. bus.cpp and object.cpp are the only files that know sdbus-c++.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sim/dbus/call.hpp"
#include "sim/loop.hpp"

namespace sdbus {
class IConnection;
}

namespace blupow::sim {

class Bus {
 public:
  struct Events {
    std::function<void()> lost;                                                                    // posted; this object is to be destroyed then
    std::function<void(const std::string& client)> client_gone;                                    // a unique name left the bus
    std::function<void(const std::string& member)> called;                                         // "Interface.Member" of every call that reaches us
    std::function<bool(const CallPtr& call, const std::function<void(const CallPtr&)>& go)> gate;  // true: the call is taken care of
  };

  // Null when nobody listens at the address.
  static std::unique_ptr<Bus> connect(Loop& loop, const std::string& address, Events events);
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  bool own(const std::string& name);  // false: somebody else has it
  void offerObjectManager(const std::string& path);

  // After anything was sent: arms the waits anew.
  void sent();
  void call(const CallPtr& call, const std::function<void(const CallPtr&)>& handler);

  sdbus::IConnection& connection();
  Loop& loop();

 private:
  struct Parts;
  explicit Bus(std::shared_ptr<Parts> parts);
  std::shared_ptr<Parts> parts_;  // Asio calls cancelled waits a moment later
};

}  // namespace blupow::sim
