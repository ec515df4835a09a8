// The commands about Modbus units: their registers, their ids, what was written to them. Only for the .cpp files of this folder; they throw BadCommand.
#pragma once

#include <nlohmann/json.hpp>

#include "sim/control/arguments.hpp"

namespace blupow::sim {

nlohmann::json setWords(Simulator& simulator, const Arguments& arguments);
nlohmann::json getWords(Simulator& simulator, const Arguments& arguments);
nlohmann::json unit(Simulator& simulator, const Arguments& arguments);
nlohmann::json reassign(Simulator& simulator, const Arguments& arguments);
nlohmann::json addUnit(Simulator& simulator, const Arguments& arguments);
nlohmann::json removeUnit(Simulator& simulator, const Arguments& arguments);
nlohmann::json writes(Simulator& simulator, const Arguments& arguments);

}  // namespace blupow::sim
