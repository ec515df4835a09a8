// What a session makes of blocks, links and radios that fail, and what it says is the reason.
#include <gtest/gtest.h>

#include "device/running.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;
using test::Driver;
using test::Running;
using test::whole;

TEST(SessionTrouble, LeavesABlockThatIsSilentNowOutAfterThreePollsForHalfAMinute) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  ASSERT_TRUE(run.driver.session().readings(0).contains("load_power"));
  run.module.silent = {4408};
  run.driver.runFor(60s + 10s);
  EXPECT_TRUE(run.driver.session().readings(0).contains("load_power"));
  run.driver.runFor(30s);
  EXPECT_FALSE(run.driver.session().readings(0).contains("load_power"));
  EXPECT_TRUE(run.driver.session().readings(0).contains("battery_soc"));
  EXPECT_EQ(run.driver.count<action::Disconnect>(), 0U);
  run.driver.written.clear();
  run.driver.runFor(20min);
  EXPECT_EQ(run.driver.written.size(), 40U * 2 + 20) << "every other poll without it";
  run.module.silent.clear();
  run.driver.runFor(60s + 10s);
  EXPECT_TRUE(run.driver.session().readings(0).contains("load_power"));
}

TEST(SessionTrouble, AsksABlockThatNeverAnsweredAgainAfterAnHour) {
  Running run;
  run.module.silent = {4408};
  run.driver.runFor(2min);
  run.module.silent.clear();
  run.driver.written.clear();
  run.driver.runFor(57min);
  EXPECT_EQ(run.driver.written.size(), 57U * 2 * 2);
  run.driver.runFor(4min);
  EXPECT_TRUE(run.driver.session().readings(0).contains("load_power"));
}

TEST(SessionTrouble, LeavesARejectedBlockOutAndReadsTheOthers) {
  Running run;
  run.module.exceptions = true;
  for (auto& [id, registers] : run.module.blocks) registers.erase(4000);
  run.driver.runFor(5min);
  EXPECT_FALSE(run.driver.session().readings(0).contains("input_voltage"));
  EXPECT_EQ(run.driver.session().readings(0).at("battery_soc"), whole(87));
  EXPECT_EQ(run.driver.written.size(), 5U + 3 + 3 + 7 * 2);
  EXPECT_FALSE(run.driver.session().unit(0).answered_blocks.contains("live"));
}

TEST(SessionTrouble, DropsImplausibleBlocksAndSaysSoOnce) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  for (auto& [id, registers] : run.module.blocks) registers[4327][0] = 24864;
  run.driver.runFor(45s);
  EXPECT_EQ(run.driver.session().readings(0).at("battery_soc"), whole(87));
  run.driver.runFor(10min);
  EXPECT_FALSE(run.driver.session().readings(0).contains("battery_soc"));
  EXPECT_TRUE(run.driver.session().readings(0).contains("load_power"));
  EXPECT_EQ(run.driver.notes("is implausible"), 1U);
  for (auto& [id, registers] : run.module.blocks) registers[4327][0] = 55;
  run.driver.runFor(31s);
  EXPECT_EQ(run.driver.session().readings(0).at("battery_soc"), whole(55));
  EXPECT_EQ(run.driver.notes("plausible again"), 1U);
}

TEST(SessionTrouble, NotesAnUnknownCodeOnceEach) {
  Running run({}, test::controllerModule({255}));
  run.module.blocks[255][256][32] = 77;
  run.driver.runFor(5min);
  EXPECT_EQ(run.driver.notes("charging_status code 77"), 1U);
  EXPECT_EQ(run.driver.session().readings(0).at("charging_status"), profile::Value(std::string("unknown")));
}

TEST(SessionTrouble, GoesOfflineOnlyWhenNothingWasAnsweredForLong) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  const TimePoint last = run.driver.now();
  run.module.lose = true;
  ASSERT_TRUE(run.driver.runUntil([&] { return !run.driver.session().online(0); }, 5min));
  EXPECT_LE(run.driver.now() - last, 90s);
  EXPECT_GT(run.driver.now() - last, 89s);
  EXPECT_EQ(run.driver.session().reason(), ConnectionReason::no_answer);
  EXPECT_TRUE(run.driver.session().readings(0).contains("battery_soc"));
}

TEST(SessionTrouble, SaysCorruptAnswers) {
  Running run;
  run.module.corrupt = true;
  run.driver.runFor(30s);
  EXPECT_EQ(run.driver.session().reason(), ConnectionReason::corrupt_answers);
  EXPECT_FALSE(run.driver.session().online(0));
}

