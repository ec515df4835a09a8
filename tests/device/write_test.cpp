// Settings: written once, read back, and what became of them said in a sentence.
#include <gtest/gtest.h>

#include <algorithm>

#include "device/lamp.hpp"
#include "device/running.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;
using test::kLampId;
using test::kLoad;
using test::Lamp;

struct Writing : testing::Test {
  explicit Writing(SessionConfig config = withLamp()) : run(std::move(config)) {
    run.driver.device = [this](const Bytes& request) { return lamp(request); };
  }
  static SessionConfig withLamp() {
    SessionConfig config;
    config.units = {{.id = kLampId, .family = test::shared(test::lamp()), .model = "RNG-CTRL-RVR40"}};
    return config;
  }
  void SetUp() override { ready(); }
  void ready() {
    ASSERT_TRUE(run.driver.runUntil([this] { return run.driver.count<action::PollEnded>() == 1; }, 20s));
    run.driver.runFor(10s);  // the history is read
    run.driver.log.clear();
    run.driver.written.clear();
  }
  void set(const std::string& key, const std::string& text) { run.driver.send(event::Set{++number, 0, key, text}); }
  std::string ended(Duration bound = 60s) {
    const auto over = [this] { return run.driver.last<action::WriteEnded>() && run.driver.last<action::WriteEnded>()->number == number; };
    EXPECT_TRUE(run.driver.runUntil(over, bound));
    return over() ? run.driver.last<action::WriteEnded>()->failure : "never ended";
  }
  std::string says(const std::string& key) { return std::get<std::string>(run.driver.session().readings(0).at(key)); }

  test::Running run;
  Lamp lamp;
  std::uint64_t number = 0;
};

TEST_F(Writing, ASettingIsWrittenAtOnceReadBackToldAndAnswered) {
  ASSERT_EQ(run.driver.session().state(), State::idle);
  const TimePoint before = run.driver.now();
  set("load_status", "on");
  EXPECT_EQ(ended(), "");
  EXPECT_EQ(run.driver.now() - before, 2 * 80ms);
  ASSERT_EQ(run.driver.written.size(), 2U);
  EXPECT_EQ(run.driver.written[0], modbus::encode(modbus::Request::writeOne(kLampId, kLoad, 1)));
  EXPECT_EQ(run.driver.written[1], modbus::encode(modbus::Request::read(kLampId, 0x0100, 34)));
  EXPECT_EQ(says("load_status"), "on");
  EXPECT_EQ(run.driver.count<action::UnitPolled>(), 1U);
  EXPECT_EQ(run.driver.count<action::PollEnded>(), 0U);  // it was no poll
  const auto at = [&](auto is) { return std::ranges::find_if(run.driver.log, [&](const auto& done) { return is(done.action); }) - run.driver.log.begin(); };
  EXPECT_LT(at([](const Action& action) { return std::holds_alternative<action::UnitPolled>(action); }),
            at([](const Action& action) { return std::holds_alternative<action::WriteEnded>(action); }));
  EXPECT_EQ(run.driver.session().state(), State::idle);
}

TEST_F(Writing, ANumberIsWrittenInItsUnit) {
  set("boost_voltage", "14.6");
  EXPECT_EQ(ended(), "");
  EXPECT_EQ(lamp.written, (std::vector<std::pair<std::uint16_t, std::uint16_t>>{{0xE008, 146}}));
  EXPECT_EQ(run.driver.session().readings(0).at("boost_voltage"), profile::Value(14.6));
}

TEST_F(Writing, AWriteDoesNotMoveThePolls) {
  ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.count<action::PollEnded>() == 1; }, 31s));
  const TimePoint poll = run.driver.now();
  run.driver.runFor(10s);
  set("load_status", "on");
  EXPECT_EQ(ended(), "");
  ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.count<action::PollEnded>() == 2; }, 31s));
  EXPECT_EQ(run.driver.now() - poll, 30s);
}

TEST_F(Writing, AWriteWaitsForTheRequestUnderWayAndGoesBeforeTheNext) {
  run.driver.send(event::Refresh{});
  ASSERT_EQ(run.driver.written.size(), 1U);
  run.driver.runFor(10ms);
  set("load_status", "on");
  EXPECT_EQ(run.driver.written.size(), 1U);
  EXPECT_EQ(ended(), "");
  ASSERT_GE(run.driver.written.size(), 3U);
  EXPECT_EQ(run.driver.written[1][1], 0x06);
  EXPECT_EQ(run.driver.count<action::PollEnded>(), 1U);
}

TEST_F(Writing, WhatCannotBeWrittenSendsNothing) {
  for (const auto& [key, text] :
       {std::pair{"load_status", "perhaps"}, {"boost_voltage", "99"}, {"boost_voltage", "high"}, {"battery_soc", "50"}, {"reset", "1"}}) {
    set(key, text);
    EXPECT_NE(ended(), "") << key;
  }
  run.driver.send(event::Set{++number, 1, "load_status", "on"});
  EXPECT_EQ(ended(), "there is no such unit");
  EXPECT_EQ(lamp.writes(), 0U);
  EXPECT_TRUE(run.driver.written.empty());
}

