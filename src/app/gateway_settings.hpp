// The options as the gateway takes them. Pure.
#pragma once

#include "app/options.hpp"
#include "gateway/settings.hpp"

namespace blupow::app {

gateway::Settings gatewaySettings(const Options& options);

}  // namespace blupow::app
