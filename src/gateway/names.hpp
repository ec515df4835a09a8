// How a device is called where a person reads it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/mac_address.hpp"
#include "core/radio.hpp"
#include "device/session.hpp"
#include "gateway/events.hpp"

namespace blupow::gateway {

// What the unit says it is, else what its family is called.
const std::string& modelOf(const device::UnitIdentity& unit);

// The given name, else the model and the last four digits of the address, else the address; never empty.
std::string displayName(std::string_view given, std::string_view model, const MacAddress& address);
std::string displayName(const Device& device);

// The first unit is called as its device; further ones model and last digits of the serial number, else the unit id.
std::string unitName(const Device& device, const Unit& unit);

// The reason's words and what they may mean: "not heard (asleep, out of range or used by a phone)".
std::string explained(device::ConnectionReason reason);
// "bluetoothd does not run", with what was said when there is something: "... (detail)".
std::string explained(const RadioStatus& radio);

}  // namespace blupow::gateway
