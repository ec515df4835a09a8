// What is published as JSON beside documents: states, and answers to commands. Pure; JSON stays inside.
#pragma once

#include <string>
#include <vector>

#include "gateway/commands.hpp"
#include "gateway/events.hpp"
#include "profile/value.hpp"

namespace blupow::gateway {

// One key a field. What is not known is left out, never 0, never null; so is what is for the profile's own use.
std::string stateText(const Unit& unit);
std::string stateText(const Bank& bank);
std::string linkText(const Device& device);
std::string historyText(const std::vector<device::HistoryDay>& days);
std::string gatewayStateText(const GatewayState& state, const std::string& version);

std::string successText();
std::string successText(const std::vector<DeviceSummary>& devices);
std::string successText(const std::vector<HeardDevice>& devices);
std::string successText(const DeviceSummary& device);
std::string failureText(const CommandFailure& failure);

}  // namespace blupow::gateway
