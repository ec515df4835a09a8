// Banks of units: by the options, and by themselves.
#include "gateway/banks.hpp"

#include <gmock/gmock.h>

#include <utility>

#include "gateway/energy_house.hpp"

namespace blupow::gateway {
namespace {

using namespace std::chrono_literals;
using test::EnergyHouse;
using test::mac;
using test::Told;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

const test::Battery kFull{.current = -3.1, .power = -41.2, .remaining_ah = 97.2, .capacity_ah = 100, .soc = 97.2, .low_cell = 3.301, .high_cell = 3.305};
const test::Battery kHalf{.current = -2.2, .power = -29.1, .remaining_ah = 25.15, .capacity_ah = 50, .soc = 50.3, .low_cell = 3.29, .high_cell = 3.302};
const std::string kHub = "020000000001";

std::vector<std::string> slugs(const Gateway& gateway) {
  std::vector<std::string> found;
  gateway.eachBank([&](const Bank& bank) { found.push_back(bank.slug); });
  return found;
}

class BanksTest : public testing::Test {
 protected:
  const std::vector<Told>& told(const std::string& slug) { return house.journal.banks[slug]; }

  EnergyHouse house{{.poll_interval = 10s}};
};

TEST_F(BanksTest, TheBatteriesOfAHubAreABankByThemselves) {
  house.hub(1, {{48, kFull}, {49, kHalf}});
  house.start();
  house.run(5s);
  ASSERT_THAT(told(kHub), Not(IsEmpty()));
  EXPECT_THAT(told(kHub).back().readings, UnorderedElementsAre(Pair("count", profile::Value(std::int64_t{2})), Pair("current", profile::Value(-5.3)),
                                                               Pair("power", profile::Value(-70.3)), Pair("remaining_ah", profile::Value(122.35)),
                                                               Pair("capacity_ah", profile::Value(150.0)), Pair("soc", profile::Value(81.567)),
                                                               Pair("cell_voltage_spread", profile::Value(0.015)), Pair("soc_spread", profile::Value(46.9))));
  EXPECT_TRUE(told(kHub).back().online);
  house.gateway->eachBank([](const Bank& bank) { EXPECT_EQ(bank.name, "Shed bank"); });
}

TEST_F(BanksTest, OneBatteryIsNoBankAndOtherUnitsNeither) {
  house.hub(1, {{48, kFull}});
  house.meter(2);
  house.start();
  house.run(1min);
  EXPECT_THAT(house.journal.banks, IsEmpty());
  EXPECT_THAT(slugs(*house.gateway), IsEmpty());
}

TEST_F(BanksTest, IsToldAfterEachPollOfOneOfItsUnits) {
  house.hub(1, {{48, kFull}, {49, kHalf}});
  house.start();
  house.run(10min + 5s);
  const std::size_t polls = house.journal.units[mac(1).text() + "_48"].size() + house.journal.units[mac(1).text() + "_49"].size();
  EXPECT_GT(polls, 115U);
  EXPECT_GE(told(kHub).size(), polls) << "the very first one finds a bank of which not all is read";
  EXPECT_LE(told(kHub).size(), polls + 2);
}

TEST_F(BanksTest, TheOptionsNameUnitsOfSeveralLinksBesideTheHubsOwn) {
  house.hub(1, {{48, kFull}, {49, kHalf}});
  house.hub(2, {{1, kHalf}});
  house.settings.banks = {{.name = "House  Bank!", .members = {mac(1).text(), mac(2).text() + "_1", mac(2).text()}}};
  house.start();
  house.run(10s);
  EXPECT_THAT(slugs(*house.gateway), ElementsAre("house_bank", kHub));
  ASSERT_THAT(told("house_bank"), Not(IsEmpty()));
  const profile::Readings& readings = told("house_bank").back().readings;
  EXPECT_EQ(readings.at("count"), profile::Value(std::int64_t{2})) << "a unit that is named twice counts once";
  EXPECT_EQ(readings.at("remaining_ah"), profile::Value(122.35));
  EXPECT_THAT(told(kHub), Not(IsEmpty()));
}

TEST_F(BanksTest, IsOfflineWhileOneOfItsUnitsIs) {
  house.hub(1, {{48, kFull}, {49, kHalf}});
  house.start();
  house.run(10s);
  house.hubs[mac(1)].erase(49);
  house.run(2min);
  EXPECT_FALSE(told(kHub).back().online);
  EXPECT_EQ(told(kHub).back().readings.at("count"), profile::Value(std::int64_t{2}));
  house.hubs[mac(1)][49] = kHalf;
  house.run(2min);
  EXPECT_TRUE(told(kHub).back().online);
  EXPECT_THAT(house.journal.removed, IsEmpty());
}

TEST_F(BanksTest, WaitsForAUnitThatIsNotThereOrNotReadYet) {
  house.hub(1, {{48, kFull}, {49, kHalf}});
  house.settings.banks = {{.name = "east", .members = {mac(1).text(), mac(9).text()}}, {.name = "west", .members = {mac(1).text() + "_50"}}};
  house.hubs[mac(1)].erase(49);
  const TimePoint started = house.loop.now();
  house.start();
  house.run(5min);
  for (const std::string& slug : {std::string("east"), std::string("west"), kHub}) {
    ASSERT_EQ(told(slug).size(), 1U) << "that it is named: " << slug;
    EXPECT_EQ(told(slug)[0].at, started) << "before anything is read";
    EXPECT_THAT(told(slug)[0].readings, IsEmpty());
    EXPECT_FALSE(told(slug)[0].online);
  }
  EXPECT_THAT(slugs(*house.gateway), ElementsAre("east", "west", kHub));
  house.gateway->eachBank([](const Bank& bank) {
    EXPECT_FALSE(bank.online);
    EXPECT_THAT(bank.readings, IsEmpty());
  });
}

TEST_F(BanksTest, OfAHubIsCalledByTheModelOnceThatIsKnown) {
  const profile::ProfilePtr family = house.catalogue.find("test_battery");
  device::UnitIdentity first{.id = 48, .family = family, .known_as = 48};
  const device::UnitIdentity second{.id = 49, .family = family, .known_as = 49};
  const profile::Readings none;
  gateway::Device hub{.address = mac(1)};
  for (const device::UnitIdentity* unit : {&std::as_const(first), &second}) {
    hub.units.push_back({.address = mac(1), .identity = unit, .profile = family, .readings = &none});
  }
  struct Names final : gateway::Listener {
    void bankChanged(const Bank& bank) override { told.push_back(bank.name); }
    std::vector<std::string> told;
  } names;
  gateway::Subscribers<gateway::Listener> listeners;
  const auto subscription = listeners.add(names);
  gateway::Banks banks({}, listeners);
  banks.deviceChanged(hub);
  first.model = "LFP100";
  banks.deviceChanged(hub);
  banks.deviceChanged(hub);
  EXPECT_THAT(names.told, ElementsAre(family->name + " 0001 bank", "LFP100 0001 bank"));
}

TEST_F(BanksTest, GoesWithItsHubAndAnOptionsBankOnlyGoesOffline) {
  house.hub(1, {{48, kFull}, {49, kHalf}});
  house.settings.banks = {{.name = "house", .members = {mac(1).text(), mac(1).text() + "_49"}}};
  house.start();
  house.run(10s);
  ASSERT_TRUE(told("house").back().online);
  house.gateway->remove(mac(1), [](const auto&) {});
  house.run(15s);
  EXPECT_THAT(house.journal.removed, ElementsAre(kHub));
  EXPECT_FALSE(told("house").back().online);
  EXPECT_THAT(slugs(*house.gateway), ElementsAre("house"));
}

TEST_F(BanksTest, AHubWhoseLineInTheOptionsIsGoneTakesItsBankAlong) {
  house.hub(1, {{48, kFull}, {49, kHalf}});
  house.store.stored[0].from_options = true;
  house.start();
  house.run(1s);
  EXPECT_THAT(house.journal.removed, ElementsAre(kHub));
}

TEST_F(BanksTest, ASumIsMissingRatherThanPartial) {
  house.hub(1, {{48, kFull}, {49, kHalf}});
  house.meter(2);
  house.settings.banks = {{.name = "mixed", .members = {mac(1).text(), mac(2).text()}}};
  house.start();
  house.run(10s);
  const profile::Readings& readings = told("mixed").back().readings;
  EXPECT_EQ(readings.at("count"), profile::Value(std::int64_t{2}));
  EXPECT_EQ(readings.at("current"), profile::Value(-3.1)) << "the other unit has none to tell";
  EXPECT_EQ(readings.at("soc_spread"), profile::Value(0.0));
  EXPECT_FALSE(readings.contains("charge_energy"));
}

TEST_F(BanksTest, SlugsAreUniqueAndNeverEmpty) {
  house.settings.banks = {{.name = "Bank 1", .members = {mac(2).text()}},
                          {.name = "bank-1", .members = {mac(2).text()}},
                          {.name = "\xd0\x94\xd0\xbe\xd0\xbc", .members = {mac(0xAB).text()}}};
  house.start();
  EXPECT_THAT(slugs(*house.gateway), ElementsAre("bank_1", "bank_1_2", "0200000000AB"));
}

}  // namespace
}  // namespace blupow::gateway
