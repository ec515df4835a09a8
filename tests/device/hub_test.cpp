// Several units behind one link: found, polled, lost, found again under another id, and never taken for one another.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "device/driver.hpp"
#include "device/hub.hpp"
#include "device/profiles.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;
using test::Driver;
using test::Module;

// A session with a hub; writes down when each unit was polled and whose value it showed then.
struct World {
  struct Told {
    TimePoint at;
    std::uint8_t id;
    std::string serial;
    profile::Value mark;
  };

  explicit World(SessionConfig config = {}, Module device = test::hubModule()) : module(std::move(device)), driver(std::move(config), all) {
    driver.device = [this](const Bytes& request) {
      asked.push_back({driver.now(), request[0]});
      return module(request);
    };
    driver.radio(RadioState::ready);
  }

  void run(Duration time) {
    const TimePoint until = driver.now() + time;
    while (driver.now() < until) {
      driver.runFor(100ms);
      for (; seen < driver.log.size(); ++seen) note(driver.log[seen]);
    }
  }
  bool runUntil(const std::function<bool()>& condition, Duration bound) {
    const TimePoint until = driver.now() + bound;
    while (!condition() && driver.now() < until) run(100ms);
    return condition();
  }
  void note(const Driver::Done& done) {
    const auto* polled = std::get_if<action::UnitPolled>(&done.action);
    if (polled == nullptr) return;
    const Session& session = driver.session();
    const UnitIdentity& identity = session.unit(polled->unit);
    const auto mark = session.readings(polled->unit).find("battery_voltage");
    if (mark == session.readings(polled->unit).end()) return;
    told[identity.known_as].push_back({done.at, identity.id, identity.serial_number, mark->second});
  }
  bool everyUnitOnline(std::size_t count) {
    const Session& session = driver.session();
    if (session.unitCount() != count) return false;
    for (std::size_t i = 0; i < count; ++i) {
      if (!session.online(i)) return false;
    }
    return true;
  }
  std::size_t indexOf(std::uint8_t known_as) {
    for (std::size_t i = 0; i < driver.session().unitCount(); ++i) {
      if (driver.session().unit(i).known_as == known_as) return i;
    }
    ADD_FAILURE() << "no unit " << int{known_as};
    return 0;
  }
  std::vector<UnitIdentity> identities() {
    std::vector<UnitIdentity> units;
    units.reserve(driver.session().unitCount());
    for (std::size_t i = 0; i < driver.session().unitCount(); ++i) units.push_back(driver.session().unit(i));
    return units;
  }
  std::set<int> idsAsked() const {
    std::set<int> ids;
    for (const auto& one : asked) ids.insert(one.second);
    return ids;
  }

  Module module;
  profile::Catalogue all = test::hubCatalogue();
  Driver driver;
  std::vector<std::pair<TimePoint, int>> asked;
  std::map<int, std::vector<Told>> told;  // by known_as
  std::size_t seen = 0;
};

SessionConfig every(Duration interval, std::vector<UnitIdentity> units = {}) {
  SessionConfig config;
  config.advertised_name = "BT-TH-B00E7B91    ";
  config.poll_interval = interval;
  config.units = std::move(units);
  return config;
}

const std::vector<int> kHub{32, 48, 49, 50, 51, 96, 97};

TEST(Hub, AnswersWithTheFirstUnitAndHasReadAllSevenWithin90Seconds) {
  for (const Duration interval : {5s, 10s, 30s, 3600s}) {
    for (const bool keep : {true, false}) {
      SCOPED_TRACE(inSeconds(interval));
      SessionConfig config = every(interval);
      config.keep_connected = keep;
      World world(config);
      ASSERT_TRUE(world.driver.runUntil([&] { return world.driver.count<action::UnitPolled>() > 0; }, 5s));
      EXPECT_EQ(world.driver.session().unitCount(), 1U);
      ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(7); }, 90s - (world.driver.now() - TimePoint{})));
      std::vector<int> ids;
      for (const UnitIdentity& unit : world.identities()) {
        ids.push_back(unit.id);
        EXPECT_EQ(unit.known_as, unit.id);
      }
      EXPECT_EQ(ids.front(), 48) << "the first unit stays the first";
      std::ranges::sort(ids);
      EXPECT_EQ(ids, kHub);
      world.run(5min);
      EXPECT_EQ(world.driver.session().unitCount(), 7U);
    }
  }
}

TEST(Hub, SaysOnceInWordsWhatItFound) {
  World world(every(10s));
  world.run(30min);
  EXPECT_EQ(world.driver.notes("found battery RBT100LFP12-BT at id 48; "), 1U);
  EXPECT_EQ(world.driver.notes("charge controller RNG-CTRL-RVR40 at id 97"), 1U);
}

