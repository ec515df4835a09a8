// A link whose unit speaks unasked: recognised by its first frame, polled by its newest, never written to.
#include <gtest/gtest.h>

#include "device/running.hpp"
#include "device/shunt.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;

SessionConfig knownShunt() {
  SessionConfig config;
  config.units = {{.id = 255, .family = test::shared(test::shunt())}};
  return config;
}

struct Shunt {
  explicit Shunt(SessionConfig config = {})
      : all({test::shared(test::controller()), test::shared(test::inverter()), test::shared(test::shunt())}), driver(std::move(config), all) {
    driver.resolve = [this]() -> std::optional<test::Driver::Reply> {
      const auto& paths = driver.last<action::Resolve>()->paths;
      for (std::size_t i = 0; i < paths.size(); ++i) {
        if (paths[i].notify == "c411") return test::Driver::Reply{event::Resolved{has_modbus_too ? 0 : i}, 900ms};
      }
      return test::Driver::Reply{event::Failed{{FailureKind::retry_later, "no such characteristic"}}, 900ms};
    };
    driver.radio(RadioState::ready);
  }
  // Time passes, with a frame each second, in two halves.
  void run(Duration time) {
    for (const TimePoint until = driver.now() + time; driver.now() < until;) {
      driver.runFor(1s);
      if (speaks) frame();
    }
  }
  void frame() {
    if (!driver.up()) return;
    ++milliamperes;
    for (const Bytes& half : test::piecesOf(test::shuntFrame(milliamperes, millivolts), 55)) driver.send(event::Received{half});
  }
  bool runUntil(const std::function<bool()>& condition, Duration bound) {
    for (const TimePoint until = driver.now() + bound; driver.now() < until && !condition();) run(1s);
    return condition();
  }
  const profile::Value& says(const std::string& key) { return driver.session().readings(0).at(key); }

  profile::Catalogue all;
  test::Driver driver;
  bool speaks = true;
  bool has_modbus_too = false;
  std::int32_t milliamperes = 0;
  std::uint32_t millivolts = 13285;
};

TEST(Shunt, IsRecognisedByItsFirstFrame) {
  Shunt shunt;
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.count<action::PollEnded>() == 1; }, 15s));
  ASSERT_EQ(shunt.driver.session().unitCount(), 1U);
  EXPECT_EQ(shunt.driver.session().unit(0).family->type, "renogy_shunt");
  EXPECT_EQ(shunt.says("voltage"), profile::Value(13.285));
  EXPECT_EQ(shunt.says("soc"), profile::Value(96.5));
  EXPECT_EQ(shunt.says("temperature"), profile::Value(25.0));
  EXPECT_TRUE(shunt.driver.session().online(0));
  EXPECT_TRUE(shunt.driver.last<action::UnitPolled>()->complete);
  EXPECT_EQ(shunt.driver.session().unit(0).answered_blocks, (std::set<std::string>{"live"}));
  EXPECT_EQ(shunt.driver.reasons(), (std::vector<ConnectionReason>{ConnectionReason::connected}));
  EXPECT_TRUE(shunt.driver.written.empty());
}

TEST(Shunt, IsLookedForBeforeTheOthersWhoseCharacteristicsItHasToo) {
  Shunt shunt;
  shunt.has_modbus_too = true;
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.session().unitCount() == 1; }, 15s));
  EXPECT_EQ(shunt.driver.session().unit(0).family->type, "renogy_shunt");
  EXPECT_TRUE(shunt.driver.written.empty());
}

TEST(Shunt, IsToldAtThePollIntervalWithItsNewestFrame) {
  Shunt shunt(knownShunt());
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.session().state() == State::idle; }, 15s));
  shunt.driver.log.clear();
  shunt.run(5min);
  EXPECT_EQ(shunt.driver.count<action::UnitPolled>(), 10U);
  EXPECT_EQ(shunt.driver.count<action::PollEnded>(), 10U);
  EXPECT_TRUE(shunt.driver.last<action::PollEnded>()->ok);
  shunt.driver.send(event::Refresh{});
  EXPECT_EQ(shunt.says("current"), profile::Value(shunt.milliamperes / 1000.0));
  EXPECT_TRUE(shunt.driver.written.empty());
}

