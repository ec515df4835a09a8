// The transport on a real bus against the simulated bluetoothd: the ordinary way, and what a link may meet.
#include "ble/bluez_fixture.hpp"

namespace blupow::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr auto* kFaultyConnect = R"({"do": "method", "name": "Connect", )";

class BluezLink : public BluezTest {
 protected:
  // Scans until the device is heard, then connects; the link's first word.
  std::string connect(std::chrono::milliseconds bound = kBound) {
    transport->scan(true);
    EXPECT_TRUE(untilHeard());
    link->connect();
    return next(bound);
  }
};

TEST_F(BluezLink, ReadsAModuleFromTheFirstAdvertisementToTheDisconnect) {
  simulate();
  openReady();
  EXPECT_EQ(transport->radio().adapter, "hci0");
  subscribe();
  EXPECT_EQ(seen.adverts.front().name, "BT-TH-B00E7B91");
  EXPECT_EQ(seen.adverts.front().services, std::vector<std::string>{kWriteService});
  EXPECT_TRUE(seen.adverts.front().rssi.has_value());
  EXPECT_THAT(read(), testing::StartsWith("received ff0302"));
  link->disconnect();
  EXPECT_EQ(next(5s), "down");
  EXPECT_FALSE(link->up());
}

TEST_F(BluezLink, NothingButOneWriteValueARequestGoesOverTheBusDuringAPoll) {
  simulate();
  openReady();
  subscribe();
  transport->scan(false);
  ASSERT_TRUE(until([&] { return simulator->tell(R"({"do": "list"})").contains(R"("discovering":false)"); }));
  simulator->tell(R"({"do": "counters", "reset": true})");
  for (int request = 0; request < 5; ++request) read();
  EXPECT_THAT(simulator->tell(R"({"do": "counters"})"), HasSubstr(R"("calls":{"org.bluez.GattCharacteristic1.WriteValue":5})"));
}

TEST_F(BluezLink, PicksTheCharacteristicInItsServiceWhereAnotherServiceHasTheSameUuid) {
  simulate(oneController(R"("duplicates": true)"));
  openReady();
  subscribe();
  EXPECT_THAT(read(), testing::StartsWith("received ff0302"));
}

TEST_F(BluezLink, UsesALinkThatIsUpAtTheStart) {
  simulate(oneController(R"("connected": true)"));
  openReady();
  EXPECT_TRUE(link->up());
  EXPECT_EQ(link->name(), "BT-TH-B00E7B91");
  subscribe();
  EXPECT_THAT(read(), testing::StartsWith("received ff0302"));
  EXPECT_THAT(simulator->tell(R"({"do": "counters"})"), Not(HasSubstr("Device1.Connect")));
}

TEST_F(BluezLink, ConnectsAgainAfterADisconnectWithTheSubscriptionThatBluetoothdKept) {
  simulate();
  openReady();
  for (int round = 0; round < 3; ++round) {
    subscribe();
    EXPECT_THAT(read(), testing::StartsWith("received ff0302"));
    link->disconnect();
    ASSERT_EQ(next(5s), "down");
  }
}

TEST_F(BluezLink, TellsThatTheLinkWasLost) {
  simulate();
  openReady();
  subscribe();
  simulator->tell(R"({"do": "drop", "device": "80:6F:B0:0E:7B:91"})");
  EXPECT_EQ(next(), "lost retry_now");
  subscribe();
  EXPECT_THAT(read(), testing::StartsWith("received ff0302"));
}

TEST_F(BluezLink, AConnectionThatDiesAtOnceFails) {
  simulate();
  openReady();
  simulator->tell(R"({"do": "die", "device": "80:6F:B0:0E:7B:91"})");
  if (connect() == "connected") {
    link->resolve({&kGatt, 1});
    EXPECT_EQ(next(), "failed retry_now");
  }
  subscribe();
}

TEST_F(BluezLink, AFailedConnectIsNamedAndTheNextOneWorks) {
  simulate();
  openReady();
  simulator->tell(std::string(kFaultyConnect) + R"("count": 1, "error": "org.bluez.Error.Failed", "text": "le-connection-abort-by-local"})");
  EXPECT_EQ(connect(), "failed retry_now");
  EXPECT_EQ(connect(), "connected");
}

