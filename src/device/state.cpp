#include "device/state.hpp"

namespace blupow::device {

std::string_view name(State state) {
  switch (state) {
    case State::absent:
      return "absent";
    case State::waiting:
      return "waiting";
    case State::connecting:
      return "connecting";
    case State::resolving:
      return "resolving";
    case State::subscribing:
      return "subscribing";
    case State::identifying:
      return "identifying";
    case State::polling:
      return "polling";
    case State::idle:
      return "idle";
    case State::released:
      return "released";
    case State::backing_off:
      return "backing off";
    case State::stopping:
      return "stopping";
  }
  return "";
}

std::string_view words(ConnectionReason reason) {
  switch (reason) {
    case ConnectionReason::connected:
      return "connected";
    case ConnectionReason::connecting:
      return "connecting";
    case ConnectionReason::not_heard:
      return "not heard";
    case ConnectionReason::weak_signal:
      return "weak signal";
    case ConnectionReason::used_by_another_program:
      return "used by another program";
    case ConnectionReason::refuses_connections:
      return "refuses connections";
    case ConnectionReason::adapter_off:
      return "adapter off";
    case ConnectionReason::adapter_missing:
      return "adapter missing";
    case ConnectionReason::bluetoothd_not_running:
      return "bluetoothd not running";
    case ConnectionReason::access_denied:
      return "access denied";
    case ConnectionReason::no_answer:
      return "no answer";
    case ConnectionReason::corrupt_answers:
      return "corrupt answers";
    case ConnectionReason::handed_over:
      return "handed over";
  }
  return "";
}

}  // namespace blupow::device
