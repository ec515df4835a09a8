// A device and a bank as the page takes them: readings with their names, units and quantities. Pure; JSON stays inside.
#pragma once

#include <string>

#include "gateway/events.hpp"

namespace blupow::web {

std::string deviceText(const gateway::Device& device);
std::string bankText(const gateway::Bank& bank);

}  // namespace blupow::web
