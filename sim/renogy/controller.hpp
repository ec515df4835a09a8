// Charge controllers of the Rover kind (Rover, Wanderer, Adventurer): registers from captured answers, and a model that makes a solar day of them.
#pragma once

#include <memory>

#include "sim/unit.hpp"

namespace blupow::sim {

Registers controllerRegisters(const UnitScene& scene);
// Bit 15 of 0x0120.
bool loadIsOn(const Registers& registers);
void switchLoad(Registers& registers, bool on);
std::unique_ptr<Model> controllerModel(const UnitScene& scene, const Scene& world);

}  // namespace blupow::sim
