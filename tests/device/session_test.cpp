// The way of a session, step by step, with a scripted or a simulated device.
#include <gtest/gtest.h>

#include "device/running.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;
using test::answerTo;
using test::Driver;
using test::kInverterId;
using test::known;
using test::Module;
using test::Peer;
using test::Running;
using test::whole;

TEST(Session, IsAbsentUntilTheRadioIsReady) {
  const auto all = test::catalogue();
  Driver driver(known(), all);
  driver.runFor(60s);
  EXPECT_EQ(driver.session().state(), State::absent);
  EXPECT_TRUE(driver.log.empty());
  driver.radio(RadioState::ready);
  EXPECT_EQ(driver.session().state(), State::waiting);
}

TEST(Session, GoesFromTheFirstAdvertisementToTheFirstSnapshot) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  EXPECT_EQ(run.driver.states(), (std::vector<State>{State::waiting, State::connecting, State::resolving, State::subscribing, State::polling, State::idle}));
  EXPECT_EQ(run.driver.written.size(), 5U);
  EXPECT_EQ(run.driver.session().readings(0).at("battery_soc"), whole(87));
  EXPECT_EQ(run.driver.session().readings(0).at("model"), profile::Value(std::string("RIV1230RCH-SPS")));
  EXPECT_TRUE(run.driver.last<action::UnitPolled>()->complete);
  EXPECT_TRUE(run.driver.session().online(0));
  EXPECT_EQ(run.driver.reasons(), (std::vector<ConnectionReason>{ConnectionReason::connected}));
  EXPECT_EQ(run.driver.session().unit(0).answered_blocks.size(), 5U);
  EXPECT_LT(run.driver.now() - TimePoint{}, 2s);
}

TEST(Session, DoesNotConnectWhatItDoesNotHear) {
  Running run;
  run.driver.advertises = false;
  run.driver.runFor(10min);
  EXPECT_EQ(run.driver.count<action::AskTurn>(), 0U);
  EXPECT_EQ(run.driver.reasons(), (std::vector<ConnectionReason>{ConnectionReason::not_heard}));
  EXPECT_EQ(run.driver.log.back().at - TimePoint{}, 20s);
}

TEST(Session, AsksOnlyWhatIsDueAtTheSecondPollAndLeavesNoGap) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  const TimePoint first = run.driver.now() - 5 * 20ms;
  run.driver.written.clear();
  run.driver.log.clear();
  ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.count<action::PollEnded>() == 1; }, 31s));
  EXPECT_EQ(run.driver.written.size(), 3U);
  EXPECT_EQ(run.driver.last<action::PollEnded>()->taken, 3 * 20ms);
  EXPECT_EQ(run.driver.now() - first, 30s + 3 * 20ms);
  EXPECT_EQ(run.driver.log.front().at - first, 30s);
}

TEST(Session, ReadsAnswersInSmallPieces) {
  Running run;
  run.module.piece = 20;
  ASSERT_TRUE(run.untilIdle());
  EXPECT_TRUE(run.driver.last<action::PollEnded>()->ok);
}

TEST(Session, FollowsAScriptWithALateAnswerThatIsTakenForNoOther) {
  SessionConfig config = known();
  profile::Profile family = test::inverter();
  family.blocks = {{"live", 4000, 10, profile::Interval::fast}, {"charging", 4327, 7, profile::Interval::fast}};
  family.answer_timeout = 3s;
  config.units[0].family = test::shared(family);
  config.poll_interval = 5s;
  Running run(config);
  Peer peer;
  run.driver.device = [&](const Bytes& request) { return peer.written(request); };
  std::vector<std::uint16_t> old(10, 0);
  old[5] = 999;  // 99.9 V: would be noticed
  std::vector<std::uint16_t> fresh(10, 0);
  fresh[5] = 130;
  const auto live = modbus::Request::read(kInverterId, 4000, 10);
  const auto charging = modbus::Request::read(kInverterId, 4327, 7);
  peer.expect(live).reply(answerTo(kInverterId, old)).after(5500ms).thenSilence();
  peer.expect(charging).reply(answerTo(kInverterId, std::vector<std::uint16_t>(7, 50))).after(20ms);
  peer.expect(charging).reply(answerTo(kInverterId, std::vector<std::uint16_t>(7, 51))).after(1s);
  peer.expect(charging).reply(answerTo(kInverterId, std::vector<std::uint16_t>(7, 52))).inPieces(4, 15ms);
  peer.expect(live).reply(answerTo(kInverterId, fresh));
  ASSERT_TRUE(run.driver.runUntil([&] { return peer.done(); }, 30s));
  run.driver.runFor(1s);
  EXPECT_EQ(run.driver.session().readings(0).at("battery_voltage"), profile::Value(13.0));
  EXPECT_EQ(run.driver.session().readings(0).at("battery_soc"), whole(52));
  EXPECT_EQ(run.driver.notes("implausible"), 0U);
}

