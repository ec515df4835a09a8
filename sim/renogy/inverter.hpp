// Inverter-chargers of the REGO kind (RIV1230RCH-SPS): registers from a real unit's values, and a model of mains, load, battery and sun.
#pragma once

#include <memory>

#include "sim/unit.hpp"

namespace blupow::sim {

Registers inverterRegisters(const UnitScene& scene);
std::unique_ptr<Model> inverterModel(const UnitScene& scene, const Scene& world);

}  // namespace blupow::sim
