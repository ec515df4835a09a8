// Smart Shunt 300: no Modbus, it sends frames unasked. Its values stand in registers whose numbers are the places in the frame, so that they are set and read
// as those of other units; a model moves them. Pure.
#pragma once

#include <memory>

#include "sim/unit.hpp"

namespace blupow::sim {

inline constexpr std::uint16_t kShuntCurrent = 21;  // mA; two words, of which the frame has the lower three bytes
inline constexpr std::uint16_t kShuntVoltage = 25;  // mV; the same
inline constexpr std::uint16_t kShuntStarter = 30;  // mV
inline constexpr std::uint16_t kShuntCharge = 34;   // 0.1 %
inline constexpr std::uint16_t kShuntTemperature = 66;

Registers shuntRegisters(const UnitScene& scene);
std::unique_ptr<Model> shuntModel(const UnitScene& scene, const Scene& world);

Bytes shuntFrame(const Registers& registers);  // 110 bytes, "42 57 01 19"
Bytes shuntHistoryFrame();                     // "42 57 01 0b": nothing in it is of now

// What it sends the nth time: a history frame now and then, and now and then four bytes 61 d2 .. .. in front of a live one.
Bytes shuntSends(const Registers& registers, std::uint32_t nth);

}  // namespace blupow::sim