TEST(Session, IdentifiesAFreshDeviceAndPollsIt) {
  Running run({}, test::controllerModule({17}));
  ASSERT_TRUE(run.untilIdle());
  EXPECT_EQ(run.driver.count<action::Identified>(), 2U);  // recognised; then the blocks that answered
  ASSERT_EQ(run.driver.session().unitCount(), 1U);
  EXPECT_EQ(run.driver.session().unit(0).id, 17);
  EXPECT_EQ(run.driver.session().unit(0).family->type, "renogy_controller");
  EXPECT_EQ(run.driver.session().readings(0).at("charging_status"), profile::Value(std::string("mppt")));
  EXPECT_LT(run.driver.now() - TimePoint{}, 15s);
}

TEST(Session, DropsAStrangerAndLeavesItAloneForLonger) {
  Module stranger = test::controllerModule({255});
  stranger.exceptions = true;
  stranger.blocks[255][12] = test::wordsOf("RBC50D1S-G1", 8);
  Running run({}, stranger);
  ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.count<action::NotIdentified>() == 1; }, 15s));
  EXPECT_EQ(run.driver.last<action::NotIdentified>()->failure.kind, FailureKind::rejected);
  EXPECT_EQ(run.driver.session().state(), State::backing_off);
  EXPECT_EQ(run.driver.count<action::Disconnect>(), 1U);
  run.driver.runFor(1h);
  EXPECT_LT(run.driver.count<action::Connect>(), 25U);
}

TEST(Session, PollsByConnectingWhenTheLinkIsNotToBeKept) {
  SessionConfig config = known();
  config.keep_connected = false;
  config.poll_interval = 20s;
  Running run(config);
  run.driver.runFor(95s);
  EXPECT_EQ(run.driver.count<action::PollEnded>(), 5U);
  EXPECT_EQ(run.driver.count<action::Connect>(), 5U);
  EXPECT_EQ(run.driver.count<action::Disconnect>(), 5U);
  EXPECT_EQ(run.driver.reasons(), (std::vector<ConnectionReason>{ConnectionReason::connected}));
  EXPECT_EQ(run.driver.session().state(), State::waiting);
}

TEST(Session, TriesAPresentLinkFirst) {
  Running run;
  run.driver.advertises = false;
  run.driver.send(event::Present{"BT-TH-1"});
  ASSERT_TRUE(run.untilIdle());
  EXPECT_EQ(run.driver.session().advertisedName(), "BT-TH-1");
  EXPECT_EQ(run.driver.count<action::Connect>(), 0U);
  EXPECT_EQ(run.driver.count<action::AskTurn>(), 0U);
  EXPECT_TRUE(run.driver.session().holdsLink());
}

TEST(Session, ConnectsAnewWhenAPresentLinkDoesNotAnswer) {
  Running run;
  bool dead = true;
  run.driver.disconnect = [&] {
    dead = false;
    return Driver::Reply{event::Down{}, 100ms};
  };
  run.driver.device = [&](const Bytes& request) { return dead ? std::vector<test::Notification>() : run.module(request); };
  run.driver.send(event::Present{});
  ASSERT_TRUE(run.untilIdle(20s));
  EXPECT_EQ(run.driver.count<action::Disconnect>(), 1U);
  EXPECT_EQ(run.driver.count<action::Connect>(), 1U);
  EXPECT_EQ(run.driver.written.size(), 1U + 5U);
}

TEST(Session, TriesALinkThatNobodySaidIsDown) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  run.driver.disconnect = [] { return std::nullopt; };
  run.driver.send(event::Release{run.driver.now() + 1s});
  run.driver.runFor(1s);
  ASSERT_TRUE(run.untilIdle(30s));
  EXPECT_EQ(run.driver.count<action::Connect>(), 1U);
}

