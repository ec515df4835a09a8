// The words of a session: its states, and the reason a person can act on. Pure vocabulary.
#pragma once

#include <cstdint>
#include <string_view>

namespace blupow::device {

enum class State : std::uint8_t {
  absent,   // no adapter, bus or bluetoothd
  waiting,  // not due, locked out, not heard, or queueing for the right to connect
  connecting,
  resolving,
  subscribing,
  identifying,
  polling,
  idle,         // connected, nothing due
  released,     // handed over to another program (the phone) for a while
  backing_off,  // after a failure
  stopping,
};
std::string_view name(State state);

// What a person can act on; the words are explained in DOCS.md.
enum class ConnectionReason : std::uint8_t {
  connected,
  connecting,
  not_heard,
  weak_signal,
  used_by_another_program,
  refuses_connections,
  adapter_off,
  adapter_missing,
  bluetoothd_not_running,
  access_denied,
  no_answer,
  corrupt_answers,
  handed_over,
};
std::string_view words(ConnectionReason reason);  // "not heard"

}  // namespace blupow::device