TEST(SessionTrouble, AsksACorruptBlockOnceMoreInTheSamePoll) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  run.driver.written.clear();
  run.driver.device = [&](const Bytes& request) {
    auto answer = run.module(request);
    if (run.driver.written.size() == 1) answer[0].bytes = test::corrupted(answer[0].bytes);
    return answer;
  };
  run.driver.log.clear();
  ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.count<action::PollEnded>() == 1; }, 40s));
  EXPECT_EQ(run.driver.written.size(), 4U);
  EXPECT_EQ(run.driver.written[0], run.driver.written[1]);
  EXPECT_TRUE(run.driver.last<action::PollEnded>()->ok);
}

TEST(SessionTrouble, RetriesPassingTroubleAtOnceButNotForEver) {
  Running run;
  run.driver.connect = [] { return Driver::Reply{event::Failed{{FailureKind::retry_now, "le-connection-abort-by-local"}}, 50ms}; };
  run.driver.runFor(3s);
  EXPECT_EQ(run.driver.count<action::Connect>(), 4U);
  run.driver.runFor(10min);
  EXPECT_LT(run.driver.count<action::Connect>(), 70U);
}

TEST(SessionTrouble, KeepsAwayDuringTheLockoutHoweverLoudTheDeviceIs) {
  Running run;
  run.driver.connect = [] { return Driver::Reply{event::Failed{{FailureKind::retry_later, "refused"}}, 50ms}; };
  run.driver.runFor(10min);
  TimePoint failed = kNever;
  for (const auto& done : run.driver.log) {
    if (std::holds_alternative<action::Disconnect>(done.action)) failed = done.at;
    const bool again = std::holds_alternative<action::Connect>(done.action) && failed != kNever;
    EXPECT_TRUE(!again || done.at - failed >= 3s);
  }
  EXPECT_EQ(run.driver.session().reason(), ConnectionReason::refuses_connections);
}

TEST(SessionTrouble, SaysWeakSignalWhenThatMayBeWhy) {
  Running run;
  run.driver.rssi = -95;
  run.driver.connect = [] { return std::nullopt; };
  run.driver.runFor(30s);
  EXPECT_EQ(run.driver.session().reason(), ConnectionReason::weak_signal);
}

TEST(SessionTrouble, SaysNotHeardAMinuteAfterALostLink) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  run.driver.advertises = false;
  run.driver.loseLink();
  EXPECT_EQ(run.driver.session().reason(), ConnectionReason::connecting);
  run.driver.runFor(59s);
  EXPECT_EQ(run.driver.session().reason(), ConnectionReason::connecting);
  run.driver.runFor(2s);
  EXPECT_EQ(run.driver.session().reason(), ConnectionReason::not_heard);
  run.driver.advertises = true;
  ASSERT_TRUE(run.untilIdle());
  EXPECT_EQ(run.driver.session().reason(), ConnectionReason::connected);
}

TEST(SessionTrouble, SaysWhatTheRadioLacks) {
  Running run;
  const std::vector<std::pair<RadioState, ConnectionReason>> cases{{RadioState::no_bus, ConnectionReason::bluetoothd_not_running},
                                                                   {RadioState::no_daemon, ConnectionReason::bluetoothd_not_running},
                                                                   {RadioState::access_denied, ConnectionReason::access_denied},
                                                                   {RadioState::no_adapter, ConnectionReason::adapter_missing},
                                                                   {RadioState::adapter_off, ConnectionReason::adapter_off}};
  for (const auto& [state, reason] : cases) {
    run.driver.radio(state);
    EXPECT_EQ(run.driver.session().reason(), reason);
    EXPECT_EQ(run.driver.session().state(), State::absent);
    run.driver.radio(RadioState::ready);
    EXPECT_EQ(run.driver.session().reason(), ConnectionReason::connecting);
  }
}

TEST(SessionTrouble, TriesAgainWithin20SecondsWhenOnlyAStepSaidThatTheRadioIsGone) {
  Running run;
  const std::vector<std::pair<FailureKind, ConnectionReason>> cases{{FailureKind::adapter_gone, ConnectionReason::adapter_off},
                                                                    {FailureKind::daemon_gone, ConnectionReason::bluetoothd_not_running},
                                                                    {FailureKind::access_denied, ConnectionReason::access_denied}};
  for (const auto& [kind, reason] : cases) {
    run.driver.connect = [kind = kind] { return Driver::Reply{event::Failed{{kind, "gone"}}, 50ms}; };
    ASSERT_TRUE(run.driver.runUntil([&, wanted = reason] { return run.driver.session().reason() == wanted; }, 40s));
    EXPECT_EQ(run.driver.session().state(), State::absent);
    ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.session().state() == State::connecting; }, 20s));
  }
}

}  // namespace
}  // namespace blupow::device