TEST(Hub, KeepsTheRhythmOfThePollsWhileItLooksForUnits) {
  World world(every(10s));
  world.run(2min);
  std::vector<TimePoint> first;
  for (const auto& told : world.told[48]) first.push_back(told.at);
  ASSERT_GE(first.size(), 12U);
  for (std::size_t i = 2; i < first.size(); ++i) EXPECT_NEAR(inSeconds(first[i] - first[i - 1]), 10, 1.9);
}

TEST(Hub, IsAskedByKnownIdsOnlyAfterARestartAndHasAllStatesWithinAMinute) {
  World before(every(30s));
  ASSERT_TRUE(before.runUntil([&] { return before.everyUnitOnline(7); }, 90s));
  World world(every(30s, before.identities()));
  ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(7); }, 60s));
  EXPECT_LT(world.driver.now() - TimePoint{}, 15s);
  world.run(8min);
  EXPECT_EQ(world.idsAsked(), std::set<int>(kHub.begin(), kHub.end()));
}

TEST(Hub, FindsASingleDeviceThatAnswersItsOwnIdOnlyWithin15Seconds) {
  for (const std::uint8_t id : {std::uint8_t{17}, std::uint8_t{96}, std::uint8_t{97}}) {
    Module module;
    module.blocks = {{id, test::controllerRegisters(7, id, 131)}};
    World world(every(30s), module);
    ASSERT_TRUE(world.runUntil([&] { return world.driver.count<action::UnitPolled>() > 0; }, id == 17 ? 15s : 40s)) << int{id};
    EXPECT_EQ(world.driver.session().unit(0).id, id);
    world.run(10min);
    EXPECT_EQ(world.driver.session().unitCount(), 1U);
  }
}

TEST(Hub, TakesADeviceThatAnswersAnyIdAndItsOwnForOneUnit) {
  for (const std::uint8_t own : {std::uint8_t{17}, std::uint8_t{96}, std::uint8_t{48}, std::uint8_t{33}}) {
    Module module;
    module.blocks[255] = module.blocks[own] = own == 17 || own == 96 ? test::controllerRegisters(7, own, 131) : test::batteryRegisters("SN-A", 133);
    World world(every(30s), module);
    world.run(10min);
    ASSERT_EQ(world.driver.session().unitCount(), 1U) << int{own};
    EXPECT_TRUE(world.driver.session().online(0));
  }
}

TEST(Hub, AsksAUnitByItsOwnIdOnceThereAreOthers) {
  Module module;
  module.blocks[255] = module.blocks[97] = test::controllerRegisters(7, 97, 131);
  module.blocks[96] = test::chargerRegisters(8, 96, 132);
  World world(every(30s), module);
  ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(2) && world.driver.session().unit(0).id == 97; }, 90s));
  EXPECT_EQ(world.driver.session().unit(0).known_as, 255);
  EXPECT_EQ(world.driver.session().unit(1).id, 96);
}

TEST(Hub, TellsTwoControllersWithOneSerialNumberApartByTheirIds) {
  Module module;
  module.blocks = {{96, test::controllerRegisters(7, 96, 131)}, {97, test::controllerRegisters(7, 97, 132)}};
  World world(every(30s), module);
  ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(2); }, 120s));
}

TEST(Hub, DoesNotLookForOthersWhereTheNameTellsTheDevice) {
  SessionConfig config = every(30s);
  config.advertised_name = "RNGRBP1228000830";
  Module module;
  module.blocks = {{48, test::batteryRegisters("SN-A", 133)}};
  World world(config, module);
  world.run(2h);
  EXPECT_EQ(world.idsAsked(), std::set<int>{48});
  EXPECT_EQ(world.driver.notes("found battery RBT100LFP12-BT at id 48"), 1U);
}

TEST(Hub, ASilentUnitGoesOfflineAloneAndIsBackWithItsFirstAnswer) {
  World world(every(10s));
  ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(7); }, 90s));
  world.run(1min);
  const std::size_t gone = world.indexOf(49);
  const test::Registers registers = world.module.blocks.extract(49).mapped();
  const TimePoint since = world.driver.now();
  ASSERT_TRUE(world.runUntil([&] { return !world.driver.session().online(gone); }, 60s));
  world.run(10min);
  for (const int known_as : {32, 48, 50, 51, 96, 97}) {
    EXPECT_TRUE(world.driver.session().online(world.indexOf(static_cast<std::uint8_t>(known_as)))) << known_as;
    TimePoint last = since;
    for (const auto& told : world.told[known_as]) {
      if (told.at < since) continue;
      EXPECT_LE(told.at - last, 10s + 6s) << known_as;
      last = told.at;
    }
  }
  std::vector<TimePoint> asks;
  for (const auto& [at, id] : world.asked) {
    if (id == 49 && at > since) asks.push_back(at);
  }
  for (std::size_t i = 1; i < asks.size(); ++i) EXPECT_LE(asks[i] - asks[i - 1], 60s);
  EXPECT_LT(asks.size(), 40U);
  EXPECT_EQ(world.driver.count<action::Disconnect>(), 0U);
  world.module.blocks[49] = registers;
  EXPECT_TRUE(world.runUntil([&] { return world.driver.session().online(gone); }, 60s));
}

