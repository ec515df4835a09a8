#include "sim/renogy/battery.hpp"

#include <string>

namespace blupow::sim {

namespace {

constexpr std::uint16_t kMostWords = 34;        // 34 at 5000 are safe everywhere
constexpr std::uint16_t kMostWordsLegacy = 48;  // RBT100LFP12-BT gave 48 at 5000 (cyrils/renogy-bt#15)
constexpr std::uint16_t kHole = 5034;
constexpr std::size_t kSlots = 16;

// What tells one model from another; each row's words from a captured answer where frames.json has one.
struct Pack {
  Words cells;         // 0.1 V each
  Words temperatures;  // 0.1 degrees
  std::uint16_t counted_temperatures;
  Words state;   // 5042 to 5048
  Words limits;  // 5049 to 5052
  Words alarms;  // 5100 to 5109
  std::string software;
};

const Words kLimits12 = {0x0094, 0x0064, 0x1388, 0xD8F0};  // 14.8 V, 10.0 V, 50 A, -100 A (RBT100LFP12SH-G1)
const Words kHealthy = {0, 0, 0, 0, 0, 0, 0x0006, 0, 0, 0x00C0};

Pack packOf(const std::string& model) {
  // gambleben/renogy_dev_resources; temperatures are not in it.
  Pack pack{.cells = {32, 33, 33, 32},
            .temperatures = {200, 201},
            .counted_temperatures = 2,
            .state = {0x0000, 0x0084, 0x0000, 0xF6BF, 0x0001, 0x86A0, 0x0000},
            .limits = kLimits12,
            .alarms = kHealthy,
            .software = "0018"};
  if (model == "RBT100LFP12-BT") {  // IAmTheMitchell/renogy-ble; the cycles were written in by its author
    pack.cells = {35, 33, 33, 33};
    pack.temperatures = {170, 170};
    pack.state = {0xFFAA, 0x0088, 0x0001, 0x7BB0, 0x0001, 0x86A0, 0x000F};
    pack.alarms[9] = 0x00C8;
    pack.software = "0100";
  } else if (model == "RBT100LFP12SH-G1") {  // Grmume/renogy-smart-battery: three sensors counted, four slots filled
    pack.cells = {33, 33, 33, 33};
    pack.temperatures = {180, 180, 180, 180};
    pack.counted_temperatures = 3;
    pack.state = {0x0000, 0x0087, 0x0001, 0x6B47, 0x0001, 0x86A0, 0x0000};
    pack.alarms[6] = 0x000E;
  } else if (model == "RBT50LFP48S") {  // made up: 16 cells, 50 Ah, -2.50 A
    pack.cells = Words(kSlots, 33);
    pack.temperatures = {190, 191, 192, 190};
    pack.counted_temperatures = 4;
    pack.state = {0xFF06, 0x0210, 0x0000, 0x9C40, 0x0000, 0xC350, 0x0007};
    pack.limits = {584, 400, 0x1388, 0xEC78};
  } else if (model == "RBT12500LFP-SHBT") {  // IAmTheMitchell/renogy-ble
    pack.cells = {33, 33, 33, 33};
    pack.temperatures = {0xE9, 0xE3, 0xE2};
    pack.counted_temperatures = 3;
    pack.state = {0xFF37, 0x0085, 0x0007, 0x46EE, 0x0007, 0xA120, 0x0018};
    pack.limits = {0x0094, 0x0064, 0x61A8, 0x9E58};
  } else if (model == "RBT12100LFP-BT") {  // cells and temperatures: a Pro battery's log; -3.0 A, 12 cycles made up
    pack.cells = {36, 36, 36, 36};
    pack.temperatures = {160, 161};
    pack.state = {0xFFE2, 0x0090, 0x0001, 0x6F30, 0x0001, 0x86A0, 0x000C};
  }
  return pack;
}

Words filled(Words words) {
  words.resize(kSlots);
  return words;
}

std::string usualModel(Variant variant) {
  switch (variant) {
    case Variant::pro:
    case Variant::rngc:
      return "RBT12100LFP-BT";
    case Variant::rngpro:
      return "RBT12500LFP-SHBT";
    case Variant::legacy:
      break;
  }
  return "RBT100LFP12S-G1";
}

// Limits of a RBT100LFP12SH-G1 (Grmume/renogy-smart-battery); module voltages of a 48 V pack are four times as high.
void putLimits(Registers& registers, std::size_t cells) {
  registers.put(5200, {37, 35, 30, 25, 550, 500, 50, 0, 12000, 10000, 6000});
  const auto packs = static_cast<std::uint16_t>(cells / 4);
  for (std::uint16_t i = 0; const std::uint16_t volts : Words{148, 142, 120, 100})
    registers.set(static_cast<std::uint16_t>(5211 + i++), static_cast<std::uint16_t>(volts * packs));
  for (std::uint16_t i = 0; const int value : {600, 500, -100, -250, -15000, -13000, -11000})
    registers.putSigned(static_cast<std::uint16_t>(5215 + i++), value, 1);
}

void putIdentity(Registers& registers, const UnitScene& scene, const std::string& model, const std::string& software) {
  std::string serial = "20210526";  // RBT100LFP12-BT, captured
  if (scene.serial) serial += std::to_string(100000U + *scene.serial).substr(1);
  registers.put(5110, serial, 8);
  registers.put(5118, "        ", 4);
  registers.put(5122, model == "RBT100LFP12-BT" ? model + "  " : model, 8);  // captured: this one pads with blanks
  registers.put(5130, software, 2);
  registers.put(5132, "RENOGY", 10);
  registers.set(5223, scene.id);
  registers.put(5226, {0x0000, scene.serial.value_or(0x2A17)});
  registers.put(5228, {100, 100});
}

}  // namespace

Registers batteryRegisters(const UnitScene& scene) {
  const std::string model = scene.model.empty() ? usualModel(scene.variant) : scene.model;
  const bool heated = model == "RBT100LFP12SH-G1";
  const Pack pack = packOf(model);
  Registers registers(scene.variant == Variant::legacy ? kMostWordsLegacy : kMostWords);
  registers.set(5000, static_cast<std::uint16_t>(pack.cells.size()));
  registers.put(5001, filled(pack.cells));
  registers.set(5017, pack.counted_temperatures);
  registers.put(5018, filled(pack.temperatures));
  if (!heated) registers.set(kHole, 0);
  registers.put(5035, {pack.temperatures[0], 1, pack.temperatures[0], 0});
  registers.put(5039, {static_cast<std::uint16_t>(heated ? 1 : 0), static_cast<std::uint16_t>(heated ? pack.temperatures[0] : 0), 0});
  registers.put(5042, pack.state);
  if (scene.variant == Variant::rngc) registers.set(5048, static_cast<std::uint16_t>(pack.state[6] << 8U));  // BMS_BLE-HA#596: bytes swapped
  registers.put(5049, pack.limits);
  registers.put(5100, pack.alarms);
  if (scene.variant == Variant::rngpro) registers.set(5101, 0x00AA);  // captured on a healthy pack
  putLimits(registers, pack.cells.size());
  putIdentity(registers, scene, model, pack.software);
  return registers;
}

}  // namespace blupow::sim
