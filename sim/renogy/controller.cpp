#include "sim/renogy/controller.hpp"

namespace blupow::sim {

namespace {

constexpr std::uint16_t kMostWords = 125;  // the ROVER document's limit
constexpr std::uint16_t kModel = 0x000C;
constexpr std::uint16_t kLive = 0x0100;
constexpr std::uint16_t kSettings = 0xE001;

// RNG-CTRL-RVR40, captured (IAmTheMitchell/renogy-ble, tests/test_parser.py); the 35th word is reserved.
const Words kRoverLive = {0x0064, 0x0090, 0x0004, 0x0E19, 0x0000, 0x0000, 0x0000, 0x00E8, 0x0004, 0x0001, 0x0000, 0x008F,
                          0x0091, 0x0011, 0x0000, 0x0001, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x022B, 0x0001, 0x0000,
                          0x0000, 0x137C, 0x0000, 0x0000, 0x0001, 0x0190, 0x0000, 0x0000, 0x0004, 0x0000, 0x0000};

// A controller on a BT-1, captured (SleeplessAnnoyedNerd/renogy_bt1_via_arduino_ble).
const Words kOtherLive = {0x0064, 0x0092, 0x0007, 0x0D19, 0x0000, 0x0000, 0x0000, 0x02FD, 0x0001, 0x0001, 0x0000, 0x007F,
                          0x0093, 0x00CA, 0x0000, 0x0019, 0x0000, 0x0009, 0x0000, 0x007D, 0x0000, 0x00A0, 0x000D, 0x0193,
                          0x0000, 0x03CC, 0x0000, 0x0000, 0x0000, 0x3326, 0x0000, 0x0000, 0x0004, 0x0000, 0x0000};

// 0xE00A to 0xE021 of a RNG-CTRL-WND30 (naugehyde/bt-sensors-plugin-sk, inside a stale buffer); 0xE001 to 0xE009 as the ROVER document's defaults for 12 V.
const Words kSettingWords = {0x0064, 0x0064, 0x0C0C, 0x0001, 0x00A0, 0x009B, 0x0094, 0x0092, 0x008A, 0x0084, 0x007E,
                             0x0078, 0x006F, 0x006A, 0x6432, 0x0005, 0x0078, 0x0078, 0x001C, 0x0003, 0x0000, 0x0000,
                             0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x000F, 0x0005, 0x0005, 0x0294, 0x0005};

// Blanks in front, as the real ones send it.
std::string padded(const std::string& model) {
  constexpr std::size_t kWidth = 16;
  return model.size() >= kWidth ? model.substr(0, kWidth) : std::string(kWidth - model.size(), ' ') + model;
}

struct Rating {
  std::uint16_t volts_and_amps;  // 0x000A: highest system voltage, rated charge current
  std::uint16_t load_amps;       // 0x000B: high byte
};

Rating ratingOf(const std::string& model) {
  if (model == "RNG-CTRL-RVR40") return {0x1828, 0x1400};
  return {0x0C1E, 0x1400};  // 12 V, 30 A: Wanderer 30, Adventurer 30
}

}  // namespace

Registers controllerRegisters(const UnitScene& scene) {
  const std::string model = scene.model.empty() ? "RNG-CTRL-RVR40" : scene.model;
  const Rating rating = ratingOf(model);
  const bool rover = model == "RNG-CTRL-RVR40";
  Registers registers(kMostWords);
  registers.put(0x000A, {rating.volts_and_amps, rating.load_amps});
  registers.put(kModel, padded(model), 8);
  registers.put(0x0014, {0x0003, 0x0201, 0x0001, 0x0203});  // versions: the ROVER document's example 3.3
  registers.put(0x0018, {0x1501, 0xFFFF});                  // serial number: example 3.4
  registers.put(0x001A, {scene.id});
  registers.put(kLive, rover ? kRoverLive : kOtherLive);
  registers.put(kSettings, kSettingWords);
  if (rover) registers.set(0xE004, 4);  // lithium, captured
  registers.writable(0x010A, 0x010A);
  registers.writable(kSettings, 0xE021);
  return registers;
}

}  // namespace blupow::sim