TEST(Hub, KnowsAUnitAgainThatGotAnotherId) {
  for (const Duration interval : {10s, 30s}) {
    for (const bool new_link : {true, false}) {
      World world(every(interval));
      ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(7); }, 90s));
      const std::size_t moved = world.indexOf(50);
      world.module.blocks[54] = world.module.blocks.extract(50).mapped();
      if (new_link) world.driver.loseLink();
      const TimePoint since = world.driver.now();
      ASSERT_TRUE(world.runUntil([&] { return world.driver.session().unit(moved).id == 54 && world.told[50].back().at > since; }, 3min));
      EXPECT_EQ(world.told[50].back().mark, profile::Value(13.5));
      EXPECT_EQ(world.driver.session().unit(moved).known_as, 50);
      EXPECT_EQ(world.driver.session().unitCount(), 7U);
      EXPECT_TRUE(world.driver.session().online(moved));
    }
  }
}

// Alone on its link: nobody else answers meanwhile.
TEST(Hub, KnowsASingleUnitAgainThatGotAnotherId) {
  for (const Duration interval : {5s, 10s, 30s}) {
    Module module;
    module.blocks = {{17, test::controllerRegisters(7, 17, 131)}};
    World world(every(interval), module);
    ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(1); }, 40s));
    world.run(interval);
    world.module.blocks = {{16, test::controllerRegisters(7, 16, 135)}};
    const TimePoint since = world.driver.now();
    EXPECT_TRUE(world.runUntil([&] { return world.driver.session().unit(0).id == 16 && world.told[17].back().at > since; }, 3min));
    EXPECT_EQ(world.told[17].back().mark, profile::Value(13.5));
    world.run(10min);
    EXPECT_EQ(world.driver.session().unitCount(), 1U);
    EXPECT_TRUE(world.everyUnitOnline(1));
  }
}

TEST(Hub, NeverTakesTwoBatteriesThatSwappedTheirIdsForOneAnother) {
  for (const bool by_restart : {true, false}) {
    World before(every(10s));
    ASSERT_TRUE(before.runUntil([&] { return before.everyUnitOnline(7); }, 90s));
    Module module = before.module;
    std::swap(module.blocks[49], module.blocks[51]);
    World after(every(10s, before.identities()), module);
    World& world = by_restart ? after : before;
    if (!by_restart) {
      world.driver.loseLink();
      world.module = module;
    }
    const TimePoint since = world.driver.now();
    const auto fresh = [&](int known_as) { return !world.told[known_as].empty() && world.told[known_as].back().at > since; };
    ASSERT_TRUE(world.runUntil([&] { return fresh(49) && fresh(51); }, 3min));
    EXPECT_EQ(world.driver.session().unit(world.indexOf(49)).id, 51);
    EXPECT_EQ(world.driver.session().unit(world.indexOf(51)).id, 49);
    EXPECT_EQ(world.driver.session().unitCount(), 7U);
    for (const auto& told : world.told[49]) EXPECT_EQ(told.mark, profile::Value(13.4));
    for (const auto& told : world.told[51]) EXPECT_EQ(told.mark, profile::Value(13.6));
  }
}

TEST(Hub, DoesNotPublishAStrangerAsTheUnitThatWasAtItsId) {
  World before(every(10s));
  ASSERT_TRUE(before.runUntil([&] { return before.everyUnitOnline(7); }, 90s));
  Module module = before.module;
  module.blocks[49] = test::batteryRegisters("SN-NEW", 140);
  World world(every(10s, before.identities()), module);
  ASSERT_TRUE(world.runUntil([&] { return world.driver.session().unitCount() == 8 && world.driver.session().online(7); }, 3min));
  EXPECT_TRUE(world.told[49].empty());
  EXPECT_EQ(world.driver.session().unit(7).id, 49);
  EXPECT_EQ(world.driver.session().unit(7).known_as, 254) << "49 is taken";
  EXPECT_EQ(world.driver.session().unit(7).serial_number, "SN-NEW");
  world.run(10min);
  EXPECT_TRUE(world.told[49].empty());
  EXPECT_FALSE(world.driver.session().online(world.indexOf(49)));
}

