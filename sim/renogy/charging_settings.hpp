// Settings that controllers and DC-DC chargers share (0xE004 to 0xE014): which values they take, and what a battery type brings with it.
#pragma once

#include "sim/renogy/registers.hpp"

namespace blupow::sim {

inline constexpr std::uint16_t kBatteryType = 0xE004;

enum class Chargers : std::uint8_t { controller, dcc };

// Ranges of the ROVER document (controllers) and of the DCC document. Voltages are taken only while the battery type is a custom one.
void chargingSettings(Registers& registers, Chargers kind);

// After the battery type was written: its own voltages stand in 0xE005 to 0xE00E.
void takePreset(Registers& registers);

// A record of ten words for each of the last days.
void putHistory(Registers& registers, Chargers kind);

}  // namespace blupow::sim
