// The energy meters of a whole gateway: counted, stored, then shown; over restarts, gaps, kills and whatever the store does.
#include "gateway/meters.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "gateway/energy_house.hpp"
#include "support/log_capture.hpp"

namespace blupow::gateway {
namespace {

using namespace std::chrono_literals;
using test::EnergyHouse;
using test::kBatteryPower;
using test::kSolarPower;
using test::LogCapture;
using test::mac;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kUnit = "02:00:00:00:00:01_1";

class MetersTest : public testing::Test {
 protected:
  explicit MetersTest(Duration interval = 10s) : house({.poll_interval = interval}) { house.meter(1); }

  void power(std::uint16_t solar, std::int16_t battery = 0) {
    house.transport.module(mac(1)).words[kSolarPower] = solar;
    house.transport.module(mac(1)).words[kBatteryPower] = static_cast<std::uint16_t>(battery);
  }
  double solar() { return house.shown(kUnit, "solar_energy"); }
  double stored(const std::string& key) { return house.meters.values[kUnit + "/" + key]; }
  void expectMonotonic(const std::string& key) {
    const std::vector<double> series = house.series(kUnit, key);
    EXPECT_TRUE(std::ranges::is_sorted(series)) << key;
  }

  EnergyHouse house;
};

class SlowMetersTest : public MetersTest {
 protected:
  SlowMetersTest() : MetersTest(10min) {}
};

TEST_F(MetersTest, BeginAtZeroInTheVeryFirstState) {
  power(600);
  house.start();
  house.run(5s);
  ASSERT_THAT(house.journal.units[kUnit], Not(IsEmpty()));
  const profile::Readings& first = house.journal.units[kUnit].front().readings;
  for (const std::string key : {"solar_energy", "charge_energy", "discharge_energy"}) {
    ASSERT_TRUE(first.contains(key)) << key;
    EXPECT_EQ(first.at(key), profile::Value(std::int64_t{0})) << key;
  }
  EXPECT_FALSE(first.contains("load_energy")) << "its power is not told by these devices";
}

TEST_F(MetersTest, CountWhatThePowerSays) {
  power(600, -150);
  house.start();
  house.run(1h);
  EXPECT_NEAR(solar(), 0.6, 0.012) << "stored and shown within a minute and a poll";
  EXPECT_NEAR(house.shown(kUnit, "discharge_energy"), 0.15, 0.003);
  EXPECT_EQ(house.shown(kUnit, "charge_energy"), 0);
  power(600, 300);
  house.run(1h);
  EXPECT_NEAR(solar(), 1.2, 0.012);
  EXPECT_NEAR(house.shown(kUnit, "discharge_energy"), 0.15, 0.003);
  EXPECT_NEAR(house.shown(kUnit, "charge_energy"), 0.3, 0.006);
  expectMonotonic("solar_energy");
}

TEST_F(MetersTest, AreShownWithFourDecimalsAndNoNoise) {
  power(777);
  house.start();
  house.run(20min);
  for (const double value : house.series(kUnit, "solar_energy")) EXPECT_EQ(value, std::round(value * 1e4) / 1e4);
}

TEST_F(MetersTest, AreStoredAtLeastOnceAMinuteWhileTheyChangeAndNotAtNight) {
  power(600);
  house.start();
  house.run(30min);
  ASSERT_GE(house.meters.saves.size(), 30U);
  for (std::size_t save = 1; save < house.meters.saves.size(); ++save) {
    EXPECT_LE(house.meters.saves[save] - house.meters.saves[save - 1], 60s);
    EXPECT_GE(house.meters.saves[save] - house.meters.saves[save - 1], 30s) << "an SD card lives longer";
  }
  power(0);
  house.run(2min);
  const std::size_t before = house.meters.saves.size();
  house.run(2h);
  EXPECT_EQ(house.meters.saves.size(), before);
}

TEST_F(MetersTest, NothingIsShownThatIsNotStored) {
  power(3000, -200);
  house.start();
  for (int second = 0; second < 600; ++second) {
    house.run(1s);
    EXPECT_LE(solar(), stored("solar_energy") / 1000 + 0.00005);
    EXPECT_LE(house.shown(kUnit, "discharge_energy"), stored("discharge_energy") / 1000 + 0.00005);
  }
  EXPECT_GT(solar(), 0.4);
}

TEST_F(MetersTest, AKillAtAnyMomentMakesNoShownValueFall) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> life(1, 200'000);
  std::uniform_int_distribution<int> watts(0, 4000);
  for (int round = 0; round < 40; ++round) {
    power(static_cast<std::uint16_t>(watts(random)), static_cast<std::int16_t>(watts(random) - 2000));
    house.start();
    house.run(std::chrono::milliseconds(life(random)));
    house.kill();
  }
  for (const std::string key : {"solar_energy", "charge_energy", "discharge_energy"}) {
    expectMonotonic(key);
    EXPECT_GT(house.shown(kUnit, key), 0) << key;
  }
}

TEST_F(MetersTest, TheStoredValueStandsInTheFirstStateAfterAStart) {
  power(3600);
  house.start();
  house.run(10min + 5s);
  house.stop();
  const double at_stop = stored("solar_energy");
  EXPECT_GT(at_stop, 595) << "an orderly stop stores what was counted";
  house.journal.units.clear();
  house.start();
  house.run(5s);
  ASSERT_THAT(house.series(kUnit, "solar_energy"), Not(IsEmpty()));
  EXPECT_NEAR(house.series(kUnit, "solar_energy").front(), at_stop / 1000, 0.00005);
}

TEST_F(MetersTest, ADeviceWaitsForASlowStoreButNotForOneThatHangs) {
  house.meters.values[kUnit + "/solar_energy"] = 5000;
  house.meters.hangs = true;
  power(3600);
  house.start();
  house.run(4s);
  EXPECT_THAT(house.journal.units[kUnit], IsEmpty());
  house.run(30s);
  ASSERT_THAT(house.journal.units[kUnit], Not(IsEmpty()));
  EXPECT_THAT(house.series(kUnit, "solar_energy"), IsEmpty()) << "nothing is shown before the stored value is known";
}

TEST_F(MetersTest, WhatIsCountedBeforeTheStoreCanBeReadIsAdded) {
  const LogCapture log;
  house.meters.values[kUnit + "/solar_energy"] = 5000;
  house.meters.failure = Failure{FailureKind::retry_later, "disk I/O error"};
  power(3600);
  house.start();
  house.run(5min);
  EXPECT_THAT(house.series(kUnit, "solar_energy"), IsEmpty());
  EXPECT_THAT(log.linesOf("meters"), ElementsAre("warning: the energy meters cannot be read: disk I/O error"));
  house.meters.failure.reset();
  house.run(5min);
  EXPECT_GE(house.series(kUnit, "solar_energy").front(), 5);
  EXPECT_NEAR(solar(), 5.6, 0.07);
  EXPECT_THAT(log.linesOf("meters"), ElementsAre(HasSubstr("cannot be read"), "warning: the energy meters can be read and saved again"));
}

TEST_F(MetersTest, AStoreThatFailsHoldsTheShownValueAndIsNamedOnce) {
  const LogCapture log;
  power(3600);
  house.start();
  house.run(5min);
  const double before = stored("solar_energy") / 1000;
  house.meters.failure = Failure{FailureKind::retry_later, "database or disk is full"};
  house.run(5min);
  EXPECT_NEAR(solar(), before, 0.0001);
  house.meters.failure.reset();
  house.run(2min);
  EXPECT_NEAR(solar(), 0.72, 0.06) << "what was counted meanwhile is not lost";
  EXPECT_THAT(log.linesOf("meters"),
              ElementsAre("warning: the energy meters cannot be saved: database or disk is full", "warning: the energy meters can be read and saved again"));
}

TEST_F(MetersTest, AnOrderlyStopDoesNotWaitForAStoreThatHangs) {
  power(3600);
  house.start();
  house.run(1min);
  house.meters.hangs = true;
  house.run(1min);
  house.stop();  // within its bound
}

TEST_F(MetersTest, NothingIsCountedAcrossAGapOfMoreThanThreePolls) {
  power(3600);
  house.start();
  house.run(10min);
  house.transport.module(mac(1)).advertising = false;
  house.transport.module(mac(1)).refuses = Failure{FailureKind::device_absent, "not there"};
  house.transport.drop(mac(1));
  house.run(2h);
  const double before = stored("solar_energy");
  EXPECT_NEAR(before, 600, 15);
  house.transport.module(mac(1)).advertising = true;
  house.transport.module(mac(1)).refuses.reset();
  const std::size_t polls = house.journal.units[kUnit].size();
  while (house.journal.units[kUnit].size() == polls) house.run(10ms);
  house.run(10min);
  EXPECT_NEAR(stored("solar_energy") - before, 600, 60);
}

TEST_F(MetersTest, AReadingThatOnlyStandsIsNotCounted) {
  power(3600);
  house.start();
  house.run(5min + 1s);
  house.transport.module(mac(1)).words.erase(kSolarPower);  // its block is rejected, the other one answers
  house.run(5min);
  EXPECT_GE(house.journal.units[kUnit].size(), 55U) << "polls went on";
  const double before = stored("solar_energy");
  EXPECT_NEAR(before, 300, 12);
  power(3600);
  house.run(5min);
  EXPECT_EQ(house.shown(kUnit, "solar_power"), 3600);
  EXPECT_GT(stored("solar_energy") - before, 200);
  EXPECT_LT(stored("solar_energy") - before, 301) << "the five minutes without it were not counted";
}

TEST_F(MetersTest, NoMidnightAndNoStepOfTheWallClockIsSeen) {
  house.settings.poll_interval = 1min;
  power(1000);
  house.start();
  house.run(12h);
  house.loop.stepWallClock(-26h);
  house.run(12h);
  house.loop.stepWallClock(24h * 365);
  house.run(12h);
  EXPECT_NEAR(solar(), 36, 0.05);
  expectMonotonic("solar_energy");
}

TEST_F(SlowMetersTest, AUnitThatIsPolledRarelyIsToldOnceItsMetersAreStored) {
  power(600);
  house.start();
  house.run(11min);
  const auto& told = house.journal.units[kUnit];
  ASSERT_EQ(told.size(), 3U) << "two polls, and the second one's energy when it was stored";
  EXPECT_EQ(told[2].at - told[1].at, 10ms);
  EXPECT_NEAR(solar(), 0.1, 0.001);
}

TEST_F(MetersTest, AUnitThatIsPolledOftenIsToldByItsPollsAlone) {
  power(600);
  house.start();
  house.run(10min);
  EXPECT_LE(house.journal.units[kUnit].size(), 61U);
}

TEST_F(MetersTest, AUnitKeepsItsMetersWhenItsIdChanges) {
  power(3600);
  house.start();
  house.run(10min);
  house.stop();
  const double before = stored("solar_energy");
  house.transport.module(mac(1)).unit = 97;
  house.store.stored[0].units[0].id = 97;  // known as 1 still
  house.journal.units.clear();
  house.start();
  house.run(5s);
  EXPECT_NEAR(house.series(kUnit, "solar_energy").front(), before / 1000, 0.0001);
}

TEST_F(MetersTest, ADeviceRemovedAndAddedAgainBeginsAtZeroAndAnotherKeepsIts) {
  house.meter(2);
  power(3600);
  house.transport.module(mac(2)).words[kSolarPower] = 3600;
  house.start();
  house.run(10min);
  bool removed = false;
  house.gateway->remove(mac(1), [&](const auto& outcome) { removed = outcome.has_value(); });
  house.run(15s);
  ASSERT_TRUE(removed);
  EXPECT_EQ(house.meters.values.size(), 1U) << "of the other device";
  house.journal.units.clear();
  bool added = false;
  house.gateway->add({.address = mac(1), .type = "test_meter"}, [&](const auto& outcome) { added = outcome.has_value(); });
  house.run(20s);
  ASSERT_TRUE(added);
  const std::vector<double> series = house.series(house.journal.units.begin()->first, "solar_energy");
  ASSERT_THAT(series, Not(IsEmpty()));
  EXPECT_LT(series.front(), 0.03);
  EXPECT_GT(house.shown("02:00:00:00:00:02_1", "solar_energy"), 0.58);
}

TEST_F(MetersTest, ADeviceAddedAnewBeginsAtZeroThoughItsRemovalWasCutShort) {
  house.store.stored.clear();  // it is none of ours any more, but the end of the process came before its meters were forgotten
  house.meters.values[kUnit + "/solar_energy"] = 5000;
  power(3600);
  house.start();
  house.run(1s);
  bool added = false;
  house.gateway->add({.address = mac(1), .type = "test_meter"}, [&](const auto& outcome) { added = outcome.has_value(); });
  house.run(30s);
  ASSERT_TRUE(added);
  EXPECT_LT(house.series(house.journal.units.begin()->first, "solar_energy").front(), 0.03);
}

TEST_F(MetersTest, AnotherPollIntervalOfTheDeviceDecidesWhatAGapIs) {
  house.settings.devices = {{.address = mac(1), .name = "", .type = "", .poll_interval = 5min}};
  power(600);
  house.start();
  house.run(61min);
  EXPECT_NEAR(solar(), 0.6, 0.001);
}

}  // namespace
}  // namespace blupow::gateway
