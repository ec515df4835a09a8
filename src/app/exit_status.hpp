// How a command ends, as its caller sees it.
#pragma once

#include <cstdint>

#include "core/failure.hpp"

namespace blupow::app {

enum class ExitStatus : std::uint8_t {
  done = 0,
  failed = 1,  // device, bus, broker, frame
  wrong_usage = 2,
  bad_options = 3,  // or a bad profile
  not_heard = 4,
  access_denied = 5,
};

inline ExitStatus exitStatus(const Failure& failure) {
  switch (failure.kind) {
    case FailureKind::device_absent:
      return ExitStatus::not_heard;
    case FailureKind::access_denied:
      return ExitStatus::access_denied;
    default:
      return ExitStatus::failed;
  }
}

}  // namespace blupow::app