TEST_F(Writing, ARefusedWriteSaysWhy) {
  lamp.refuses = 7;
  set("boost_voltage", "14.6");
  EXPECT_EQ(ended(), "the device refuses it: read only (exception 7)");
  EXPECT_EQ(lamp.writes(), 1U);
  EXPECT_EQ(run.driver.session().readings(0).at("boost_voltage"), profile::Value(14.4));
}

TEST_F(Writing, AfterSilenceTheReadBackDecides) {
  lamp.silent_writes = 1;
  lamp.silent_ones_work = true;
  set("boost_voltage", "14.6");
  EXPECT_EQ(ended(), "");
  EXPECT_EQ(lamp.writes(), 1U);
  EXPECT_EQ(run.driver.session().readings(0).at("boost_voltage"), profile::Value(14.6));

  lamp.silent_writes = 1;
  lamp.silent_ones_work = false;
  set("boost_voltage", "14.8");
  EXPECT_EQ(ended(), "to the write came no answer and it still says 14.6 V");
  EXPECT_EQ(lamp.writes(), 2U);
}

TEST_F(Writing, ACorruptEchoIsJudgedByTheReadBack) {
  lamp.corrupt_echo = true;
  set("boost_voltage", "14.6");
  EXPECT_EQ(ended(), "");
  EXPECT_EQ(lamp.writes(), 1U);
}

TEST_F(Writing, AnEchoOfSomethingElseIsAFailureThatNamesIt) {
  lamp.other_echo = true;
  set("boost_voltage", "14.6");
  EXPECT_EQ(ended(), "the device confirmed something else (register 57353 = 146 instead of register 57352 = 146), though it says 14.6 V now");
  EXPECT_EQ(lamp.writes(), 1U);
}

TEST_F(Writing, AConfirmedWriteThatIsNotFollowedIsNoSuccess) {
  lamp.follows = false;
  set("boost_voltage", "14.6");
  EXPECT_EQ(ended(), "the device confirmed it and it still says 14.4 V");
  EXPECT_EQ(lamp.writes(), 1U);  // no setting of the charge is written twice
  EXPECT_EQ(run.driver.session().readings(0).at("boost_voltage"), profile::Value(14.4));
}

TEST_F(Writing, AnotherValueThanTheWantedOneIsNamed) {
  lamp.follows = false;
  lamp.module.blocks[kLampId][0xE001][7] = 140;
  set("boost_voltage", "14.6");
  EXPECT_EQ(ended(), "the device confirmed it and it says 14 V instead of 14.6 V");
}

TEST_F(Writing, TheLoadSwitchIsTriedAgainOnlyAfterAReadBackThatShowsTheOldValue) {
  lamp.deaf = 2;
  set("load_status", "on");
  EXPECT_EQ(ended(), "");
  EXPECT_EQ(lamp.writes(), 3U);
  std::vector<std::uint8_t> functions;
  for (const Bytes& request : run.driver.written) functions.push_back(request[1]);
  EXPECT_EQ(functions, (std::vector<std::uint8_t>{6, 3, 3, 6, 3, 3, 6, 3}));
  EXPECT_EQ(says("load_status"), "on");
}

TEST_F(Writing, TheLoadSwitchIsWrittenThreeTimesAtMost) {
  lamp.deaf = 100;
  set("load_status", "on");
  EXPECT_EQ(ended(), "the device confirmed it and it still says off");
  EXPECT_EQ(lamp.writes(), 3U);
}

TEST_F(Writing, ALoadThatDoesNotFollowSaysThatItsModeIsAnother) {
  lamp.module.blocks[kLampId][0xE001][0xE01D - 0xE001] = 0;
  run.driver.runFor(11min);  // read anew
  lamp.follows = false;
  set("load_status", "on");
  EXPECT_EQ(ended(), "the device confirmed it and it still says off; it follows only while load mode is manual, now it is street light");
}

TEST_F(Writing, WithoutAReadBackNothingIsSaidToBeDone) {
  lamp.module.silent = {0xE001};
  set("boost_voltage", "14.6");
  EXPECT_EQ(ended(), "written and confirmed, but it could not be read back: no answer");
  EXPECT_EQ(run.driver.session().readings(0).at("boost_voltage"), profile::Value(14.4));
}

