// A unit's day, minute by minute.
#pragma once

#include <gtest/gtest.h>

#include "sim/unit.hpp"

namespace blupow::sim {

inline constexpr double kMinute = 60;
inline constexpr int kMinutesADay = 1440;
inline const Scene kMidnight{.seed = 7, .start_hour = 0};

inline double value(Unit& unit, std::uint16_t address, double scale) { return unit.registers().at(address) * scale; }

// Runs the unit through a day from midnight, calling check(minute) after each minute, until one fails.
template <typename Check>
void day(Unit& unit, Check check) {
  for (int minute = 1; minute < kMinutesADay; ++minute) {
    unit.advance(kMinute);
    check(minute);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace blupow::sim
