// Between our Value and sdbus-c++'s types. Only for the .cpp files of this folder.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <optional>
#include <type_traits>

#include "sim/dbus/sdbus_version.hpp"
#include "sim/dbus/value.hpp"

namespace blupow::sim {

inline std::map<std::uint16_t, sdbus::Variant> onWire(const ManufacturerData& data) {
  std::map<std::uint16_t, sdbus::Variant> wire;
  for (const auto& [company, bytes] : data) wire.emplace(company, sdbus::Variant(bytes));
  return wire;
}
inline sdbus::ObjectPath onWire(const ObjectPath& path) { return sdbus::ObjectPath(path.text); }
template <typename T>
T onWire(const T& value) {
  return value;
}

template <typename T>
using WireType = std::remove_cvref_t<decltype(onWire(std::declval<const T&>()))>;

inline sdbus::Variant variantOf(const Value& value) {
  return std::visit([](const auto& held) { return sdbus::Variant(onWire(held)); }, value);
}

inline std::string signatureOf(const Value& value) {
  return std::visit([](const auto& held) { return library::signatureOf<WireType<std::remove_cvref_t<decltype(held)>>>(); }, value);
}

inline void append(sdbus::Message& message, const Value& value) {
  std::visit([&](const auto& held) { message << onWire(held); }, value);
}

// The types that clients send: in option maps and when they set a property.
inline std::optional<Value> valueOf(const sdbus::Variant& variant) {
  if (variant.containsValueOfType<bool>()) return variant.get<bool>();
  if (variant.containsValueOfType<std::int16_t>()) return variant.get<std::int16_t>();
  if (variant.containsValueOfType<std::uint16_t>()) return variant.get<std::uint16_t>();
  if (variant.containsValueOfType<std::uint32_t>()) return variant.get<std::uint32_t>();
  if (variant.containsValueOfType<std::string>()) return variant.get<std::string>();
  if (variant.containsValueOfType<std::vector<std::string>>()) return variant.get<std::vector<std::string>>();
  return std::nullopt;
}

// Runs what talks to the bus; false when the connection is gone, which the pump notices by itself.
template <typename Task>
bool onBus(Task task) {
  try {
    task();
    return true;
  } catch (const sdbus::Error&) {
    return false;
  }
}

}  // namespace blupow::sim
