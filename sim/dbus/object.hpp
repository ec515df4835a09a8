// One D-Bus interface on one object path. As bluetoothd does, changes of properties are collected and told in one PropertiesChanged a moment later, after the
// answer to the method that caused them; a property may be absent and come and go.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/dbus/bus.hpp"
#include "sim/dbus/value.hpp"

namespace blupow::sim {

class Object {
 public:
  using Handler = std::function<void(const CallPtr&)>;
  using Setter = std::function<std::optional<Refusal>(const Value&)>;

  Object(Bus& bus, std::string path, std::string interface);
  ~Object();  // without a word; tell InterfacesRemoved before
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  // Before publish(): what the interface has. in and out are D-Bus signatures; in is made of "ay", "a{sv}", "o" and "s".
  void method(const std::string& name, const std::string& in, const std::string& out, Handler handler);
  void property(const std::string& name, Value value, const Setter& setter = {});
  void publish();

  const std::string& path() const;
  const Value* get(const std::string& name) const;  // null while absent
  // Only a true change is told, unless always is set. A name not declared before publish() is an optional property.
  void set(const std::string& name, Value value, bool always = false);
  void drop(const std::string& name);                 // optional ones only: told as invalidated
  void setNow(const std::string& name, Value value);  // told at once and each time: notifications must not be merged

  void tellAdded();    // InterfacesAdded of everything at this path
  void tellRemoved();  // InterfacesRemoved

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace blupow::sim
