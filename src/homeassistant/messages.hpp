// What is published as JSON beside documents: states, and answers to commands. Pure; JSON stays inside.
#pragma once

#include <string>
#include <vector>

#include "gateway/commands.hpp"
#include "gateway/events.hpp"
#include "profile/value.hpp"

namespace blupow::homeassistant {

// One key a field. What is not known is left out, never 0, never null.
std::string stateText(const profile::Readings& readings);
std::string gatewayStateText(const gateway::GatewayState& state, const std::string& version);

std::string successText();
std::string successText(const std::vector<gateway::DeviceSummary>& devices);
std::string successText(const std::vector<gateway::HeardDevice>& devices);
std::string successText(const gateway::DeviceSummary& device);
std::string failureText(const gateway::CommandFailure& failure);

}  // namespace blupow::homeassistant
