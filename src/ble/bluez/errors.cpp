#include "ble/bluez/errors.hpp"

#include <array>

#include "core/text.hpp"

namespace blupow::ble::bluez {

namespace {

constexpr std::string_view kInProgressName = "org.bluez.Error.InProgress";
constexpr std::string_view kInProgressText = "Operation already in progress";

struct Row {
  std::string_view name;  // how the error's name ends; empty: any
  std::string_view text;  // what its text contains; empty: any
  FailureKind kind;
};

// The first row that fits. Texts before names: `org.bluez.Error.Failed` says nothing by itself. Sources: BlueZ 5.66 src/error.c and the texts
// collected by bleak and bleak-retry-connector; the D-Bus rows were seen with dbus-daemon 1.14.
constexpr auto kTable = std::to_array<Row>({
    // The bus and its daemon.
    {"DBus.Error.AccessDenied", "", FailureKind::access_denied},
    {"DBus.Error.AuthFailed", "", FailureKind::access_denied},
    {"System.Error.EPERM", "", FailureKind::access_denied},
    {"System.Error.EACCES", "", FailureKind::access_denied},
    {"DBus.Error.ServiceUnknown", "", FailureKind::daemon_gone},
    {"DBus.Error.NameHasNoOwner", "", FailureKind::daemon_gone},
    {"", "Message recipient disconnected", FailureKind::daemon_gone},  // NoReply: bluetoothd died under the call
    {"", "Connection terminated", FailureKind::daemon_gone},           // NoReply: the bus died
    {"DBus.Error.Disconnected", "", FailureKind::daemon_gone},
    {"System.Error.ENOTCONN", "", FailureKind::daemon_gone},
    {"System.Error.ECONNREFUSED", "", FailureKind::daemon_gone},
    {"System.Error.ECONNRESET", "", FailureKind::daemon_gone},
    {"DBus.Error.FileNotFound", "", FailureKind::daemon_gone},
    {"DBus.Error.NoServer", "", FailureKind::daemon_gone},
    {"DBus.Error.LimitsExceeded", "", FailureKind::retry_later},  // more than 128 calls under way
    {"DBus.Error.UnknownObject", "", FailureKind::device_absent},
    {"DBus.Error.NoReply", "", FailureKind::retry_later},
    {"DBus.Error.Timeout", "", FailureKind::retry_later},
    // The adapter.
    {"bluez.Error.NotReady", "", FailureKind::adapter_gone},
    {"", "Resource Not Ready", FailureKind::adapter_gone},
    // Connecting. `Input/output error` is also what Connect says on an unpowered adapter; then the adapter's Powered says so as well.
    {"", "concurrent-connection-limit", FailureKind::no_slot},
    {"", "le-connection-abort-by-local", FailureKind::retry_now},
    {"", "br-connection-canceled", FailureKind::retry_now},
    {"", "Software caused connection abort", FailureKind::retry_now},
    {"", "Input/output error", FailureKind::retry_later},
    {"", "Host is down", FailureKind::retry_later},
    {"", kInProgressText, FailureKind::retry_later},
    {"bluez.Error.InProgress", "", FailureKind::retry_later},
    {"bluez.Error.DoesNotExist", "", FailureKind::device_absent},
    {"bluez.Error.NotAvailable", "", FailureKind::retry_later},
    {"bluez.Error.AlreadyConnected", "", FailureKind::retry_now},
    {"bluez.Error.NotConnected", "", FailureKind::retry_now},
    {"", "Not connected", FailureKind::retry_now},  // a characteristic of a dead link
    // Subscribing and writing.
    {"", "Notify acquired", FailureKind::in_use},
    {"bluez.Error.NotPermitted", "", FailureKind::in_use},
    {"bluez.Error.NotSupported", "", FailureKind::retry_later},
    {"", "ATT error", FailureKind::retry_later},
});

bool startsWithSpawn(std::string_view name) { return name.starts_with("org.freedesktop.DBus.Error.Spawn."); }

FailureKind kindOf(const BusError& error) {
  if (startsWithSpawn(error.name)) return FailureKind::daemon_gone;  // the bus could not start bluetoothd
  for (const auto& row : kTable) {
    if (error.name.ends_with(row.name) && error.text.contains(row.text)) return row.kind;
  }
  return FailureKind::retry_later;
}

}  // namespace

Failure failureOf(const BusError& error, std::string_view doing) {
  return {kindOf(error), std::string(doing) + ": " + printable(error.text.empty() ? error.name : error.text)};
}

bool isInProgress(const BusError& error) { return error.name == kInProgressName || error.text.contains(kInProgressText); }

bool isAlreadyNotifying(const BusError& error) { return error.text.contains("Already notifying"); }

bool isOwnTimeout(const BusError& error) { return error.text.contains("Method call timed out"); }

bool isAccessDenied(const BusError& error) { return kindOf(error) == FailureKind::access_denied; }

Failure failureOf(const RadioStatus& radio) {
  const std::string detail = radio.detail.empty() ? "" : ": " + radio.detail;
  switch (radio.state) {
    case RadioState::access_denied:
      return {FailureKind::access_denied, "access to bluetoothd is denied" + detail};
    case RadioState::no_bus:
      return {FailureKind::daemon_gone, "the system bus cannot be reached" + detail};
    case RadioState::no_adapter:
      return {FailureKind::adapter_gone, "there is no Bluetooth adapter" + detail};
    case RadioState::adapter_off:
      return {FailureKind::adapter_gone, "the Bluetooth adapter is off" + detail};
    case RadioState::unknown:
    case RadioState::no_daemon:
    case RadioState::ready:
      break;
  }
  return {FailureKind::daemon_gone, "bluetoothd does not run" + detail};
}

}  // namespace blupow::ble::bluez
