// A device in a few words, as answers to commands tell it. Pure.
#pragma once

#include "gateway/commands.hpp"
#include "gateway/events.hpp"

namespace blupow::gateway {

DeviceSummary summaryOf(const Device& device);

}  // namespace blupow::gateway