TEST(Session, ADeadProcessesLinkDoesNotKeepADeviceFromBeingAddedIn25Seconds) {
  Running run({}, test::controllerModule({17}));
  bool dead = true;
  run.driver.disconnect = [&] {
    dead = false;
    return Driver::Reply{event::Down{}, 2s};
  };
  run.driver.device = [&](const Bytes& request) { return dead ? std::vector<test::Notification>() : run.module(request); };
  run.driver.send(event::Present{});
  ASSERT_TRUE(run.untilIdle(25s));
  EXPECT_EQ(run.driver.count<action::NotIdentified>(), 0U);
}

TEST(Session, LeavesThePresentLinkOfAnotherProgramAlone) {
  Running run;
  run.driver.advertises = false;
  run.driver.subscribe = [] { return Driver::Reply{event::Failed{{FailureKind::in_use, "Notify acquired"}}, 20ms}; };
  run.driver.send(event::Present{});
  run.driver.runFor(30s);
  EXPECT_EQ(run.driver.count<action::Disconnect>(), 0U);
  EXPECT_GT(run.driver.count<action::Subscribe>(), 1U);
  EXPECT_EQ(run.driver.session().reason(), ConnectionReason::used_by_another_program);
}

TEST(Session, ReleasesTheLinkAndTakesItBack) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  run.driver.send(event::Release{run.driver.now() + 15min});
  EXPECT_EQ(run.driver.session().reason(), ConnectionReason::handed_over);
  EXPECT_FALSE(run.driver.session().online(0));
  run.driver.runFor(1s);
  EXPECT_FALSE(run.driver.session().holdsLink());
  run.driver.runFor(14min);
  EXPECT_EQ(run.driver.count<action::Connect>(), 1U);
  EXPECT_EQ(run.driver.session().state(), State::released);
  run.driver.runFor(1min + 5s);
  EXPECT_TRUE(run.driver.session().online(0));
  run.driver.send(event::Release{run.driver.now() + 15min});
  run.driver.runFor(10s);
  run.driver.send(event::Resume{});
  ASSERT_TRUE(run.untilIdle());
  EXPECT_EQ(run.driver.session().reason(), ConnectionReason::connected);
}

TEST(Session, YieldsWhileIdleAndComesBackWhenDue) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  const TimePoint start = run.driver.now();
  run.driver.runFor(5s);
  run.driver.send(event::Yield{});
  EXPECT_EQ(run.driver.session().state(), State::waiting);
  run.driver.runFor(20s);
  EXPECT_EQ(run.driver.count<action::Connect>(), 1U);
  ASSERT_TRUE(run.untilIdle());
  EXPECT_LT(run.driver.now() - start, 33s);
  EXPECT_EQ(run.driver.reasons(), (std::vector<ConnectionReason>{ConnectionReason::connected}));
}

TEST(Session, DoesNotYieldInTheMiddleOfAPoll) {
  Running run;
  ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.session().state() == State::polling; }, 10s));
  run.driver.send(event::Yield{});
  EXPECT_EQ(run.driver.session().state(), State::polling);
}

TEST(Session, WaitsForASlotWithoutBackOff) {
  Running run;
  int full = 5;
  run.driver.connect = [&] {
    if (full-- > 0) return Driver::Reply{event::Failed{{FailureKind::no_slot, "le-connection-concurrent-connection-limit"}}, 50ms};
    return Driver::Reply{event::Connected{}, 600ms};
  };
  ASSERT_TRUE(run.untilIdle(10s));
  EXPECT_EQ(run.driver.count<action::Connect>(), 6U);
  EXPECT_EQ(run.driver.reasons(), (std::vector<ConnectionReason>{ConnectionReason::connected}));
}

TEST(Session, PollsAtOnceWhenAsked) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  run.driver.runFor(5s);
  run.driver.log.clear();
  run.driver.send(event::Refresh{});
  run.driver.send(event::Refresh{});
  ASSERT_TRUE(run.untilIdle(1s));
  EXPECT_EQ(run.driver.count<action::PollEnded>(), 1U);
}

TEST(Session, RecognisesAnewAndReadsEverythingAgain) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  run.driver.written.clear();
  run.driver.send(event::Identify{});
  ASSERT_TRUE(run.untilIdle(5s));
  EXPECT_EQ(run.driver.written.size(), 1U + 5U + 1U) << "recognised, read, and the first of the other ids";
  EXPECT_TRUE(run.driver.session().online(0));
  EXPECT_EQ(run.driver.count<action::Connect>(), 1U);
}

