// Which of the host's adapters is ours. Pure. hciN numbers move (a USB reset, another order at boot), addresses do not: an adapter that was once
// found by its number is from then on found by its address.
#pragma once

#include <string>

#include "ble/bluez/object_mirror.hpp"

namespace blupow::ble::bluez {

class AdapterChoice {
 public:
  // "" = the first that is powered; else an address or "hciN".
  explicit AdapterChoice(std::string wanted);

  // Null when there is none. A wanted "" stays with the adapter it had while that one is powered.
  const Adapter* choose(const ObjectMirror& mirror);

 private:
  std::string wanted_;   // address in upper case, "hciN" or ""
  std::string address_;  // of the one chosen before
};

}  // namespace blupow::ble::bluez
