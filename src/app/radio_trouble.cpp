#include "app/radio_trouble.hpp"

#include <fmt/format.h>

#include <utility>

namespace blupow::app {

namespace {

RadioTrouble withoutDetail(const RadioStatus& status, const std::string& wanted) {
  switch (status.state) {
    case RadioState::no_bus:
      return {FailureKind::daemon_gone, "the system bus cannot be reached",
              "Start dbus-daemon, or name its socket in DBUS_SYSTEM_BUS_ADDRESS; a container needs the host's /run/dbus, an add-on host_dbus."};
    case RadioState::access_denied:
      return {FailureKind::access_denied, "access to bluetoothd is denied",
              "Allow it in the AppArmor profile and in the bus policy (/etc/dbus-1/system.d/bluetooth.conf); the user must be root or of the group bluetooth."};
    case RadioState::no_daemon:
      return {FailureKind::daemon_gone, "bluetoothd does not run", "Install BlueZ and start it: systemctl enable --now bluetooth."};
    case RadioState::no_adapter:
      if (!wanted.empty()) {
        return {FailureKind::adapter_gone, fmt::format("there is no Bluetooth adapter {}", wanted),
                "Choose one that bluetoothctl list shows, or none: then the first that is powered is taken."};
      }
      return {FailureKind::adapter_gone, "there is no Bluetooth adapter",
              "Plug one in; if one is plugged in, look for its driver and firmware in the kernel's log (dmesg)."};
    case RadioState::adapter_off:
      return {FailureKind::adapter_gone,
              status.adapter.empty() ? "the Bluetooth adapter is off" : fmt::format("the Bluetooth adapter {} is off", status.adapter),
              "Switch it on: bluetoothctl power on; if that is refused, rfkill unblock bluetooth first."};
    case RadioState::unknown:
    case RadioState::ready:
      break;
  }
  return {FailureKind::daemon_gone, "bluetoothd does not answer", "Restart it: systemctl restart bluetooth."};
}

}  // namespace

RadioTrouble radioTrouble(const RadioStatus& status, const std::string& wanted) {
  RadioTrouble trouble = withoutDetail(status, wanted);
  if (!status.detail.empty()) trouble.what += " (" + status.detail + ")";
  return trouble;
}

}  // namespace blupow::app