TEST(Session, FindsAUnitThatGotAnotherId) {
  SessionConfig config;
  config.units = {{.id = 16, .family = test::shared(test::controller()), .model = "RNG-CTRL-RVR40", .serial_number = "42"}};
  Running run(config, test::controllerModule({17}));
  ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.session().online(0); }, 2min));
  EXPECT_EQ(run.driver.session().unit(0).id, 17);
  EXPECT_EQ(run.driver.session().unit(0).serial_number, "42");
}

TEST(Session, StopsInOrderAndWithinThreeSecondsAlways) {
  Running run;
  ASSERT_TRUE(run.untilIdle());
  run.driver.send(event::Stop{});
  EXPECT_FALSE(run.driver.session().online(0));
  EXPECT_EQ(run.driver.count<action::Disconnect>(), 1U);
  EXPECT_TRUE(run.driver.session().holdsLink());
  run.driver.runFor(1s);
  EXPECT_FALSE(run.driver.session().holdsLink());

  Running hanging;
  ASSERT_TRUE(hanging.untilIdle());
  hanging.driver.disconnect = [] { return std::nullopt; };
  hanging.driver.send(event::Stop{});
  hanging.driver.runFor(3s);
  EXPECT_FALSE(hanging.driver.session().holdsLink());
}

TEST(Session, GivesBackTheTurnThatItNoLongerWants) {
  Running run;
  run.driver.turn = [] { return std::nullopt; };
  run.driver.runFor(1s);
  ASSERT_EQ(run.driver.count<action::AskTurn>(), 1U);
  run.driver.send(event::Release{run.driver.now() + 1min});
  EXPECT_EQ(run.driver.count<action::EndTurn>(), 1U);
  run.driver.send(event::Granted{});
  EXPECT_EQ(run.driver.count<action::Connect>(), 0U);
}

TEST(Session, EndsTheTurnWhenConnectedOrWhenTheFailedLinkIsDown) {
  Running run;
  ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.session().state() == State::resolving; }, 5s));
  EXPECT_EQ(run.driver.count<action::EndTurn>(), 1U);

  Running hanging;
  hanging.driver.connect = [] { return std::nullopt; };
  hanging.driver.disconnect = [] { return Driver::Reply{event::Down{}, 2s}; };
  ASSERT_TRUE(hanging.driver.runUntil([&] { return hanging.driver.count<action::Disconnect>() == 1; }, 21s));
  EXPECT_EQ(hanging.driver.count<action::EndTurn>(), 0U);
  hanging.driver.runFor(2s);
  EXPECT_EQ(hanging.driver.count<action::EndTurn>(), 1U);
}

TEST(Session, RepeatsARefusedWriteOnTheSameLink) {
  Running run;
  int refusals = 2;
  run.driver.write_failure = [&]() -> std::optional<Failure> {
    if (refusals-- > 0) return Failure{FailureKind::retry_now, "InProgress"};
    return std::nullopt;
  };
  ASSERT_TRUE(run.untilIdle());
  EXPECT_EQ(run.driver.written.size(), 5U + 2U);
  EXPECT_EQ(run.driver.count<action::Connect>(), 1U);
}

TEST(Session, ServesSeveralUnitsOfALink) {
  SessionConfig config;
  config.units = {{.id = 96, .family = test::shared(test::controller())}, {.id = 97, .family = test::shared(test::controller())}};
  Running run(config, test::controllerModule({96, 97}));
  ASSERT_TRUE(run.untilIdle());
  EXPECT_EQ(run.driver.count<action::UnitPolled>(), 2U);
  EXPECT_EQ(run.driver.session().unit(1).model, "RNG-CTRL-RVR40");
  run.module.blocks.erase(97);
  run.driver.runFor(4min);
  EXPECT_TRUE(run.driver.session().online(0));
  EXPECT_FALSE(run.driver.session().online(1));
  EXPECT_TRUE(run.driver.last<action::PollEnded>()->ok) << "of those that are not known to be silent";
  EXPECT_EQ(run.driver.count<action::Disconnect>(), 0U);
}

}  // namespace
}  // namespace blupow::device
