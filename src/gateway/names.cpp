#include "gateway/names.hpp"

#include <utility>

namespace blupow::gateway {

namespace {

constexpr std::size_t kNameDigits = 4;

std::string lastDigits(const std::string& text) { return text.size() <= kNameDigits ? text : text.substr(text.size() - kNameDigits); }

std::string condition(const RadioStatus& radio) {
  switch (radio.state) {
    case RadioState::unknown:
      return "the Bluetooth adapter is not known yet";
    case RadioState::no_bus:
      return "the system bus cannot be reached";
    case RadioState::access_denied:
      return "access to Bluetooth is denied";
    case RadioState::no_daemon:
      return "bluetoothd does not run";
    case RadioState::no_adapter:
      return "there is no Bluetooth adapter";
    case RadioState::adapter_off:
      return radio.adapter.empty() ? "the Bluetooth adapter is off" : "the Bluetooth adapter " + radio.adapter + " is off";
    case RadioState::ready:
      return "the Bluetooth adapter " + radio.adapter + " is ready";
  }
  std::unreachable();
}

}  // namespace

using device::ConnectionReason;

const std::string& modelOf(const device::UnitIdentity& unit) { return unit.model.empty() ? unit.family->name : unit.model; }

std::string displayName(std::string_view given, std::string_view model, const MacAddress& address) {
  if (!given.empty()) return std::string(given);
  if (model.empty()) return address.text();
  return std::string(model) + ' ' + lastDigits(address.digits());
}

std::string displayName(const Device& device) {
  return displayName(device.name, device.units.empty() ? std::string() : modelOf(*device.units.front().identity), device.address);
}

std::string unitName(const Device& device, const Unit& unit) {
  if (unit.first) return displayName(device.name, modelOf(*unit.identity), device.address);
  const std::string& serial = unit.identity->serial_number;
  return modelOf(*unit.identity) + ' ' + (serial.empty() ? std::to_string(unit.identity->known_as) : lastDigits(serial));
}

std::string explained(ConnectionReason reason) {
  std::string text(device::words(reason));
  switch (reason) {
    case ConnectionReason::not_heard:
      return text + " (asleep, out of range or used by a phone)";
    case ConnectionReason::used_by_another_program:
      return text + " (on this host)";
    case ConnectionReason::access_denied:
      return text + " (AppArmor or D-Bus policy)";
    default:
      return text;
  }
}

std::string explained(const RadioStatus& radio) {
  const std::string text = condition(radio);
  return radio.detail.empty() || radio.state == RadioState::ready ? text : text + " (" + radio.detail + ")";
}

}  // namespace blupow::gateway
