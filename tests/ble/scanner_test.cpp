#include <gmock/gmock.h>

#include "ble/central_fixture.hpp"

namespace blupow::ble::bluez {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

class ScannerTest : public CentralTest {
 protected:
  void scanning() {
    ready();
    central.scan(true);
    bus.answer("SetDiscoveryFilter");
    bus.answer("StartDiscovery");
    ASSERT_THAT(bus.open(), IsEmpty());
  }
};

TEST_F(ScannerTest, AsksForLowEnergyAndEachAdvertisementAndForNoUuid) {
  ready();
  central.scan(true);
  EXPECT_THAT(bus.open(), ElementsAre("SetDiscoveryFilter", "StartDiscovery"));
  bus.answer("SetDiscoveryFilter");
  EXPECT_EQ(bus.last.path, kHci0);
  EXPECT_EQ(std::get<Properties>(bus.last.arguments.at(0)), (Properties{{"Transport", std::string("le")}, {"DuplicateData", true}}));
}

TEST_F(ScannerTest, StartsWhenTheAdapterComesAndStopsWhenNotWantedAnyMore) {
  central.scan(true);
  EXPECT_THAT(bus.open(), IsEmpty());
  ready();
  EXPECT_TRUE(bus.answer("StartDiscovery"));
  central.scan(false);
  EXPECT_TRUE(bus.answer("StopDiscovery"));
}

TEST_F(ScannerTest, TakesInProgressForItsOwnSession) {
  ready();
  central.scan(true);
  bus.refuse("StartDiscovery", "org.bluez.Error.InProgress", "Operation already in progress");
  central.scan(false);
  EXPECT_TRUE(bus.answer("StopDiscovery"));
}

TEST_F(ScannerTest, TriesAgainWithBackOffWhenStartingFails) {
  ready();
  central.scan(true);
  bus.answer("SetDiscoveryFilter");
  bus.refuse("StartDiscovery", "org.bluez.Error.Failed", "Input/output error");
  loop.advance(999ms);
  EXPECT_THAT(bus.open(), IsEmpty());
  loop.advance(1ms);
  bus.refuse("StartDiscovery", "org.bluez.Error.Failed", "Input/output error");
  loop.advance(2s);
  EXPECT_TRUE(bus.answer("StartDiscovery"));
}

TEST_F(ScannerTest, StartsAnewAfterPowerOffAndOn) {
  scanning();
  bus.change(kHci0, {{"Powered", false}}, "org.bluez.Adapter1");
  EXPECT_THAT(bus.open(), IsEmpty()) << "nothing to stop: the session ended with the power";
  bus.change(kHci0, {{"Powered", true}}, "org.bluez.Adapter1");
  EXPECT_TRUE(bus.answer("StartDiscovery"));
}

TEST_F(ScannerTest, StartsAnewAfterARestartOfBluetoothdEvenWhenAnAnswerOfTheOldOneComesLate) {
  ready();
  central.scan(true);
  bus.listener->daemonChanged(false);
  bus.listener->daemonChanged(true);
  bus.fetched(world());
  bus.refuse("StartDiscovery", "org.freedesktop.DBus.Error.NoReply", "Message recipient disconnected from message bus without replying");
  EXPECT_TRUE(bus.answer("StartDiscovery"));
  loop.advance(30s);
  bus.answer("SetDiscoveryFilter");
  bus.answer("SetDiscoveryFilter");
  EXPECT_THAT(bus.open(), IsEmpty());
}

TEST_F(ScannerTest, StartsAnewWhenDiscoveringStaysOffInASessionThatRuns) {
  scanning();
  bus.change(kHci0, {{"Discovering", true}}, "org.bluez.Adapter1");
  bus.change(kHci0, {{"Discovering", false}}, "org.bluez.Adapter1");
  loop.advance(9s);
  bus.change(kHci0, {{"Discovering", true}}, "org.bluez.Adapter1");
  loop.advance(9s);
  EXPECT_THAT(bus.open(), IsEmpty());
  bus.change(kHci0, {{"Discovering", false}}, "org.bluez.Adapter1");
  loop.advance(10s);
  EXPECT_TRUE(bus.answer("StartDiscovery"));
}

TEST_F(ScannerTest, SaysThatAccessIsDeniedUntilStartingIsAllowed) {
  ready();
  central.scan(true);
  bus.refuse("StartDiscovery", "org.freedesktop.DBus.Error.AccessDenied", "not you");
  EXPECT_EQ(central.radio(), (RadioStatus{.state = RadioState::access_denied, .adapter = "hci0", .detail = "not you"}));
  loop.advance(1s);
  bus.answer("StartDiscovery");
  EXPECT_EQ(central.radio().state, RadioState::ready);
}

}  // namespace
}  // namespace blupow::ble::bluez
