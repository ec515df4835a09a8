// What sdbus-c++ 1.2 (Debian 12) and 2.x (Debian 13) do not have in common; the rest of this room is the same for both. In 2.x names have types of their own,
// handlers get values in place of references, and poll data count in std::chrono. They also have an eventFd, written after each call to wake a loop of another
// thread: nobody waits for it here, since every call is followed by a pump (sdbus_bus.cpp), whose process() empties it. Pure, loop thread only.
#pragma once

#include <sdbus-c++/Error.h>
#include <sdbus-c++/IConnection.h>
#include <sdbus-c++/IProxy.h>
#include <sdbus-c++/Message.h>
#include <sdbus-c++/Types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/time.hpp"

namespace blupow::ble::bluez::library {

using MessageHandler = std::function<void(sdbus::Message&)>;
using ReplyHandler = std::function<void(sdbus::MethodReply&, const sdbus::Error*)>;  // no error: null

#if __has_include(<sdbus-c++/VTableItems.h>)  // since 2.0

// True: one message was handled, there may be more.
inline bool process(sdbus::IConnection& connection) { return connection.processPendingEvent(); }

// When process() is to be called even if nothing comes.
inline std::optional<TimePoint> wakeTime(const sdbus::IConnection::PollData& data) {
  if (data.timeout == std::chrono::microseconds::max()) return std::nullopt;
  return TimePoint(data.timeout);  // CLOCK_MONOTONIC, as is steady_clock
}

// What the variant holds that comes next in the message.
inline std::string variantType(const sdbus::Message& message) { return message.peekType().second; }

// 2.x has a null pointer where there is none.
inline std::string pathOf(const sdbus::Message& message) {
  const char* path = message.getPath();
  return path ? path : "";
}

inline sdbus::Slot addMatch(sdbus::IConnection& connection, const std::string& rule, MessageHandler handler) {
  return connection.addMatch(rule, [handler = std::move(handler)](sdbus::Message message) { handler(message); }, sdbus::return_slot);
}

// Of this connection: other overloads of createProxy start a thread.
inline std::unique_ptr<sdbus::IProxy> proxyFor(sdbus::IConnection& connection, const std::string& destination, const std::string& path) {
  return sdbus::createProxy(connection, sdbus::ServiceName(destination), sdbus::ObjectPath(path));
}

inline sdbus::MethodCall newCall(sdbus::IProxy& proxy, const std::string& interface, const std::string& method) {
  return proxy.createMethodCall(sdbus::InterfaceName(interface), sdbus::MethodName(method));
}

inline void send(sdbus::IProxy& proxy, const sdbus::MethodCall& call, ReplyHandler handler, std::chrono::microseconds timeout) {
  proxy.callMethodAsync(
      call, [handler = std::move(handler)](sdbus::MethodReply reply, std::optional<sdbus::Error> error) { handler(reply, error ? &*error : nullptr); },
      timeout);
}

#else

inline bool process(sdbus::IConnection& connection) { return connection.processPendingRequest(); }

inline std::optional<TimePoint> wakeTime(const sdbus::IConnection::PollData& data) {
  if (data.timeout_usec == UINT64_MAX) return std::nullopt;
  return TimePoint(std::chrono::microseconds(data.timeout_usec));
}

inline std::string variantType(const sdbus::Message& message) {
  std::string variant;
  std::string contents;
  message.peekType(variant, contents);
  return contents;
}

inline std::string pathOf(const sdbus::Message& message) { return message.getPath(); }

inline sdbus::Slot addMatch(sdbus::IConnection& connection, const std::string& rule, MessageHandler handler) {
  return connection.addMatch(rule, std::move(handler));
}

inline std::unique_ptr<sdbus::IProxy> proxyFor(sdbus::IConnection& connection, const std::string& destination, const std::string& path) {
  return sdbus::createProxy(connection, destination, path);
}

inline sdbus::MethodCall newCall(sdbus::IProxy& proxy, const std::string& interface, const std::string& method) {
  return proxy.createMethodCall(interface, method);
}

inline void send(sdbus::IProxy& proxy, const sdbus::MethodCall& call, ReplyHandler handler, std::chrono::microseconds timeout) {
  proxy.callMethod(call, std::move(handler), timeout);
}

#endif

}  // namespace blupow::ble::bluez::library
