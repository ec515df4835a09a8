// One table from what D-Bus and bluetoothd answer to what is to be done about it. Pure.
#pragma once

#include <string_view>

#include "ble/bluez/bus.hpp"
#include "core/failure.hpp"
#include "core/radio.hpp"

namespace blupow::ble::bluez {

// The failure's text: `doing`, then what was said, printable. An error that is not in the table is retry_later.
Failure failureOf(const BusError& error, std::string_view doing);

// Another call of this kind is under way already (as a name of its own or as the text of Failed).
bool isInProgress(const BusError& error);
// Our own subscription is still there (BlueZ renews it on a new link of the same client): as good as success.
bool isAlreadyNotifying(const BusError& error);
// bluetoothd gave no answer in the time of the call: what was asked may still be going on.
bool isOwnTimeout(const BusError& error);
bool isAccessDenied(const BusError& error);

// Why nothing can be asked of a device now.
Failure failureOf(const RadioStatus& radio);

}  // namespace blupow::ble::bluez