TEST(Hub, AddsAUnitThatAppearsLater) {
  World world(every(10s));
  ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(7); }, 90s));
  world.run(5min);
  world.module.blocks[52] = test::batteryRegisters("SN-E", 137);
  ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(8); }, 11min));
  EXPECT_EQ(world.driver.session().unit(7).known_as, 52);
}

TEST(Hub, ASwappedDeviceOnASingleLinkIsAnotherUnit) {
  SessionConfig config = every(10s, {{.id = 17, .family = test::shared(test::hubController()), .model = "RNG-CTRL-RVR40", .serial_number = "15010007"}});
  Module module;
  module.blocks = {{17, test::controllerRegisters(9, 17, 131)}};
  World world(config, module);
  ASSERT_TRUE(world.runUntil([&] { return world.driver.session().unitCount() == 2 && world.driver.session().online(1); }, 3min));
  EXPECT_TRUE(world.told[17].empty());
  EXPECT_EQ(world.driver.session().unit(1).serial_number, "15010009");
}

TEST(Hub, RecognisedAnewOnAPersonsWishTheOtherDeviceTakesThePlace) {
  SessionConfig config = every(10s, {{.id = 17, .family = test::shared(test::hubController()), .model = "RNG-CTRL-RVR40", .serial_number = "15010007"}});
  Module module;
  module.blocks = {{17, test::controllerRegisters(9, 17, 131)}};
  World world(config, module);
  world.driver.send(event::Identify{});
  ASSERT_TRUE(world.runUntil([&] { return world.driver.session().online(0); }, 60s));
  EXPECT_EQ(world.driver.session().unitCount(), 1U);
  EXPECT_EQ(world.driver.session().unit(0).serial_number, "15010009");
  EXPECT_EQ(world.driver.session().unit(0).known_as, 17);
}

TEST(Hub, RecognisedAnewKeepsWhatIsThereAndForgetsWhatIsNot) {
  World world(every(10s));
  ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(7); }, 90s));
  world.run(30s);
  std::swap(world.module.blocks[49], world.module.blocks[51]);
  world.module.blocks.erase(96);
  world.driver.send(event::Identify{});
  ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(6); }, 3min));
  EXPECT_EQ(world.driver.session().unit(0).known_as, 48);
  EXPECT_EQ(world.driver.session().unit(world.indexOf(49)).id, 51);
  EXPECT_EQ(world.driver.session().unit(world.indexOf(51)).id, 49);
}

TEST(Hub, ALinkWhoseUnitsAreAllSilentIsMadeAnew) {
  World world(every(10s));
  ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(7); }, 90s));
  world.module.lose = true;
  world.run(3min);
  EXPECT_GT(world.driver.count<action::Disconnect>(), 0U);
  EXPECT_EQ(world.driver.session().reason(), ConnectionReason::no_answer);
  world.module.lose = false;
  ASSERT_TRUE(world.runUntil([&] { return world.everyUnitOnline(7); }, 60s));
}

TEST(Hub, ADeviceThatMakesUpSerialNumbersDoesNotGrowForEver) {
  World world(every(10s));
  std::uint16_t serial = 0;
  world.driver.device = [&](const Bytes& request) {
    Module module;
    module.blocks[request[0]] = test::controllerRegisters(++serial, request[0], 131);
    return module(request);
  };
  for (int i = 0; i < 60; ++i) {
    world.run(1min);
    world.driver.loseLink();
  }
  EXPECT_LE(world.driver.session().unitCount(), 32U);
  EXPECT_GE(world.driver.notes("is left out: 32 are known"), 1U);
}

TEST(Hub, AStoredUnitWithoutANameIsKnownByItsId) {
  World world(every(10s, {{.id = 97, .family = test::shared(test::hubController())}}));
  EXPECT_EQ(world.driver.session().unit(0).known_as, 97);
}

TEST(Hub, RemembersCountsSoThatCountedFieldsAreThereWithTheFirstBlock) {
  World before(every(10s));
  ASSERT_TRUE(before.runUntil([&] { return before.everyUnitOnline(7); }, 90s));
  const auto& battery = before.driver.session().unit(before.indexOf(48));
  EXPECT_EQ(battery.counts.at("cell_count"), 4);
  EXPECT_TRUE(before.driver.session().readings(before.indexOf(48)).contains("cell_voltage_4"));
  EXPECT_EQ(before.driver.session().readings(before.indexOf(48)).at("power"), profile::Value(std::int64_t{13}));
}

}  // namespace
}  // namespace blupow::device
