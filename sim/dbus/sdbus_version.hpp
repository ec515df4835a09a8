// What sdbus-c++ 1.2 (Debian 12) and 2.x (Debian 13) do not have in common; the rest of the simulator is the same for both. In 2.x names have types of their
// own, handlers get values in place of references, and what an object offers is registered whole, as a table. Its eventFd is not waited for: whoever sends
// says so by Bus::sent(). Only for the .cpp files of this folder. Loop thread only.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace blupow::sim::library {

using MessageHandler = std::function<void(sdbus::Message&)>;
using MethodHandler = std::function<void(sdbus::MethodCall)>;
using Getter = std::function<void(sdbus::PropertyGetReply&)>;
using Setter = std::function<void(sdbus::PropertySetCall&)>;
using WakeTime = std::optional<std::chrono::steady_clock::time_point>;

#if __has_include(<sdbus-c++/VTableItems.h>)  // since 2.0

inline bool process(sdbus::IConnection& connection) { return connection.processPendingEvent(); }

inline WakeTime wakeTime(const sdbus::IConnection::PollData& data) {
  if (data.timeout == std::chrono::microseconds::max()) return std::nullopt;
  return std::chrono::steady_clock::time_point(data.timeout);
}

inline void addMatch(sdbus::IConnection& connection, const std::string& rule, MessageHandler handler) {
  connection.addMatch(rule, [handler = std::move(handler)](sdbus::Message message) { handler(message); });
}

inline void addObjectManager(sdbus::IConnection& connection, const std::string& path) { connection.addObjectManager(sdbus::ObjectPath(path)); }

inline void requestName(sdbus::IConnection& connection, const std::string& name) { connection.requestName(sdbus::ServiceName(name)); }

// A null pointer where the message has no such field.
inline std::string textOf(const char* field) { return field ? field : ""; }

inline sdbus::Error errorOf(const std::string& name, const std::string& text) { return {sdbus::Error::Name(name), text}; }

inline sdbus::Signal newSignal(sdbus::IObject& object, const std::string& interface, const std::string& name) {
  return object.createSignal(sdbus::InterfaceName(interface), sdbus::SignalName(name));
}

template <typename T>
std::string signatureOf() {
  constexpr auto letters = sdbus::signature_of_v<T>;
  return {letters.begin(), letters.end()};
}

// An interface, or a piece of one, on an object path; gone with this object.
class Table {
 public:
  Table(sdbus::IConnection& connection, const std::string& path, std::string interface)
      : object_(sdbus::createObject(connection, sdbus::ObjectPath(path))), interface_(std::move(interface)) {}

  void method(const std::string& name, const std::string& in, const std::string& out, MethodHandler handler) {
    sdbus::MethodVTableItem item = sdbus::registerMethod(name);
    item.inputSignature = sdbus::Signature(in);
    item.outputSignature = sdbus::Signature(out);
    item.callbackHandler = std::move(handler);
    items_.emplace_back(std::move(item));
  }
  void property(const std::string& name, const std::string& signature, Getter getter, Setter setter) {
    sdbus::PropertyVTableItem item = sdbus::registerProperty(name);
    item.signature = sdbus::Signature(signature);
    item.getter = std::move(getter);
    if (setter) item.setter = [setter = std::move(setter)](sdbus::PropertySetCall call) { setter(call); };
    items_.emplace_back(std::move(item));
  }
  void publish() { object_->addVTable(sdbus::InterfaceName(interface_), std::move(items_)); }

  sdbus::IObject& object() { return *object_; }

 private:
  std::unique_ptr<sdbus::IObject> object_;
  std::string interface_;
  std::vector<sdbus::VTableItem> items_;
};

#else

inline bool process(sdbus::IConnection& connection) { return connection.processPendingRequest(); }

inline WakeTime wakeTime(const sdbus::IConnection::PollData& data) {
  if (data.timeout_usec == UINT64_MAX) return std::nullopt;
  return std::chrono::steady_clock::time_point(std::chrono::microseconds(data.timeout_usec));
}

inline void addMatch(sdbus::IConnection& connection, const std::string& rule, MessageHandler handler) {
  connection.addMatch(rule, std::move(handler), sdbus::floating_slot);
}

inline void addObjectManager(sdbus::IConnection& connection, const std::string& path) { connection.addObjectManager(path, sdbus::floating_slot); }

inline void requestName(sdbus::IConnection& connection, const std::string& name) { connection.requestName(name); }

inline std::string textOf(const std::string& field) { return field; }

inline sdbus::Error errorOf(const std::string& name, const std::string& text) { return {name, text}; }

inline sdbus::Signal newSignal(sdbus::IObject& object, const std::string& interface, const std::string& name) { return object.createSignal(interface, name); }

template <typename T>
std::string signatureOf() {
  return sdbus::signature_of<T>::str();
}

class Table {
 public:
  Table(sdbus::IConnection& connection, const std::string& path, std::string interface)
      : object_(sdbus::createObject(connection, path)), interface_(std::move(interface)) {}

  void method(const std::string& name, const std::string& in, const std::string& out, MethodHandler handler) {
    object_->registerMethod(interface_, name, in, out, std::move(handler));
  }
  void property(const std::string& name, const std::string& signature, Getter getter, Setter setter) {
    if (setter) {
      object_->registerProperty(interface_, name, signature, std::move(getter), std::move(setter));
    } else {
      object_->registerProperty(interface_, name, signature, std::move(getter));
    }
  }
  void publish() { object_->finishRegistration(); }

  sdbus::IObject& object() { return *object_; }

 private:
  std::unique_ptr<sdbus::IObject> object_;
  std::string interface_;
};

#endif

}  // namespace blupow::sim::library
