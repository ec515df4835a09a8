#include "core/time.hpp"

#include <gtest/gtest.h>

namespace blupow {
namespace {

using namespace std::chrono_literals;

TEST(Time, IsWrittenInUtcWithWholeSeconds) {
  const WallTime time = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 10h + 5min + 9s + 999ms;
  EXPECT_EQ(isoUtc(time), "2026-11-21T10:05:09Z");
}

TEST(Time, SecondsKeepTheirFraction) { EXPECT_DOUBLE_EQ(inSeconds(1500ms), 1.5); }

}  // namespace
}  // namespace blupow
