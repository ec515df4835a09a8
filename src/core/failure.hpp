// What went wrong at run time, named by what to do about it. Pure; used by every room.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace blupow {

enum class FailureKind : std::uint8_t {
  retry_now,      // passing trouble: try again at once (after a moment)
  retry_later,    // try again after a back-off
  device_absent,  // the device is not there: wait until it is heard
  no_slot,        // the controller carries no more links: wait for a free one
  in_use,         // another program on this host holds what we need
  rejected,       // the device does not have this register (Modbus exception)
  protocol,       // bytes that make no sense: wrong CRC, length, id
  adapter_gone,   // no adapter, or it is off
  daemon_gone,    // bluetoothd or the bus is away
  access_denied,  // AppArmor or the bus policy forbids it
};

// The enumerator's own word, for logs and tests: "retry_now".
std::string_view name(FailureKind kind);

struct Failure {
  FailureKind kind = FailureKind::retry_later;
  std::string text;  // one clause a person can read, without a full stop

  bool operator==(const Failure&) const = default;
};

template <typename T = void>
using Result = std::expected<T, Failure>;

inline std::unexpected<Failure> fail(FailureKind kind, std::string text) { return std::unexpected<Failure>(Failure{kind, std::move(text)}); }

}  // namespace blupow
