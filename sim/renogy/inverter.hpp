// Inverter-chargers: registers from captured values, and a model of a household on sun, mains and battery.
#pragma once

#include <memory>

#include "sim/unit.hpp"

namespace blupow::sim {

inline constexpr std::string_view kRiv4835 = "RIV4835CSH1S";

// Models: RIV4835CSH1S (48 V, battery current negative while charging); any other is a REGO one (RIV1230RCH-SPS is usual).
Registers inverterRegisters(const UnitScene& scene);
std::unique_ptr<Model> inverterModel(const UnitScene& scene, const Scene& world);

// The HF series, RIV1230PCH-23S: the same numbers with other meanings.
Registers inverterHfRegisters(const UnitScene& scene);
std::unique_ptr<Model> inverterHfModel(const UnitScene& scene, const Scene& world);

}  // namespace blupow::sim
