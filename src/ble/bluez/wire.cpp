#include "ble/bluez/wire.hpp"

#include <sdbus-c++/Message.h>
#include <sdbus-c++/Types.h>

#include "ble/bluez/sdbus_version.hpp"

namespace blupow::ble::bluez::wire {

namespace {

template <typename T>
T read(sdbus::Message& message) {
  T value;
  message >> value;
  return value;
}

// Out of the message itself: an sdbus::Variant would be a copy of it, a message of its own.
template <typename T>
T readVariant(sdbus::Message& message, const char* type) {
  message.enterVariant(type);
  T value = read<T>(message);
  message.exitVariant();
  return value;
}

Value readValue(sdbus::Message& message) {
  const std::string type = library::variantType(message);
  if (type == "b") return readVariant<bool>(message, "b");
  if (type == "s") return readVariant<std::string>(message, "s");
  if (type == "o") return std::string(readVariant<sdbus::ObjectPath>(message, "o"));
  if (type == "n") return std::int64_t{readVariant<std::int16_t>(message, "n")};
  if (type == "ay") return readVariant<std::vector<std::uint8_t>>(message, "ay");
  if (type == "as") return readVariant<std::vector<std::string>>(message, "as");
  read<sdbus::Variant>(message);  // of no use here: passed over
  return std::monostate{};
}

// Of a dictionary, as the library does it; readEntry reads key and value.
template <typename ReadEntry>
void readEntries(sdbus::Message& message, const char* array, const char* entry, ReadEntry readEntry) {
  if (!message.enterContainer(array)) return;
  while (message.enterDictEntry(entry)) {
    readEntry();
    message.exitDictEntry();
  }
  message.clearFlags();
  message.exitContainer();
}

// The two types that an options dictionary of ours holds.
void appendVariant(sdbus::Message& message, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    message.openVariant("b");
    message << *flag;
  } else {
    const auto* text = std::get_if<std::string>(&value);
    message.openVariant("s");
    message << (text ? *text : std::string());
  }
  message.closeVariant();
}

void appendProperties(sdbus::Message& message, const Properties& properties) {
  message.openContainer("{sv}");
  for (const auto& [key, value] : properties) {
    message.openDictEntry("sv");
    message << key;
    appendVariant(message, value);
    message.closeDictEntry();
  }
  message.closeContainer();
}

}  // namespace

std::string readText(sdbus::Message& message) { return read<std::string>(message); }

std::string readPath(sdbus::Message& message) { return read<sdbus::ObjectPath>(message); }

std::vector<std::string> readTexts(sdbus::Message& message) { return read<std::vector<std::string>>(message); }

Properties readProperties(sdbus::Message& message) {
  Properties properties;
  readEntries(message, "{sv}", "sv", [&] {
    std::string key = readText(message);
    properties.emplace(std::move(key), readValue(message));
  });
  return properties;
}

Interfaces readInterfaces(sdbus::Message& message) {
  Interfaces interfaces;
  readEntries(message, "{sa{sv}}", "sa{sv}", [&] {
    std::string interface = readText(message);
    interfaces.emplace(std::move(interface), readProperties(message));
  });
  return interfaces;
}

Objects readObjects(sdbus::Message& message) {
  Objects objects;
  readEntries(message, "{oa{sa{sv}}}", "oa{sa{sv}}", [&] {
    std::string path = readPath(message);
    objects.emplace(std::move(path), readInterfaces(message));
  });
  return objects;
}

void append(sdbus::Message& message, const Argument& argument) {
  if (const auto* path = std::get_if<ObjectPath>(&argument)) {
    message << sdbus::ObjectPath(path->text);
  } else if (const auto* bytes = std::get_if<Bytes>(&argument)) {
    message << *bytes;
  } else {
    appendProperties(message, std::get<Properties>(argument));
  }
}

}  // namespace blupow::ble::bluez::wire
