// DC-DC chargers with MPPT (DCC30S, DCC50S, RBC50D1S): registers from captured answers, and a model of a van: sun, alternator, house battery.
#pragma once

#include <memory>

#include "sim/unit.hpp"

namespace blupow::sim {

// Models: RBC50D1S-G1 (usual), DCC30S, RBC2125DS-21W; one that ends in -G6 never answers a read at 0x0120 and ends at 0x0121.
Registers dccRegisters(const UnitScene& scene);
std::unique_ptr<Model> dccModel(const UnitScene& scene, const Scene& world);

}  // namespace blupow::sim
