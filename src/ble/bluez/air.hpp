// What the links of one transport share. Owned by Central.
#pragma once

#include <map>
#include <string>

#include "ble/bluez/bus.hpp"
#include "ble/bluez/object_mirror.hpp"
#include "ble/bluez/scanner.hpp"
#include "core/mac_address.hpp"
#include "core/radio.hpp"
#include "runtime/loop.hpp"

namespace blupow::ble::bluez {

class BluezLink;

struct Air {
  runtime::Loop& loop;
  Bus& bus;
  ObjectMirror mirror;
  Scanner scanner;
  RadioStatus radio;
  std::string adapter;  // path of the chosen adapter while it is powered, else empty
  std::map<MacAddress, BluezLink*> links;
};

}  // namespace blupow::ble::bluez