TEST_F(Writing, SeveralAreDoneInOrderEachWithItsAnswer) {
  for (int i = 0; i < 17; ++i) set("boost_voltage", i % 2 == 0 ? "14.6" : "14.5");
  EXPECT_EQ(run.driver.count<action::WriteEnded>(), 0U);  // the first is under way, sixteen wait
  set("boost_voltage", "14.1");
  EXPECT_EQ(run.driver.last<action::WriteEnded>()->number, number);
  EXPECT_EQ(run.driver.last<action::WriteEnded>()->failure, "busy: 16 settings are waiting already");
  ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.count<action::WriteEnded>() == 18; }, 20s));
  EXPECT_EQ(lamp.writes(), 17U);
  std::uint64_t expected = 0;
  for (const auto& done : run.driver.log) {
    const auto* end = std::get_if<action::WriteEnded>(&done.action);
    if (!end || end->number == 18) continue;
    EXPECT_EQ(end->number, ++expected);
    EXPECT_EQ(end->failure, "");
  }
}

TEST_F(Writing, WhileHandedOverItIsBusy) {
  run.driver.send(event::Release{run.driver.now() + 1min});
  set("load_status", "on");
  EXPECT_EQ(ended(0s), "busy: Bluetooth is handed over");
  EXPECT_EQ(lamp.writes(), 0U);
}

TEST_F(Writing, WithoutALinkItFailsAtOnce) {
  run.driver.advertises = false;
  run.driver.loseLink();
  set("load_status", "on");
  EXPECT_EQ(ended(0s), "not connected (connecting)");
  run.driver.runFor(2min);
  set("load_status", "on");
  EXPECT_EQ(ended(0s), "not connected (not heard)");
  run.driver.radio(RadioState::adapter_off);
  set("load_status", "on");
  EXPECT_EQ(ended(0s), "not connected (adapter off)");
  EXPECT_EQ(lamp.writes(), 0U);
}

TEST_F(Writing, ALinkThatIsLostEndsWhatIsUnderWayAndWhatWaits) {
  set("boost_voltage", "14.6");
  set("load_status", "on");
  run.driver.runFor(10ms);
  run.driver.loseLink();
  EXPECT_EQ(run.driver.count<action::WriteEnded>(), 2U);
  EXPECT_EQ(ended(0s), "not connected (connecting)");
  ASSERT_TRUE(run.untilIdle(1min));
  run.driver.runFor(1min);
  EXPECT_EQ(lamp.writes(), 1U);  // never again
}

TEST_F(Writing, StopEndsWhatWaits) {
  set("boost_voltage", "14.6");
  set("load_status", "on");
  run.driver.send(event::Stop{});
  EXPECT_EQ(run.driver.count<action::WriteEnded>(), 2U);
  EXPECT_EQ(ended(0s), "the service stops");
}

TEST_F(Writing, ALinkWithASettingOnItsWayIsNotGivenAway) {
  set("boost_voltage", "14.6");
  run.driver.send(event::Yield{});
  EXPECT_EQ(ended(), "");
  lamp.follows = false;
  set("boost_voltage", "14.8");
  run.driver.runFor(500ms);  // between the two looks
  ASSERT_EQ(run.driver.session().state(), State::idle);
  run.driver.send(event::Yield{});
  EXPECT_EQ(run.driver.session().state(), State::idle);
  EXPECT_NE(ended(), "");
}

TEST_F(Writing, ARequestThatBlueZPutsOffIsNotAWriteSentTwice) {
  int refusals = 2;
  std::size_t sent = 0;
  run.driver.write_failure = [&]() -> std::optional<Failure> {
    if (refusals-- > 0) return Failure{FailureKind::retry_now, "InProgress"};
    ++sent;
    return std::nullopt;
  };
  set("boost_voltage", "14.6");
  EXPECT_EQ(ended(), "");
  EXPECT_EQ(lamp.writes(), 1U);
  EXPECT_EQ(sent, 2U);
}

struct WritingToALinkPerPoll : Writing {
  WritingToALinkPerPoll() : Writing(config()) {}
  static SessionConfig config() {
    SessionConfig config = withLamp();
    config.keep_connected = false;
    config.poll_interval = 10min;
    return config;
  }
};

TEST_F(WritingToALinkPerPoll, TheLinkIsMadeForIt) {
  ASSERT_EQ(run.driver.session().state(), State::waiting);
  ASSERT_FALSE(run.driver.session().holdsLink());
  lamp.deaf = 1;
  set("load_status", "on");
  EXPECT_EQ(ended(10s), "");
  EXPECT_TRUE(run.driver.runUntil([&] { return run.driver.session().state() == State::waiting; }, 10s));
  EXPECT_EQ(run.driver.count<action::Connect>(), 1U);
  EXPECT_EQ(lamp.writes(), 2U);
}

TEST_F(WritingToALinkPerPoll, ItIsGivenUpAfterTwentyFiveSeconds) {
  run.driver.connect = [] { return std::nullopt; };
  const TimePoint before = run.driver.now();
  set("load_status", "on");
  const std::string why = ended();
  EXPECT_LE(run.driver.now() - before, 25s);
  EXPECT_TRUE(why.starts_with("not connected") || why.starts_with("given up")) << why;
  EXPECT_EQ(lamp.writes(), 0U);
}

}  // namespace
}  // namespace blupow::device
