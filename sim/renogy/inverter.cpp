#include "sim/renogy/inverter.hpp"

namespace blupow::sim {

namespace {

constexpr std::uint16_t kMostWords = 14;  // 14 at 4424 are known good, 32 at 4000 fail

}  // namespace

// Values of cyrils/renogy-bt's README (a real RIV1230RCH-SPS); words 4007, 4008 and 4411 are unknown there. Settings: defaults inside the ranges known of REGO
// units.
Registers inverterRegisters(const UnitScene& scene) {
  Registers registers(kMostWords);
  registers.put(4000, {0x04E1, 0x00DC, 0x04E1, 0x0077, 0x176D, 0x0090, 0x012C, 0x0000, 0x0000, 0x176D});
  registers.put(4109, {scene.id});
  registers.put(4110, {0x0000, 0x2A17});
  registers.put(4112, "134000035", 9);
  registers.put(4303, "RENOGY", 8);
  registers.put(4311, scene.model.empty() ? "RIV1230RCH-SPS" : scene.model, 8);
  registers.put(4319, "V1.0.3", 8);
  registers.put(4327, {0x0064, 0x0007, 0x0000, 0x0000, 0x0000, 0x0000, 0x000A});
  registers.put(4398, {0, 0, 0, 0});
  registers.put(4408, {0x000C, 0x006C, 0x0096, 0x0000, 0x0000, 0x0005});
  registers.put(4422, {600});
  registers.put(4430, {110});
  registers.put(4452, {155});
  registers.put(4456, {300});
  for (const std::uint16_t setting : Words{4422, 4430, 4452, 4456}) registers.writable(setting, setting);
  return registers;
}

}  // namespace blupow::sim
