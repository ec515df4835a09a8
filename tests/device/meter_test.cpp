// The energy meter by itself, and the times of the readings that it lives by.
#include "device/meter.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "device/running.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;
using test::Running;

constexpr TimePoint kStart{1h};
constexpr Duration kGap = 90s;  // three polls of 30 s

TEST(Meter, CountsAConstantPowerExactly) {
  Meter meter(0);
  for (int poll = 0; poll <= 120; ++poll) meter.sample(600, kStart + poll * 30s, kGap);
  EXPECT_NEAR(meter.wattHours(), 600, 1e-9);
}

TEST(Meter, CountsNothingBeforeTheSecondSample) {
  Meter meter(0);
  meter.sample(5000, kStart, kGap);
  EXPECT_EQ(meter.wattHours(), 0);
}

TEST(Meter, TakesTheMeanOfTwoSamplesWheneverTheyCome) {
  Meter meter(0);
  meter.sample(0, kStart, kGap);
  meter.sample(360, kStart + 10s, kGap);
  EXPECT_NEAR(meter.wattHours(), 0.5, 1e-12);
  meter.sample(360, kStart + 10s + 250ms, kGap);
  EXPECT_NEAR(meter.wattHours(), 0.525, 1e-12);
}

TEST(Meter, LeavesOutGapsLongerThanAllowedAndCountsOnBehindThem) {
  Meter meter(0);
  meter.sample(3600, kStart, kGap);
  meter.sample(3600, kStart + kGap, kGap);
  EXPECT_NEAR(meter.wattHours(), 90, 1e-9) << "exactly as long as allowed";
  meter.sample(3600, kStart + kGap + kGap + 1ms, kGap);
  EXPECT_NEAR(meter.wattHours(), 90, 1e-9);
  meter.sample(3600, kStart + 2 * kGap + 1s + 1ms, kGap);
  EXPECT_NEAR(meter.wattHours(), 91, 1e-9);
}

TEST(Meter, ASampleOfTheSameMomentOrOfEarlierAddsNothing) {
  Meter meter(0);
  meter.sample(100, kStart, kGap);
  meter.sample(100, kStart + 36s, kGap);
  meter.sample(9000, kStart + 36s, kGap);
  meter.sample(9000, kStart, kGap);
  EXPECT_NEAR(meter.wattHours(), 1, 1e-12);
  meter.sample(100, kStart + 72s, kGap);
  EXPECT_NEAR(meter.wattHours(), 2, 1e-12) << "the old sample counts, not the late ones";
}

TEST(Meter, WhatLiesOutsideOfTheFieldsLimitsIsAsIfItHadNotCome) {
  Meter meter(0, profile::Limits{0, 4000});
  meter.sample(360, kStart, kGap);
  for (const double absurd : {65535.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    meter.sample(absurd, kStart + 30s, kGap);
  }
  meter.sample(360, kStart + 60s, kGap);
  EXPECT_NEAR(meter.wattHours(), 6, 1e-12) << "the line goes from one sound sample to the next";
  for (int poll = 3; poll <= 6; ++poll) meter.sample(65535, kStart + poll * 30s, kGap);
  meter.sample(360, kStart + 7 * 30s, kGap);
  EXPECT_NEAR(meter.wattHours(), 6, 1e-12) << "five polls without a sound sample are a gap";
}

TEST(Meter, ASignedPowerIsDividedWhereItsLineCrossesZero) {
  Meter charged(1);
  Meter discharged(-1);
  for (Meter* meter : {&charged, &discharged}) {
    meter->sample(100, kStart, kGap);
    meter->sample(-300, kStart + 72s, kGap);
  }
  EXPECT_NEAR(charged.wattHours(), 0.25, 1e-12);     // 18 s from 100 W to 0
  EXPECT_NEAR(discharged.wattHours(), 2.25, 1e-12);  // 54 s from 0 to 300 W
}

TEST(Meter, APowerThatIsNeverNegativeCountsNothingBelowZero) {
  Meter meter(0);
  meter.sample(-50, kStart, kGap);
  meter.sample(-50, kStart + 60s, kGap);
  EXPECT_EQ(meter.wattHours(), 0);
}

// Whatever a device says: no meter ever falls, what went in less what came out is the whole, and nothing is counted that was not there.
TEST(Meter, HoldsItsPromisesForAnySeriesOfSamples) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> power(-2000, 2000);
    std::uniform_int_distribution<int> step(-5'000, 150'000);  // ms: late ones, polls, gaps
    Meter charged(1);
    Meter discharged(-1);
    double net = 0;
    double most = 0;
    double watts = power(random);
    TimePoint last = kStart;
    charged.sample(watts, last, kGap);
    discharged.sample(watts, last, kGap);
    for (int count = 0; count < 500; ++count) {
      const double next = power(random);
      const Duration by = std::chrono::milliseconds(step(random));
      const double before_in = charged.wattHours();
      const double before_out = discharged.wattHours();
      charged.sample(next, last + by, kGap);
      discharged.sample(next, last + by, kGap);
      ASSERT_GE(charged.wattHours(), before_in);
      ASSERT_GE(discharged.wattHours(), before_out);
      if (by <= Duration::zero()) continue;
      const double hours = inSeconds(by) / 3600;
      if (by <= kGap) net += (watts + next) / 2 * hours;
      if (by <= kGap) most += std::max(std::abs(watts), std::abs(next)) * hours;
      watts = next;
      last += by;
    }
    EXPECT_NEAR(charged.wattHours() - discharged.wattHours(), net, 1e-6);
    EXPECT_LE(charged.wattHours() + discharged.wattHours(), most);
  }
}

TEST(ReadAt, IsWhenTheBlockOfAFieldWasLastBelieved) {
  Running run;
  EXPECT_EQ(run.driver.session().readAt(0, "load_power"), kNever);
  ASSERT_TRUE(run.untilIdle());
  const TimePoint first = run.driver.session().readAt(0, "load_power");
  EXPECT_LE(first, run.driver.now());
  EXPECT_LT(run.driver.session().readAt(0, "input_voltage"), first) << "an earlier block of the same poll";
  EXPECT_EQ(run.driver.session().readAt(0, "no_such_key"), kNever);

  run.module.silent = {4408};
  ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.count<action::UnitPolled>() == 2; }, 60s));
  EXPECT_TRUE(run.driver.session().readings(0).contains("load_power")) << "its last reading still stands";
  EXPECT_EQ(run.driver.session().readAt(0, "load_power"), first);
  EXPECT_GT(run.driver.session().readAt(0, "input_voltage"), first);
}

}  // namespace
}  // namespace blupow::device
