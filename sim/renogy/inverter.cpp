#include "sim/renogy/inverter.hpp"

namespace blupow::sim {

namespace {

constexpr std::uint16_t kMostWords = 14;  // 14 at 4424 are known good, 32 at 4000 fail
constexpr std::uint16_t kModel = 4311;

std::string serialOf(const UnitScene& scene) { return scene.serial ? "1340" + std::to_string(100000U + *scene.serial).substr(1) : "134000035"; }

void putIdentity(Registers& registers, const UnitScene& scene, std::string_view model, std::string_view version) {
  registers.put(4109, {scene.id});
  registers.put(4110, {0x0000, scene.serial.value_or(0x2A17)});
  registers.put(4112, serialOf(scene), 9);
  registers.put(4303, "RENOGY", 8);
  registers.put(kModel, model, 8);
  registers.put(4319, version, 8);
  if (scene.nameless) registers.mute(kModel, kModel);
}

// Values of cyrils/renogy-bt's README (a real RIV1230RCH-SPS); words 4007, 4008 and 4411 are unknown there. Settings: defaults inside the ranges known of REGO
// units (IAmTheMitchell/renogy-ble 2.5).
Registers regoRegisters(const UnitScene& scene) {
  Registers registers(kMostWords);
  registers.put(4000, {0x04E1, 0x00DC, 0x04E1, 0x0077, 0x176D, 0x0090, 0x012C, 0x0000, 0x0000, 0x176D});
  putIdentity(registers, scene, scene.model.empty() ? "RIV1230RCH-SPS" : scene.model, "V1.0.3");
  registers.put(4327, {0x0064, 0x0007, 0x0000, 0x0000, 0x0000, 0x0000, 0x000A});
  registers.put(4398, {0, 0, 0, 0});
  registers.put(4408, {0x000C, 0x006C, 0x0096, 0x0000, 0x0000, 0x0005});
  registers.put(4422, {600});
  registers.put(4430, {110});
  registers.put(4452, {155});
  registers.put(4456, {300});
  registers.setting(4422, {50, 1500, 50});  // charge current, 0.1 A
  registers.setting(4430, {90, 155, 1});    // low-voltage warning, 0.1 V
  registers.setting(4452, {90, 160, 1});    // battery over-voltage, 0.1 V
  registers.setting(4456, {10, 500, 1});    // AC input current limit, 0.1 A
  return registers;
}

// Captured: IAmTheMitchell/renogy-ha#167 (4000, 4327, 4408) and the sample of renogy-ble's documentation (settings, states). 4438, 4445, 4446, 4456 and 0xE21C
// are not there.
Registers riv4835Registers(const UnitScene& scene) {
  Registers registers(kMostWords);
  registers.refuseReadOnlyWith(kReadOnly);
  registers.put(4000, {0x046F, 0x06A4, 0x046B, 0x001E, 0x1771, 0x0200, 0x0227, 0x0000, 0x0000, 0x1771});
  putIdentity(registers, scene, kRiv4835, "300*107*160*403");
  registers.put(4101, {0});
  registers.put(4327, {0x003C, 0xFE11, 0x0269, 0x0069, 0x028A, 0x0002, 0x09E7});
  registers.put(4393, {50});
  registers.put(4398, {0, 0, 0, 0});
  registers.put(4405, {5});
  registers.put(4408, {0x0002, 0x0014, 0x0016, 0x0000, 0x0171, 0x0000});
  registers.put(4422, {800});
  registers.put(4424, {5, 540, 540, 540, 508, 504, 496, 448, 428, 30, 0, 120, 0, 492});
  registers.put(4439, {536, 5, 2, 6000, 1, 0});
  registers.put(4447, {2});
  registers.put(0x0014, {403, 107});
  registers.put(0xE001, {800});
  registers.put(0xE205, {400});
  registers.put(0xE208, {1200});
  registers.put(0xE20D, {1, 1});
  registers.put(0xE211, {1, 1});
  registers.setting(0xE205, {0, 400, 50});  // highest AC charging current, 0.1 A
  return registers;
}

}  // namespace

Registers inverterRegisters(const UnitScene& scene) { return scene.model == kRiv4835 ? riv4835Registers(scene) : regoRegisters(scene); }

// No frame of this series is known: values made up in the layout of cyrils/renogy-bt's pull request 137. 18 words at 4405 are known good.
Registers inverterHfRegisters(const UnitScene& scene) {
  constexpr std::uint16_t kMostWordsHf = 18;
  Registers registers(kMostWordsHf);
  registers.put(4000, {1198, 600, 1200, 0, 0, 215, 312, 0, 0, 0});  // 119.8 V, 60.0 Hz; temperatures 21.5 and 31.2
  registers.put(4101, {0, 1});                                      // beep, output
  putIdentity(registers, scene, scene.model.empty() ? "RIV1230PCH-23S" : scene.model, "V1.2");
  registers.put(4301, {1});
  registers.put(4328, {254, 0, 0, 0, 1, 254});  // 25.4 A, charging
  registers.put(4405, Words(18));
  registers.set(4405, 4);
  registers.set(4412, 254);
  registers.set(4422, 600);
  registers.put(4425, {144, 144, 135});
  registers.put(4430, {110, 105});
  registers.put(4441, {1});
  registers.put(4452, {155, 145, 120});
  registers.put(4457, {0});
  registers.setting(4101, {0, 1, 1});
  registers.setting(4102, {1, 2, 1});
  registers.setting(4422, {300, 1200, 50});
  registers.setting(4441, {1, 2, 1});
  registers.setting(4457, {0, 1, 1});
  registers.settings(4425, 4427, {90, 155, 1});
  registers.settings(4430, 4431, {90, 155, 1});
  registers.settings(4452, 4454, {90, 160, 1});
  return registers;
}

}  // namespace blupow::sim
