#include "ble/bluez/wire.hpp"

#include <sdbus-c++/Message.h>
#include <sdbus-c++/Types.h>

namespace blupow::ble::bluez::wire {

namespace {

using Variants = std::map<std::string, sdbus::Variant>;

Value valueOf(const sdbus::Variant& variant) {
  const std::string type = variant.peekValueType();
  if (type == "b") return variant.get<bool>();
  if (type == "s") return variant.get<std::string>();
  if (type == "o") return std::string(variant.get<sdbus::ObjectPath>());
  if (type == "n") return std::int64_t{variant.get<std::int16_t>()};
  if (type == "ay") return variant.get<std::vector<std::uint8_t>>();
  if (type == "as") return variant.get<std::vector<std::string>>();
  return std::monostate{};
}

Properties propertiesOf(const Variants& variants) {
  Properties properties;
  for (const auto& [key, variant] : variants) properties.emplace_hint(properties.end(), key, valueOf(variant));
  return properties;
}

Interfaces interfacesOf(const std::map<std::string, Variants>& all) {
  Interfaces interfaces;
  for (const auto& [interface, variants] : all) interfaces.emplace_hint(interfaces.end(), interface, propertiesOf(variants));
  return interfaces;
}

// The two types that an options dictionary of ours holds.
sdbus::Variant variantOf(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return sdbus::Variant(*flag);
  const auto* text = std::get_if<std::string>(&value);
  return sdbus::Variant(text ? *text : std::string());
}

template <typename T>
T read(sdbus::Message& message) {
  T value;
  message >> value;
  return value;
}

}  // namespace

std::string readText(sdbus::Message& message) { return read<std::string>(message); }

std::string readPath(sdbus::Message& message) { return read<sdbus::ObjectPath>(message); }

std::vector<std::string> readTexts(sdbus::Message& message) { return read<std::vector<std::string>>(message); }

Properties readProperties(sdbus::Message& message) { return propertiesOf(read<Variants>(message)); }

Interfaces readInterfaces(sdbus::Message& message) { return interfacesOf(read<std::map<std::string, Variants>>(message)); }

Objects readObjects(sdbus::Message& message) {
  Objects objects;
  for (const auto& [path, interfaces] : read<std::map<sdbus::ObjectPath, std::map<std::string, Variants>>>(message)) {
    objects.emplace_hint(objects.end(), path, interfacesOf(interfaces));
  }
  return objects;
}

void append(sdbus::Message& message, const Argument& argument) {
  if (const auto* path = std::get_if<ObjectPath>(&argument)) {
    message << sdbus::ObjectPath(path->text);
  } else if (const auto* bytes = std::get_if<Bytes>(&argument)) {
    message << *bytes;
  } else {
    Variants variants;
    for (const auto& [key, value] : std::get<Properties>(argument)) variants.emplace(key, variantOf(value));
    message << variants;
  }
}

}  // namespace blupow::ble::bluez::wire
