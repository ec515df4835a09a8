// The GATT objects of one device as bluetoothd shows them: services and characteristics of a Renogy module, notification subscriptions by client.
#pragma once

#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/dbus/object.hpp"
#include "sim/module.hpp"

namespace blupow::sim {

enum class Role : std::uint8_t { none, request, answer };

struct CharacteristicSpec {
  std::string uuid;
  std::vector<std::string> flags;
  Role role = Role::none;
};

struct ServiceSpec {
  std::string uuid;
  std::vector<CharacteristicSpec> characteristics;
};

// What Renogy's modules have (facts of a BT-2 and of Pro batteries).
std::vector<ServiceSpec> gattOf(const DeviceScene& scene);

class Characteristic {
 public:
  Characteristic(Bus& bus, Module& module, const bool& live, const std::string& service, const std::string& path, const CharacteristicSpec& spec);
  ~Characteristic();
  Characteristic(const Characteristic&) = delete;
  Characteristic& operator=(const Characteristic&) = delete;

  Object& object() { return object_; }
  void notify(const Bytes& bytes);
  void clientGone(const std::string& client);
  void linkLost();  // what is under way fails

 private:
  void write(const CallPtr& call);
  void read(const CallPtr& call);
  void startNotify(const CallPtr& call);
  void stopNotify(const CallPtr& call);
  bool can(const std::string& flag) const;
  void later(const CallPtr& call, Milliseconds delay, std::function<void()> task);

  Bus& bus_;
  Module& module_;
  const bool& live_;
  CharacteristicSpec spec_;
  Object object_;
  std::set<std::string> clients_;  // that are notified
  struct Waiting {
    CallPtr call;
    Timer timer;
  };
  std::list<Waiting> waiting_;
};

class Gatt {
 public:
  // live: the link is up; read at every call.
  Gatt(Bus& bus, Module& module, const bool& live, const std::string& device);

  void tellAdded();
  void tellRemoved();
  void notify(const Bytes& bytes);
  void clientGone(const std::string& client);
  void linkLost();

 private:
  std::vector<std::unique_ptr<Object>> services_;
  std::vector<std::unique_ptr<Characteristic>> characteristics_;
  Characteristic* answer_ = nullptr;
};

}  // namespace blupow::sim
