// Two clocks, never mixed: monotonic for everything that waits, wall clock for what people read. Pure types.
#pragma once

#include <chrono>
#include <string>

namespace blupow {

using Clock = std::chrono::steady_clock;
using Duration = Clock::duration;
using TimePoint = Clock::time_point;
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

inline constexpr TimePoint kNever = TimePoint::max();

// ISO 8601 in UTC with whole seconds: "2026-11-21T10:15:00Z".
std::string isoUtc(WallTime time);

// Seconds as a floating number, for JSON and logs.
inline double inSeconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace blupow
