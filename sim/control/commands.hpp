// What can be done to a running simulator: one JSON object in, one out (README.md lists them). Never throws on what it is given.
#pragma once

#include <string>
#include <string_view>

#include "sim/simulator.hpp"

namespace blupow::sim {

// {"do": command, ...} -> {"ok": true, ...} or {"ok": false, "error": sentence}, both without line ends.
std::string execute(Simulator& simulator, std::string_view line);

}  // namespace blupow::sim
