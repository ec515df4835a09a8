#include "sim/renogy/controller.hpp"

#include "sim/renogy/charging_settings.hpp"

namespace blupow::sim {

namespace {

constexpr std::uint16_t kMostWords = 125;  // the ROVER document's limit
constexpr std::uint16_t kModel = 0x000C;
constexpr std::uint16_t kLive = 0x0100;
constexpr std::uint16_t kSettings = 0xE001;
constexpr std::uint16_t kLoadCommand = 0x010A;
constexpr std::uint16_t kLoadMode = 0xE01D;
constexpr std::uint16_t kLoadAndState = 0x0120;
constexpr unsigned kLoadOn = 0x8000;  // bit 7 of the high byte
constexpr std::string_view kRover24 = "RNG-CTRL-RVRPG40";

// RNG-CTRL-RVR40, captured (IAmTheMitchell/renogy-ble, tests/test_parser.py); the 35th word is reserved.
const Words kRoverLive = {0x0064, 0x0090, 0x0004, 0x0E19, 0x0000, 0x0000, 0x0000, 0x00E8, 0x0004, 0x0001, 0x0000, 0x008F,
                          0x0091, 0x0011, 0x0000, 0x0001, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x022B, 0x0001, 0x0000,
                          0x0000, 0x137C, 0x0000, 0x0000, 0x0001, 0x0190, 0x0000, 0x0000, 0x0004, 0x0000, 0x0000};

// A controller on a BT-1, captured (SleeplessAnnoyedNerd/renogy_bt1_via_arduino_ble).
const Words kOtherLive = {0x0064, 0x0092, 0x0007, 0x0D19, 0x0000, 0x0000, 0x0000, 0x02FD, 0x0001, 0x0001, 0x0000, 0x007F,
                          0x0093, 0x00CA, 0x0000, 0x0019, 0x0000, 0x0009, 0x0000, 0x007D, 0x0000, 0x00A0, 0x000D, 0x0193,
                          0x0000, 0x03CC, 0x0000, 0x0000, 0x0000, 0x3326, 0x0000, 0x0000, 0x0004, 0x0000, 0x0000};

// RNG-CTRL-RVRPG40 on 24 V: a real packet's values (wildmountainfarms/solarthing, rover_2021-12-30.json), with its 0xE002 to 0xE014. Its thresholds are 12 V
// equivalents though its voltages are real ones.
const Words kRover24Live = {0x0064, 0x0125, 0x0000, 0x1614, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0103,
                            0x012D, 0x0077, 0x0000, 0x000C, 0x0000, 0x0001, 0x0000, 0x0017, 0x0000, 0x01F5, 0x0221, 0x005E,
                            0x0000, 0x593A, 0x0000, 0x0000, 0x0008, 0xD42A, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000};
const Words kRover24Settings = {0x00C8, 0x1800, 0x0000, 0x009C, 0x009A, 0x0097, 0x0094, 0x0088, 0x0078, 0x0070,
                                0x0070, 0x006E, 0x006E, 0x6432, 0x0078, 0x0078, 0x006E, 0x0000, 0x0005};

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
  if (model == "RNG-CTRL-RVR40" || model == kRover24 || model == "RCC40RVRE") return {0x1828, 0x1400};
  return {0x0C1E, 0x1400};  // 12 V, 30 A: Wanderer 30, Adventurer 30
}

// The load follows its command in manual mode only, and is on for good in mode 17; 0x010A itself reads back as nothing of use.
void followWrite(Registers& registers, std::uint16_t address) {
  constexpr std::uint16_t kManual = 15;
  constexpr std::uint16_t kAlwaysOn = 17;
  const std::uint16_t mode = registers.at(kLoadMode);
  if (address == kLoadCommand) {
    if (mode == kManual) switchLoad(registers, registers.at(kLoadCommand) != 0);
    registers.set(kLoadCommand, 0);
  }
  if (address == kLoadMode && mode == kAlwaysOn) switchLoad(registers, true);
  if (address == kBatteryType) takePreset(registers);
}

void controllerSettings(Registers& registers) {
  chargingSettings(registers, Chargers::controller);
  registers.setting(kLoadCommand, {0, 1, 1});
  registers.setting(0xE001, {0, 100, 1});  // brightness, %
  registers.settings(0xE015, 0xE01C, {});  // stages of the night: hours and % in one word
  registers.setting(kLoadMode, {0, 17, 1});
  registers.setting(0xE01E, {0, 60, 1});  // light control delay, min
  registers.setting(0xE01F, {1, 40, 1});  // light control voltage, V
  registers.settings(0xE020, 0xE021, {});
  registers.follow(followWrite);
}

}  // namespace

bool loadIsOn(const Registers& registers) { return (registers.at(kLoadAndState) & kLoadOn) != 0; }

void switchLoad(Registers& registers, bool on) {
  const unsigned others = registers.at(kLoadAndState) & ~kLoadOn;
  registers.set(kLoadAndState, static_cast<std::uint16_t>(on ? others | kLoadOn : others));
}

Registers controllerRegisters(const UnitScene& scene) {
  const std::string model = scene.model.empty() ? "RNG-CTRL-RVR40" : scene.model;
  const Rating rating = ratingOf(model);
  const bool rover = model == "RNG-CTRL-RVR40";
  Registers registers(kMostWords);
  registers.put(0x000A, {rating.volts_and_amps, rating.load_amps});
  registers.put(kModel, padded(model), 8);
  registers.put(0x0014, {0x0003, 0x0201, 0x0001, 0x0203});         // versions: the ROVER document's example 3.3
  registers.put(0x0018, {0x1501, scene.serial.value_or(0xFFFF)});  // serial number: example 3.4
  registers.put(0x001A, {scene.id});
  const Words& usual = rover ? kRoverLive : kOtherLive;
  registers.put(kLive, model == kRover24 ? kRover24Live : usual);
  registers.put(kSettings, kSettingWords);
  if (rover) registers.set(kBatteryType, 4);  // lithium, captured
  if (model == kRover24) registers.put(0xE002, kRover24Settings);
  putHistory(registers, Chargers::controller);
  controllerSettings(registers);
  return registers;
}

}  // namespace blupow::sim