TEST(Shunt, ThatFallsSilentGetsANewLink) {
  Shunt shunt(knownShunt());
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.session().state() == State::idle; }, 15s));
  shunt.run(12s);
  shunt.speaks = false;
  const TimePoint silent = shunt.driver.now();
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.count<action::Disconnect>() == 1; }, 2min));
  EXPECT_LE(shunt.driver.now() - silent, 31s);
  EXPECT_EQ(shunt.driver.reasons().back(), ConnectionReason::no_answer);
  shunt.speaks = true;
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.reasons().back() == ConnectionReason::connected; }, 20s));
  EXPECT_TRUE(shunt.driver.session().online(0));
}

TEST(Shunt, OldWordsAreNotToldAsNew) {
  Shunt shunt(knownShunt());
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.session().state() == State::idle; }, 15s));
  shunt.run(10s);
  shunt.speaks = false;
  shunt.driver.log.clear();
  shunt.driver.runFor(12s);  // its last frame is older than that of a poll may be
  shunt.driver.send(event::Refresh{});
  EXPECT_EQ(shunt.driver.count<action::UnitPolled>(), 0U);
  EXPECT_EQ(shunt.driver.session().state(), State::polling);
  shunt.frame();
  EXPECT_EQ(shunt.driver.count<action::UnitPolled>(), 1U);
}

TEST(Shunt, FramesThatMakeNoSenseAreNotBelieved) {
  Shunt shunt(knownShunt());
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.session().state() == State::idle; }, 15s));
  shunt.millivolts = 200'000;
  shunt.run(1min);
  EXPECT_EQ(shunt.says("voltage"), profile::Value(13.285));
  EXPECT_EQ(shunt.driver.reasons().back(), ConnectionReason::corrupt_answers);
  EXPECT_GE(shunt.driver.notes("implausible"), 1U);
}

TEST(Shunt, WorksWithALinkPerPoll) {
  SessionConfig config = knownShunt();
  config.keep_connected = false;
  config.poll_interval = 20s;
  Shunt shunt(config);
  shunt.run(99s);
  EXPECT_EQ(shunt.driver.count<action::PollEnded>(), 5U);
  EXPECT_EQ(shunt.driver.count<action::Connect>(), 5U);
  EXPECT_EQ(shunt.driver.count<action::Disconnect>(), 5U);
  EXPECT_TRUE(shunt.driver.written.empty());
}

TEST(Shunt, ThatSaysNothingIsNotRecognised) {
  Shunt shunt;
  shunt.speaks = false;
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.count<action::NotIdentified>() == 1; }, 15s));
  EXPECT_EQ(shunt.driver.last<action::NotIdentified>()->failure.kind, FailureKind::retry_later);
  EXPECT_EQ(shunt.driver.session().unitCount(), 0U);
  EXPECT_EQ(shunt.driver.session().state(), State::backing_off);
}

TEST(Shunt, ThatWasConnectedAlreadyButIsSilentIsConnectedAnew) {
  Shunt shunt(knownShunt());
  shunt.speaks = false;
  shunt.driver.advertises = false;
  shunt.driver.send(event::Present{});
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.count<action::Disconnect>() == 1; }, 10s));
  shunt.driver.advertises = shunt.speaks = true;
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.session().state() == State::idle; }, 20s));
}

TEST(Shunt, TakesNoSettings) {
  Shunt shunt(knownShunt());
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.session().state() == State::idle; }, 15s));
  shunt.driver.send(event::Set{1, 0, "voltage", "12"});
  ASSERT_EQ(shunt.driver.count<action::WriteEnded>(), 1U);
  EXPECT_EQ(shunt.driver.last<action::WriteEnded>()->failure, "this device takes no settings");
  EXPECT_TRUE(shunt.driver.written.empty());
}

TEST(Shunt, AProbeWithoutItsTemperatureLeavesTheState) {
  Shunt shunt(knownShunt());
  ASSERT_TRUE(shunt.runUntil([&] { return shunt.driver.session().state() == State::idle; }, 15s));
  ASSERT_TRUE(shunt.driver.session().readings(0).contains("temperature"));
  shunt.speaks = false;
  Bytes bare = test::shuntFrame(5);
  bare[66] = 0x80;
  bare[67] = 0x00;
  shunt.driver.send(event::Refresh{});
  shunt.driver.send(event::Received{bare});
  EXPECT_FALSE(shunt.driver.session().readings(0).contains("temperature"));
  EXPECT_EQ(shunt.says("current"), profile::Value(0.005));
}

}  // namespace
}  // namespace blupow::device
