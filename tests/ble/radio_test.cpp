// What the transport tells of the radio's condition and of advertisements.
#include <gmock/gmock.h>

#include "ble/central_fixture.hpp"

namespace blupow::ble::bluez {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

class RadioTest : public CentralTest {
 protected:
  // States told since the last look.
  std::vector<RadioState> told() {
    std::vector<RadioState> states;
    for (const auto& status : std::exchange(seen.radios, {})) states.push_back(status.state);
    return states;
  }
};

TEST_F(RadioTest, IsUnknownUntilBluetoothdHasAnswered) {
  EXPECT_EQ(central.radio().state, RadioState::unknown);
  bus.listener->busUp();
  EXPECT_EQ(central.radio().state, RadioState::unknown);
  bus.fetched(world());
  ASSERT_EQ(seen.radios.size(), 1U);
  EXPECT_EQ(seen.radios[0], (RadioStatus{.state = RadioState::ready, .adapter = "hci0"}));
}

TEST_F(RadioTest, SaysOnceThatTheBusIsAwayHoweverOftenItIsTried) {
  const BusError gone = {"System.Error.ECONNREFUSED", "Connection refused"};
  bus.listener->busDown(gone);
  bus.listener->busDown(gone);
  EXPECT_THAT(told(), ElementsAre(RadioState::no_bus));
  EXPECT_EQ(central.radio().detail, "Connection refused");
}

TEST_F(RadioTest, SaysThatAccessIsDeniedWhenTheBusRefusesUsOrTheDaemonIsForbidden) {
  bus.listener->busDown({"org.freedesktop.DBus.Error.AccessDenied", "no"});
  EXPECT_THAT(told(), ElementsAre(RadioState::access_denied));
  bus.listener->busUp();
  bus.fetched(std::unexpected(BusError{"org.freedesktop.DBus.Error.AccessDenied", "Rejected send message"}));
  EXPECT_EQ(central.radio(), (RadioStatus{.state = RadioState::access_denied, .detail = "Rejected send message"}));
}

TEST_F(RadioTest, AsksAgainWithBackOffWhenBluetoothdDoesNotAnswer) {
  bus.listener->busUp();
  bus.fetched(std::unexpected(BusError{"org.freedesktop.DBus.Error.ServiceUnknown", ""}));
  EXPECT_THAT(told(), ElementsAre(RadioState::no_daemon));
  loop.advance(500ms);
  EXPECT_TRUE(bus.fetched(std::unexpected(BusError{"org.freedesktop.DBus.Error.NoReply", "Method call timed out"})));
  EXPECT_EQ(central.radio().detail, "Method call timed out");
  loop.advance(900ms);
  EXPECT_THAT(bus.fetches, IsEmpty());
  loop.advance(100ms);
  EXPECT_TRUE(bus.fetched(world()));
  EXPECT_EQ(central.radio().state, RadioState::ready);
}

TEST_F(RadioTest, FollowsBluetoothdThroughARestart) {
  ready();
  bus.listener->daemonChanged(false);
  EXPECT_THAT(told(), ElementsAre(RadioState::no_daemon));
  bus.listener->daemonChanged(true);
  bus.fetched(Objects{});
  bus.listener->interfacesAdded(kHci0, adapter(false));
  bus.change(kHci0, {{"Powered", true}}, "org.bluez.Adapter1");
  EXPECT_THAT(told(), ElementsAre(RadioState::no_adapter, RadioState::adapter_off, RadioState::ready));
}

TEST_F(RadioTest, IgnoresAnAnswerFromBeforeTheRestart) {
  bus.listener->busUp();
  bus.listener->daemonChanged(false);
  bus.listener->daemonChanged(true);
  bus.fetched(world());
  EXPECT_EQ(central.radio().state, RadioState::no_daemon);
  bus.fetched(Objects{});
  EXPECT_EQ(central.radio().state, RadioState::no_adapter);
}

TEST_F(RadioTest, FollowsPowerRemovalAndReturnOfTheAdapter) {
  ready();
  bus.change(kHci0, {{"Powered", false}}, "org.bluez.Adapter1");
  bus.listener->interfacesRemoved(kHci0, {"org.bluez.Adapter1"});
  bus.listener->interfacesAdded("/org/bluez/hci1", adapter(true));
  EXPECT_THAT(told(), ElementsAre(RadioState::adapter_off, RadioState::no_adapter, RadioState::ready));
  EXPECT_EQ(central.radio().adapter, "hci1");
}

TEST_F(RadioTest, TellsEachAdvertisementWithTheNameCut) {
  ready();
  bus.change(kDevice, {{"RSSI", std::int64_t{-70}}});
  bus.change(kDevice, {{"RSSI", std::int64_t{-70}}});
  ASSERT_EQ(seen.adverts.size(), 2U);
  EXPECT_EQ(seen.adverts[0].address, kAddress);
  EXPECT_EQ(seen.adverts[0].name, "BT-TH-1");
  EXPECT_EQ(seen.adverts[0].adapter, "hci0");
  EXPECT_EQ(seen.adverts[0].rssi, -70);
  EXPECT_EQ(seen.adverts[0].heard, loop.now());
}

TEST_F(RadioTest, HearsWhatAnotherProgramsDiscoveryBroughtBeforeOurStartButNotWhatIsOnlyKnown) {
  bus.listener->busUp();
  bus.fetched(world({{"RSSI", std::int64_t{-50}}}));
  EXPECT_EQ(seen.adverts.size(), 1U);
  bus.listener->interfacesRemoved(kDevice, {"org.bluez.Device1"});
  bus.listener->interfacesAdded(kDevice, device());
  EXPECT_EQ(seen.adverts.size(), 1U) << "known from bluetoothd's store";
  bus.change(kDevice, {{"Connected", true}});
  EXPECT_EQ(seen.adverts.size(), 1U);
}

TEST_F(RadioTest, DoesNotHearDevicesOfAnotherAdapter) {
  auto objects = world();
  objects["/org/bluez/hci1"] = adapter(true, "00:AA:01:01:00:01");
  const std::string other = "/org/bluez/hci1/dev_C4_D3_6A_00_00_01";
  objects[other] = device({{"Adapter", std::string("/org/bluez/hci1")}});
  ready(objects);
  bus.change(other, {{"RSSI", std::int64_t{-30}}});
  EXPECT_THAT(seen.adverts, IsEmpty());
}

TEST_F(RadioTest, IsSilentOnceStopped) {
  ready();
  central.stop();
  EXPECT_TRUE(bus.stopped);
  EXPECT_THAT(told(), IsEmpty());
}

class NamedAdapterTest : public CentralTest {
 protected:
  NamedAdapterTest() : CentralTest("hci3") {}
};

TEST_F(NamedAdapterTest, SaysWhichAdapterIsMissing) {
  bus.listener->busUp();
  bus.fetched(world());
  EXPECT_EQ(central.radio(), (RadioStatus{.state = RadioState::no_adapter, .detail = "hci3 is not there"}));
}

}  // namespace
}  // namespace blupow::ble::bluez
