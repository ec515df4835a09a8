// Between sdbus-c++'s messages and our values. What has an unexpected type makes the readers throw sdbus::Error: only for callers that catch.
#pragma once

#include <string>
#include <vector>

#include "ble/bluez/bus.hpp"

namespace sdbus {
class Message;
}

namespace blupow::ble::bluez::wire {

std::string readText(sdbus::Message& message);
std::string readPath(sdbus::Message& message);
std::vector<std::string> readTexts(sdbus::Message& message);
Properties readProperties(sdbus::Message& message);
Interfaces readInterfaces(sdbus::Message& message);
Objects readObjects(sdbus::Message& message);

void append(sdbus::Message& message, const Argument& argument);

}  // namespace blupow::ble::bluez::wire
