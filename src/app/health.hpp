// `blupow health`: asks a running service's /health. Blocks for 5 s at the most.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/failure.hpp"

namespace blupow::app {

struct Health {
  std::string version;
  std::chrono::seconds uptime{};
};

// http: where the service serves its page, as `blupow run` takes it; one that is bound to every address is asked at loopback.
Result<Health> askHealth(std::string_view http);

}  // namespace blupow::app
