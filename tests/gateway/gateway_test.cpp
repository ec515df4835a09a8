// The life of added devices: polls, events, log, recovery, slots, stop.
#include "gateway/gateway.hpp"

#include <gmock/gmock.h>

#include "gateway/rig.hpp"
#include "support/log_capture.hpp"

namespace blupow::gateway {
namespace {

using namespace std::chrono_literals;
using test::LogCapture;
using test::mac;
using test::Rig;
using test::solarModule;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Settings every(Duration interval) { return {.poll_interval = interval}; }

std::vector<StoredDevice> manyDevices(Rig& rig, int count) {
  std::vector<StoredDevice> devices;
  for (int number = 1; number <= count; ++number) devices.push_back(rig.known(solarModule(mac(number))));
  return devices;
}

// The longest time from one poll to the next, from the given time on.
Duration longestGap(const std::vector<TimePoint>& polls, TimePoint from, TimePoint to) {
  Duration longest{};
  TimePoint last = from;
  for (const TimePoint poll : polls) {
    if (poll < from) continue;
    longest = std::max(longest, poll - last);
    last = poll;
  }
  return std::max(longest, to - last);
}

TEST(GatewayTest, PollsAKnownDeviceAndTellsItsListenersInOrder) {
  Rig rig(every(5s));
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(3s);
  const std::string address = mac(1).text();
  EXPECT_EQ(rig.journal.entries.front(), "added " + address);
  ASSERT_TRUE(rig.journal.position("polled " + address));
  ASSERT_TRUE(rig.journal.position("online " + address));
  EXPECT_LT(*rig.journal.position("polled " + address), *rig.journal.position("online " + address));
  EXPECT_EQ(rig.journal.count("reason " + address + " connected"), 1U);
  EXPECT_EQ(std::get<std::int64_t>(rig.journal.readings.at("soc")), 80);
  EXPECT_DOUBLE_EQ(std::get<double>(rig.journal.readings.at("voltage")), 13.2);
  EXPECT_TRUE(rig.journal.settled[mac(1)]);
  rig.loop.advance(60s);
  EXPECT_GE(rig.journal.count("polled " + address), 12U);
  EXPECT_EQ(rig.journal.count("online " + address), 1U);
  EXPECT_EQ(rig.transport.module(mac(1)).connects, 1);
}

TEST(GatewayTest, KeepsTheBlocksThatAUnitHasAnswered) {
  Rig rig;
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(5s);
  ASSERT_EQ(rig.store.stored.size(), 1U);
  ASSERT_EQ(rig.store.stored[0].units.size(), 1U);
  EXPECT_THAT(rig.store.stored[0].units[0].answered_blocks, ElementsAre("live", "model"));
  const int saves = rig.store.saves;
  rig.loop.advance(10min);
  EXPECT_EQ(rig.store.saves, saves);
}

TEST(GatewayTest, ScansOnlyWhileADeviceIsNotConnected) {
  Rig rig;
  EXPECT_FALSE(rig.transport.scanning());
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  EXPECT_TRUE(rig.transport.scanning());
  rig.loop.advance(5s);
  EXPECT_FALSE(rig.transport.scanning());
  rig.transport.drop(mac(1));
  rig.loop.settle();
  EXPECT_TRUE(rig.transport.scanning());
  rig.loop.advance(60s);
  EXPECT_FALSE(rig.transport.scanning());
}

TEST(GatewayTest, SaysOneLineWhenADeviceGoesAndOneWhenItIsBack) {
  const LogCapture log;
  Rig rig(every(5s));
  StoredDevice device = rig.known(solarModule(mac(1)));
  device.name = "Garage";
  rig.gateway.start({device});
  rig.loop.advance(10min);
  EXPECT_THAT(log.linesOf("Garage"), ElementsAre("info: Garage (02:00:00:00:00:01): connected, test_solar SOLAR-40"));
  rig.transport.module(mac(1)).refuses = Failure{FailureKind::retry_now, "le-connection-abort-by-local"};
  rig.transport.drop(mac(1));
  rig.loop.advance(20min);
  rig.transport.module(mac(1)).refuses.reset();
  rig.loop.advance(6min);
  EXPECT_THAT(log.linesOf("Garage"),
              ElementsAre("info: Garage (02:00:00:00:00:01): connected, test_solar SOLAR-40",
                          "info: Garage (02:00:00:00:00:01): link lost: supervision timeout", "info: Garage (02:00:00:00:00:01): refuses connections",
                          "info: Garage (02:00:00:00:00:01): offline", "info: Garage (02:00:00:00:00:01): is back"));
}

TEST(GatewayTest, SaysOneLineWhenBluetoothGoesAndOneWhenItIsBack) {
  const LogCapture log;
  Rig rig(every(5s));
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(1min);
  rig.transport.radio({RadioState::no_daemon, "", ""});
  rig.loop.advance(5min);
  rig.transport.radio({RadioState::no_daemon, "", "asked again"});
  rig.loop.advance(5min);
  rig.transport.radio({RadioState::ready, "hci0", ""});
  rig.loop.advance(1min);
  EXPECT_THAT(log.lines(),
              ElementsAre("info: the Bluetooth adapter hci0 is ready", HasSubstr("connected, test_solar SOLAR-40"), HasSubstr("bluetoothd does not run"),
                          HasSubstr("SOLAR-40 0001 (02:00:00:00:00:01): bluetoothd not running"), HasSubstr("SOLAR-40 0001 (02:00:00:00:00:01): offline"),
                          "info: the Bluetooth adapter hci0 is ready", HasSubstr("SOLAR-40 0001 (02:00:00:00:00:01): is back")));
}

TEST(GatewayTest, TwentyDevicesAreReadBackSoonAfterTheAdapterWasAway) {
  Rig rig(every(30s));
  rig.gateway.start(manyDevices(rig, 20));
  rig.loop.advance(60s);
  EXPECT_EQ(rig.transport.linksUp(), 20U);
  rig.transport.radio({RadioState::adapter_off, "hci0", ""});
  rig.loop.advance(2min);
  EXPECT_EQ(rig.transport.linksUp(), 0U);
  const TimePoint back = rig.loop.now();
  rig.transport.radio({RadioState::ready, "hci0", ""});
  rig.loop.advance(60s);
  for (int number = 1; number <= 20; ++number) {
    EXPECT_GT(rig.journal.polls[mac(number)].back(), back) << number;
  }
  EXPECT_EQ(rig.transport.mostConnects(), 1);
}

TEST(GatewayTest, ADeviceThatHangsDoesNotKeepTheOthersFromTheirTurn) {
  Rig rig(every(30s));
  auto devices = manyDevices(rig, 20);
  rig.transport.module(mac(1)).hangs = true;
  rig.gateway.start(devices);
  rig.loop.advance(2min);
  EXPECT_EQ(rig.transport.linksUp(), 19U);
  EXPECT_EQ(rig.transport.mostConnects(), 1);
  rig.transport.module(mac(1)).hangs = false;
  EXPECT_TRUE(rig.runUntil(90s, [&] { return rig.transport.linksUp() == 20; }));
}

TEST(GatewayTest, EightDevicesOnFiveSlotsAreAllPolledInTheirInterval) {
  const LogCapture log;
  Rig rig(every(30s));
  rig.transport.slots = 5;
  rig.gateway.start(manyDevices(rig, 8));
  rig.loop.advance(2min);
  const TimePoint from = rig.loop.now();
  rig.loop.advance(10min);
  for (int number = 1; number <= 8; ++number) {
    EXPECT_LE(longestGap(rig.journal.polls[mac(number)], from, rig.loop.now()), 40s) << number;
    EXPECT_EQ(rig.journal.count("offline " + mac(number).text()), 0U);
    EXPECT_GE(rig.journal.polls[mac(number)].size(), 21U) << number;
  }
  EXPECT_LE(rig.transport.linksUp(), 5U);
  EXPECT_EQ(log.lines().size(), 9U) << "the adapter and eight times connected: to share slots is no failure";
  for (const DeviceSummary& device : rig.gateway.devices()) {
    EXPECT_TRUE(device.connection_reason == "connected" || device.connection_reason == "connecting") << device.connection_reason;
  }
}

TEST(GatewayTest, FullSlotsAreKnownByTheirEffectWhateverTheTextSays) {
  Rig rig(every(30s));
  rig.transport.slots = 5;
  rig.transport.full = {FailureKind::retry_now, "le-connection-abort-by-local"};
  rig.gateway.start(manyDevices(rig, 8));
  rig.loop.advance(5min);
  const TimePoint from = rig.loop.now();
  rig.loop.advance(5min);
  for (int number = 1; number <= 8; ++number) EXPECT_LE(longestGap(rig.journal.polls[mac(number)], from, rig.loop.now()), 60s) << number;
}

TEST(GatewayTest, ReadsAndReleasesWhenLinksAreNotToBeKept) {
  Rig rig({.poll_interval = 20s, .keep_connected = false});
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(130s);  // between two polls
  const auto& module = rig.transport.module(mac(1));
  EXPECT_GE(module.connects, 5);
  EXPECT_EQ(module.connects, module.disconnects);
  EXPECT_FALSE(module.up);
  EXPECT_EQ(rig.journal.count("offline " + mac(1).text()), 0U);
}

TEST(GatewayTest, TakesALinkOverThatADeadProcessLeftUp) {
  Rig rig(every(5s));
  auto module = solarModule(mac(1));
  module.foreign_link = true;
  rig.gateway.start({rig.known(module)});
  rig.loop.advance(3s);
  EXPECT_EQ(rig.journal.polls[mac(1)].size(), 1U);
  EXPECT_EQ(rig.transport.module(mac(1)).connects, 0);
}

// The name decides how words are read (a sign, tenths), and a device that is linked does not advertise.
TEST(GatewayTest, KnowsTheNameOfADeviceThatIsLinkedAndKeepsIt) {
  Rig rig(every(5s));
  auto module = solarModule(mac(1));
  module.foreign_link = true;
  auto known = rig.known(module);
  known.advertised_name = "of last year";
  rig.gateway.start({known});
  rig.loop.advance(3s);
  EXPECT_EQ(rig.store.stored.at(0).advertised_name, module.name);
}

TEST(GatewayTest, ADeviceOfAnUnknownTypeIsLeftAsItIsAndSaysSo) {
  const LogCapture log;
  Rig rig;
  const StoredDevice device{.address = mac(1), .type = "my_heater", .name = "Heater"};
  rig.gateway.start({device, rig.known(solarModule(mac(2)))});
  rig.loop.advance(5s);
  ASSERT_EQ(rig.gateway.devices().size(), 2U);
  EXPECT_EQ(rig.gateway.devices()[0].connection_reason, "unknown_type");
  EXPECT_EQ(rig.store.stored[0], device);
  EXPECT_EQ(log.linesOf("Heater").size(), 1U);
  const auto refreshed = rig.refresh(mac(1));
  ASSERT_FALSE(refreshed.has_value());
  EXPECT_EQ(refreshed.error().reason, Refusal::unknown_type);
  EXPECT_TRUE(rig.remove(mac(1)).has_value());
  EXPECT_EQ(rig.store.stored.size(), 1U);
}

TEST(GatewayTest, ADeviceOfTheOptionsIsRecognisedAndStored) {
  Rig rig({.devices = {{.address = mac(1), .name = "Roof"}}});
  rig.transport.add(solarModule(mac(1)));
  rig.gateway.start({});
  rig.loop.advance(5s);
  ASSERT_EQ(rig.store.stored.size(), 1U);
  EXPECT_EQ(rig.store.stored[0].type, "test_solar");
  EXPECT_TRUE(rig.store.stored[0].from_options);
  EXPECT_EQ(rig.journal.count("added " + mac(1).text()), 1U);
  EXPECT_GE(rig.journal.count("changed " + mac(1).text()), 1U);
  EXPECT_GE(rig.journal.count("polled " + mac(1).text()), 1U);
  const auto removed = rig.remove(mac(1));
  ASSERT_FALSE(removed.has_value());
  EXPECT_EQ(removed.error().reason, Refusal::not_allowed);
  EXPECT_THAT(removed.error().message, HasSubstr("'devices'"));
}

TEST(GatewayTest, ADeviceWhoseLineInTheOptionsIsGoneIsRemovedAtStart) {
  Rig rig;
  StoredDevice device = rig.known(solarModule(mac(1)));
  device.from_options = true;
  rig.gateway.start({device});
  rig.loop.advance(5s);
  EXPECT_THAT(rig.journal.entries, ElementsAre("removed " + mac(1).text()));
  EXPECT_EQ(rig.store.saves, 1);
  EXPECT_THAT(rig.store.stored, IsEmpty());
  EXPECT_EQ(rig.transport.linksAlive(), 0U);
}

TEST(GatewayTest, EachDeviceIsThereForWhoComesLate) {
  Rig rig;
  rig.gateway.start(manyDevices(rig, 3));
  rig.loop.advance(10s);
  int online = 0;
  rig.gateway.eachDevice([&](const Device& device) { online += device.units.at(0).online ? 1 : 0; });
  EXPECT_EQ(online, 3);
}

TEST(GatewayTest, StopEndsEveryLinkWithinThreeSecondsAndSaysOffline) {
  Rig rig;
  rig.gateway.start(manyDevices(rig, 20));
  rig.loop.advance(60s);
  bool stopped = false;
  rig.gateway.stop([&] { stopped = true; });
  EXPECT_FALSE(stopped);
  EXPECT_TRUE(rig.runUntil(3s, [&] { return stopped; }));
  EXPECT_EQ(rig.transport.linksUp(), 0U);
  EXPECT_EQ(rig.journal.count("offline " + mac(7).text()), 1U);
  EXPECT_EQ(rig.store.stored.size(), 20U);
  rig.loop.advance(5min);
  EXPECT_EQ(rig.transport.linksUp(), 0U);
}

TEST(GatewayTest, StopDoesNotWaitLongerForALinkThatDoesNotGoDown) {
  Rig rig;
  auto module = solarModule(mac(1));
  module.slow_down = true;
  rig.gateway.start({rig.known(module)});
  rig.loop.advance(5s);
  bool stopped = false;
  rig.gateway.stop([&] { stopped = true; });
  EXPECT_TRUE(rig.runUntil(3010ms, [&] { return stopped; }));
}

TEST(GatewayTest, StopOfAnEmptyGatewayIsAnsweredAtOnce) {
  Rig rig;
  rig.gateway.start({});
  bool stopped = false;
  rig.gateway.stop([&] { stopped = true; });
  EXPECT_FALSE(stopped);
  rig.loop.settle();
  EXPECT_TRUE(stopped);
}

TEST(GatewayTest, GoesAwayInTheMiddleOfEverythingWithoutATrace) {
  runtime::SimulatedLoop loop;
  const auto catalogue = test::testCatalogue();
  test::FakeTransport transport(loop);
  test::MemoryStore store(loop);
  transport.add(solarModule(mac(1)));
  transport.add(solarModule(mac(2)));
  auto gateway = std::make_unique<Gateway>(loop, transport, catalogue, store, Settings{.devices = {{.address = mac(1)}}});
  gateway->start({});
  gateway->add({.address = mac(2)}, [](const auto&) {});
  gateway->discover(5s, [](const auto&) {});
  loop.advance(1100ms);
  gateway.reset();
  EXPECT_EQ(transport.linksAlive(), 0U);
  EXPECT_FALSE(transport.scanning());
  loop.advance(1min);
}

}  // namespace
}  // namespace blupow::gateway
