// What a device remembers of its days, and the pace of polls: both as a session does them.
#include <gtest/gtest.h>

#include <algorithm>

#include "device/lamp.hpp"
#include "device/pace.hpp"
#include "device/running.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;
using test::kLampId;
using test::Lamp;

struct RunningLamp {
  explicit RunningLamp(const std::function<void(SessionConfig&)>& change = [](SessionConfig&) {}) : run(config(change)) {
    run.driver.device = [this](const Bytes& request) { return lamp(request); };
  }
  static SessionConfig config(const std::function<void(SessionConfig&)>& change) {
    SessionConfig config;
    config.units = {{.id = kLampId, .family = test::shared(test::lamp()), .model = "RNG-CTRL-RVR40"}};
    change(config);
    return config;
  }
  const std::vector<HistoryDay>& days() { return run.driver.session().history(0); }
  bool untilHistory(std::size_t count, Duration bound = 2h) {
    return run.driver.runUntil([&] { return run.driver.count<action::HistoryRead>() == count; }, bound);
  }
  std::vector<TimePoint> pollsEnded() const {
    std::vector<TimePoint> at;
    for (const auto& done : run.driver.log) {
      if (std::holds_alternative<action::PollEnded>(done.action)) at.push_back(done.at);
    }
    return at;
  }
  void power(std::uint16_t watts) { lamp.module.blocks[kLampId][0x0100][9] = watts; }

  test::Running run;
  Lamp lamp;
};

TEST(History, IsReadAfterTheFirstCompletePollADayARead) {
  RunningLamp lamp;
  ASSERT_TRUE(lamp.untilHistory(1, 15s));
  ASSERT_EQ(lamp.days().size(), 7U);
  for (std::uint16_t day = 0; day < 7; ++day) {
    EXPECT_EQ(lamp.days()[day].days_ago, day);
    EXPECT_EQ(lamp.days()[day].readings.at("power_generation"), test::whole(1000 + day));
    EXPECT_EQ(lamp.days()[day].readings.at("battery_min_voltage"), profile::Value(12.0));
  }
  EXPECT_EQ(lamp.lamp.days_asked, 7U);
  EXPECT_EQ(lamp.run.driver.last<action::HistoryRead>()->unit, 0U);
  for (std::size_t i = lamp.run.driver.written.size() - 7; i < lamp.run.driver.written.size(); ++i) EXPECT_EQ(lamp.run.driver.written[i][5], 10);  // words
}

TEST(History, IsReadOnceAnHourAndToldOnlyWhenItIsNew) {
  RunningLamp lamp;
  ASSERT_TRUE(lamp.untilHistory(1, 15s));
  lamp.run.driver.runFor(59min);
  EXPECT_EQ(lamp.lamp.days_asked, 7U);
  lamp.run.driver.runFor(2min);
  EXPECT_EQ(lamp.lamp.days_asked, 14U);
  EXPECT_EQ(lamp.run.driver.count<action::HistoryRead>(), 1U);  // the same as before
  lamp.lamp.days[0][8] = 1234;
  ASSERT_TRUE(lamp.untilHistory(2, 1h));
  EXPECT_EQ(lamp.days()[0].readings.at("power_generation"), test::whole(1234));
}

TEST(History, EndsAtAnExceptionAndAtADayOfZeros) {
  RunningLamp exception;
  exception.lamp.days.resize(3);
  ASSERT_TRUE(exception.untilHistory(1, 15s));
  EXPECT_EQ(exception.days().size(), 3U);
  EXPECT_EQ(exception.lamp.days_asked, 4U);

  RunningLamp zeros;
  std::ranges::fill(zeros.lamp.days[2], std::uint16_t{0});
  ASSERT_TRUE(zeros.untilHistory(1, 15s));
  EXPECT_EQ(zeros.days().size(), 2U);
  EXPECT_EQ(zeros.lamp.days_asked, 3U);
}

TEST(History, OfADeviceThatHasNoneIsAskedOnceAnHourAndNeverTold) {
  RunningLamp lamp;
  lamp.lamp.days.clear();
  lamp.run.driver.runFor(3h - 1min);
  EXPECT_EQ(lamp.lamp.days_asked, 3U);
  EXPECT_EQ(lamp.run.driver.count<action::HistoryRead>(), 0U);
}

TEST(History, SilenceIsAskedOnceMoreAndThenLeftForThisHour) {
  RunningLamp lamp;
  ASSERT_TRUE(lamp.untilHistory(1, 15s));
  lamp.lamp.silent_days = true;
  lamp.run.driver.runFor(90min);
  EXPECT_EQ(lamp.lamp.days_asked, 7U + 2U);
  EXPECT_EQ(lamp.days().size(), 7U);  // what was read stays
  for (const auto& done : lamp.run.driver.log) {
    const auto* poll = std::get_if<action::PollEnded>(&done.action);
    EXPECT_TRUE(!poll || poll->ok);
  }
}

