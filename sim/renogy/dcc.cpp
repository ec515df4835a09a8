#include "sim/renogy/dcc.hpp"

#include "sim/renogy/charging_settings.hpp"

namespace blupow::sim {

namespace {

constexpr std::uint16_t kMostWords = 125;  // the document's limit
constexpr std::uint16_t kLive = 0x0100;
constexpr std::uint16_t kStatus = 0x0120;
constexpr std::uint16_t kSettings = 0xE001;

// RBC50D1S-G1: values of cyrils/renogy-bt's README; 0x011E and 0x011F are reserved.
const Words kReadme = {0x0064, 0x0084, 0x0000, 0x1219, 0x0081, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0084, 0x0085, 0x06A6, 0x0000, 0x00EE,
                       0x0000, 0x0019, 0x0000, 0x0150, 0x0000, 0x02BF, 0x0000, 0x059B, 0x0000, 0x15E7, 0x0000, 0x0000, 0x0001, 0x2B24, 0x0000, 0x0000};

// DCC30S on a BT-2, captured (neilsheps/Renogy-BT2-Reader).
const Words kCaptured30 = {0x0064, 0x0085, 0x0000, 0x1010, 0x007A, 0x0000, 0x0000};

// A DCC50S (RBC2125DS-21W), captured while its alternator gave 265 W.
const Words kCapturedStatus = {0x0002, 0x0000, 0x0000, 0x0000, 0x010B, 0x0004, 0x0000, 0x0000};

// 0xE001 to 0xE021: 50 A, 200 Ah, 12 V, lithium; what the document reserves is 0.
const Words kSettingWords = {0x1388, 0x00C8, 0x0C0C, 0x0004, 0x00A0, 0x009B, 0x0090, 0x0090, 0x008C, 0x0084, 0x007E,
                             0x0078, 0x006F, 0x006A, 0x0000, 0x0005, 0x0078, 0x0078, 0x001E, 0x0003, 0x0000, 0x0000,
                             0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0078, 0x0000};

void dccSettings(Registers& registers, std::uint16_t rated_amps) {
  chargingSettings(registers, Chargers::dcc);
  registers.setting(0xE001, {100, static_cast<std::uint16_t>(100 * rated_amps), 1});  // 0.01 A
  registers.setting(0xE002, {10, 65535, 1});                                          // Ah
  registers.setting(0xE020, {110, 150, 1});                                           // reverse charging, 0.1 V
  registers.setting(0xE038, {0, 1000, 1});                                            // solar cut-off, 0.01 A
  registers.follow([](Registers& now, std::uint16_t address) {
    if (address == kBatteryType) takePreset(now);
  });
}

}  // namespace

Registers dccRegisters(const UnitScene& scene) {
  const std::string model = scene.model.empty() ? "RBC50D1S-G1" : scene.model;
  const std::uint16_t rated_amps = model.find("30") != std::string::npos ? 30 : 50;
  Registers registers(kMostWords);
  registers.put(0x000A, {static_cast<std::uint16_t>(0x0C00 + rated_amps), 0x0001});
  registers.put(0x000C, model, 8);
  registers.put(0x0014, {0x0001, 0x0002, 0x0001, 0x0000});
  registers.put(0x0018, {0x1503, scene.serial.value_or(0x0007)});
  registers.put(0x001A, {scene.id});
  registers.put(kLive, kReadme);
  if (model == "DCC30S") registers.put(kLive, kCaptured30);
  registers.put(kStatus, Words(8));
  if (model == "RBC2125DS-21W") {
    registers.put(0x0104, {139, 1906, 265});
    registers.put(kStatus, kCapturedStatus);
  }
  registers.put(kSettings, kSettingWords);
  registers.set(kSettings, static_cast<std::uint16_t>(100 * rated_amps));
  registers.put(0xE02E, {100, 100});
  registers.put(0xE038, {100});
  if (model.ends_with("-G6")) {
    registers.mute(kStatus, kStatus + 1);
    registers.remove(0x0122, 6);
  }
  putHistory(registers, Chargers::dcc);
  dccSettings(registers, rated_amps);
  return registers;
}

}  // namespace blupow::sim
