// A TCP port that was free a moment ago: Mosquitto has no "any port", and TLS, names and the Supervisor's word need one.
#pragma once

#include <cstdint>

namespace blupow::test {

std::uint16_t freePort();

}  // namespace blupow::test