TEST(History, DelaysNoPollByMoreThanOneRead) {
  RunningLamp lamp([](SessionConfig& config) {
    config.poll_interval = 5s;
    config.advertised_name = "BTRIC0001";  // it tells what it is: no further units are looked for
  });
  lamp.run.driver.runFor(2h + 5min);
  EXPECT_GE(lamp.lamp.days_asked, 21U);
  const auto ends = lamp.pollsEnded();
  for (std::size_t i = 2; i < ends.size(); ++i) EXPECT_LE(ends[i] - ends[i - 1], 5s + 3 * 80ms);
  // The same where every poll is due before the one before is over: a day after each.
  RunningLamp slow([](SessionConfig& config) { config.poll_interval = 5s; });
  slow.lamp.module.latency = 2900ms;
  ASSERT_TRUE(slow.untilHistory(1, 2min));
  EXPECT_EQ(slow.days().size(), 7U);
}

TEST(History, IsReadWholeBeforeALinkIsGivenUpBetweenPolls) {
  RunningLamp lamp([](SessionConfig& config) {
    config.keep_connected = false;
    config.poll_interval = 1h;
  });
  ASSERT_TRUE(lamp.untilHistory(1, 15s));
  EXPECT_EQ(lamp.run.driver.count<action::Connect>(), 1U);
  lamp.run.driver.runFor(1s);
  EXPECT_EQ(lamp.run.driver.session().state(), State::waiting);
}

// Neither may keep the other from its turn: the setting settles for a second, then the device is recognised anew, then its days are read.
TEST(History, WaitsForADeviceThatIsToBeRecognisedAnewBehindASetting) {
  RunningLamp lamp;
  test::Driver& driver = lamp.run.driver;
  ASSERT_TRUE(driver.runUntil([&] { return driver.count<action::PollEnded>() == 1; }, 20s));
  lamp.lamp.deaf = 1;
  driver.send(event::Set{1, 0, "load_status", "on"});
  driver.send(event::Identify{});
  ASSERT_TRUE(driver.runUntil([&] { return driver.count<action::WriteEnded>() == 1; }, 10s));
  EXPECT_EQ(driver.last<action::WriteEnded>()->failure, "");
  ASSERT_TRUE(driver.runUntil([&] { return driver.count<action::Identified>() > 0; }, 10s));
  EXPECT_TRUE(lamp.untilHistory(1, 60s));
}

TEST(History, GoesOnAfterALostLink) {
  RunningLamp lamp;
  ASSERT_TRUE(lamp.run.driver.runUntil([&] { return lamp.lamp.days_asked == 3; }, 15s));
  lamp.run.driver.loseLink();
  ASSERT_TRUE(lamp.untilHistory(1, 1min));
  EXPECT_EQ(lamp.days().size(), 7U);
}

TEST(Pace, IsAThirdWhilePowerFlowsAndForThreePollsAfterThat) {
  Pace pace(30s, true);
  EXPECT_EQ(pace.interval(), 30s);
  pace.polled(true);
  EXPECT_EQ(pace.interval(), 10s);
  for (int poll = 0; poll < 4; ++poll) {
    EXPECT_EQ(pace.interval(), 10s) << poll;
    pace.polled(false);
  }
  EXPECT_EQ(pace.interval(), 30s);
}

TEST(Pace, IsNeverBelowFiveSecondsNorSlowerThanAskedFor) {
  Pace twelve(12s, true);
  twelve.polled(true);
  EXPECT_EQ(twelve.interval(), 5s);
  Pace five(5s, true);
  five.polled(true);
  EXPECT_EQ(five.interval(), 5s);
  Pace off(30s, false);
  off.polled(true);
  EXPECT_EQ(off.interval(), 30s);
}

TEST(Pace, OfASessionFollowsThePowersOfItsUnits) {
  RunningLamp lamp([](SessionConfig& config) {
    config.poll_interval = 60s;
    config.adaptive_polling = true;
  });
  const auto gaps = [&](Duration time) {
    lamp.run.driver.log.clear();
    lamp.run.driver.runFor(time);
    const auto ends = lamp.pollsEnded();
    std::vector<int> seconds;
    for (std::size_t i = 1; i < ends.size(); ++i) {
      seconds.push_back(static_cast<int>(std::chrono::round<std::chrono::seconds>(ends[i] - ends[i - 1]).count()));
    }
    return seconds;
  };
  EXPECT_EQ(gaps(4min), (std::vector<int>{60, 60, 60}));
  lamp.power(250);
  EXPECT_EQ(gaps(2min), (std::vector<int>{20, 20, 20, 20, 20}));  // from the first poll that shows it
  lamp.power(0);
  const auto after = gaps(5min);
  EXPECT_EQ(after, (std::vector<int>{20, 20, 20, 60, 60, 60}));
}

}  // namespace
}  // namespace blupow::device
