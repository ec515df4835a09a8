// Lithium batteries of the four variants: registers from captured answers, and a model that charges and discharges them.
#pragma once

#include <memory>

#include "sim/unit.hpp"

namespace blupow::sim {

// Models: RBT100LFP12S-G1 (usual), RBT100LFP12-BT, RBT100LFP12SH-G1 (heated, with a hole at 5034), RBT50LFP48S (16 cells), RBT12500LFP-SHBT (usual of RNGPRO),
// RBT12100LFP-BT (usual of RNGRBP and RNGC). Others are as the first.
Registers batteryRegisters(const UnitScene& scene);
std::unique_ptr<Model> batteryModel(const UnitScene& scene, const Scene& world);

}  // namespace blupow::sim
