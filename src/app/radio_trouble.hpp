// Why there is no way to the air, and what a person can do about it. Pure.
#pragma once

#include <string>

#include "core/failure.hpp"
#include "core/radio.hpp"

namespace blupow::app {

struct RadioTrouble {
  FailureKind kind = FailureKind::adapter_gone;
  std::string what;  // one clause
  std::string cure;  // one sentence
};

// Of a radio that is not ready. wanted: the adapter that was chosen; empty = the first powered one.
RadioTrouble radioTrouble(const RadioStatus& status, const std::string& wanted);

}  // namespace blupow::app