TEST_F(BluezLink, AHangingConnectIsCancelledByDisconnect) {
  simulate(oneController());
  openReady();
  transport->scan(true);
  ASSERT_TRUE(untilHeard());
  simulator->tell(R"({"do": "silence", "device": "80:6F:B0:0E:7B:91"})");
  link->connect();
  EXPECT_EQ(next(500ms), "nothing");
  link->disconnect();
  EXPECT_EQ(next(5s), "down");
  simulator->tell(R"({"do": "silence", "device": "80:6F:B0:0E:7B:91", "on": false})");
  subscribe();
}

TEST_F(BluezLink, DisconnectIsAnsweredWhenConnectAndDisconnectBothHang) {
  simulate();
  openReady();
  simulator->tell(std::string(kFaultyConnect) + R"("hang": true, "count": 1})");
  simulator->tell(R"({"do": "method", "name": "Disconnect", "hang": true, "count": 1})");
  transport->scan(true);
  ASSERT_TRUE(untilHeard());
  link->connect();
  EXPECT_EQ(next(300ms), "nothing");
  link->disconnect();
  EXPECT_EQ(next(5s), "down");
  subscribe();
}

TEST_F(BluezLink, AFailedStartNotifyIsNamedAndTheNextOneWorks) {
  simulate();
  openReady();
  simulator->tell(R"({"do": "method", "name": "StartNotify", "count": 1, "error": "org.bluez.Error.Failed", "text": "Operation failed with ATT error: 0x0e"})");
  transport->scan(true);
  ASSERT_EQ(connect(), "connected");
  link->resolve({&kGatt, 1});
  ASSERT_EQ(next(), "resolved 0");
  link->subscribe();
  EXPECT_EQ(next(), "failed retry_later");
  link->subscribe();
  EXPECT_EQ(next(), "subscribed");
}

TEST_F(BluezLink, ACharacteristicThatAnotherProgramHoldsIsInUse) {
  simulate();
  openReady();
  simulator->tell(R"({"do": "method", "name": "StartNotify", "error": "org.bluez.Error.NotPermitted", "text": "Notify acquired"})");
  ASSERT_EQ(connect(), "connected");
  link->resolve({&kGatt, 1});
  ASSERT_EQ(next(), "resolved 0");
  link->subscribe();
  EXPECT_EQ(next(), "failed in_use");
}

TEST_F(BluezLink, AWriteThatIsInProgressIsRepeated) {
  simulate();
  openReady();
  subscribe();
  simulator->tell(R"({"do": "method", "name": "WriteValue", "count": 3, "error": "org.bluez.Error.InProgress", "text": "In Progress"})");
  EXPECT_THAT(read(), testing::StartsWith("received ff0302"));
}

TEST_F(BluezLink, AConnectThatStaysInProgressIsHelpedByOneRemoveDevice) {
  simulate();
  openReady();
  simulator->tell(std::string(kFaultyConnect) + R"("count": 2, "error": "org.bluez.Error.InProgress", "text": "Operation already in progress"})");
  EXPECT_EQ(connect(), "failed retry_later");
  EXPECT_EQ(connect(), "failed device_absent");
  EXPECT_EQ(connect(), "connected");
  EXPECT_THAT(simulator->tell(R"({"do": "counters"})"), HasSubstr(R"("org.bluez.Adapter1.RemoveDevice":1)"));
}

TEST_F(BluezLink, SaysWhenTheControllerCarriesNoMoreLinks) {
  simulate(R"({"adapters": [{"name": "hci0", "address": "00:1A:7D:DA:71:13", "max_links": 1}], "timing": {"advertise_ms": 50, "connect_ms": 60},
               "devices": [{"address": "D8:B6:73:BF:4F:75", "name": "BTRIC134000035", "connected": true, "units": [{"family": "inverter"}]},
                           {"address": "80:6F:B0:0E:7B:91", "name": "BT-TH-B00E7B91", "units": [{"family": "controller"}]}]})");
  openReady();
  EXPECT_EQ(connect(), "failed no_slot");
}

TEST_F(BluezLink, ADeviceObjectThatVanishesTakesTheLinkWithItAndComesBackWithTheNextAdvertisement) {
  simulate();
  openReady();
  subscribe();
  simulator->tell(R"({"do": "vanish", "device": "80:6F:B0:0E:7B:91"})");
  EXPECT_THAT(next(), testing::StartsWith("lost "));
  subscribe();
  EXPECT_THAT(read(), testing::StartsWith("received ff0302"));
}

}  // namespace
}  // namespace blupow::test
