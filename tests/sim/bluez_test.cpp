// The simulator behaves as BlueZ 5.66 does, seen by an independent client.
#include <gtest/gtest.h>

#include "client.hpp"
#include "support/simulator.hpp"

namespace blupow::test {
namespace {

using namespace std::chrono_literals;

// The two usual devices with short times.
constexpr std::string_view kQuick = R"({
  "vanish_ms": 700, "adapter_delay_ms": 100, "power_delay_ms": 50,
  "timing": {"advertise_ms": 50, "connect_ms": 100, "resolve_ms": 100, "disconnect_ms": 200, "give_up_ms": 600},
  "devices": [
    {"address": "D8:B6:73:BF:4F:75", "name": "BTRIC134000035", "units": [{"family": "inverter", "static": true}]},
    {"address": "80:6F:B0:0E:7B:91", "name": "BT-TH-B00E7B91    ", "mtu": 247, "units": [{"static": true}]}
  ]})";

class SimulatedBluez : public testing::Test {
 protected:
  PrivateBus bus_;
  Simulator simulator_{bus_, kQuick};
  Client client_{bus_};
};

TEST_F(SimulatedBluez, ShowsDevicesOnlyWhileDiscoveringAndForgetsThemLater) {
  EXPECT_TRUE(client_.isTrue(kAdapter, "Powered"));
  EXPECT_FALSE(client_.known(kInverter));
  EXPECT_EQ(client_.adapter("StartDiscovery"), "");
  EXPECT_TRUE(client_.until([&] { return client_.known(kInverter) && client_.known(kController); }));
  EXPECT_TRUE(client_.has(kInverter, "RSSI"));
  EXPECT_EQ(client_.adapter("StopDiscovery"), "");
  EXPECT_TRUE(client_.until([&] { return !client_.has(kInverter, "RSSI"); }));
  EXPECT_TRUE(client_.until([&] { return !client_.known(kInverter) && !client_.known(kController); }));
  EXPECT_TRUE(client_.device(kInverter, "Connect").starts_with("org.freedesktop.DBus.Error.UnknownObject"));
}

TEST_F(SimulatedBluez, DiscoverySessionsBelongToClients) {
  EXPECT_EQ(client_.adapter("StopDiscovery"), "org.bluez.Error.Failed: No discovery started");
  EXPECT_EQ(client_.adapter("StartDiscovery"), "");
  EXPECT_EQ(client_.adapter("StartDiscovery"), "org.bluez.Error.InProgress: Operation already in progress");
  {
    Client other(bus_);
    EXPECT_EQ(other.adapter("StartDiscovery"), "");
    EXPECT_EQ(client_.adapter("StopDiscovery"), "");
    EXPECT_TRUE(other.isTrue(kAdapter, "Discovering"));
  }
  EXPECT_TRUE(client_.untilFalse(kAdapter, "Discovering")) << "the session of a client that left the bus goes on";
}

TEST_F(SimulatedBluez, TellsEveryAdvertisementWhenDuplicatesAreWanted) {
  EXPECT_EQ(client_.filter({{"Transport", sdbus::Variant(std::string("le"))}, {"DuplicateData", sdbus::Variant(true)}}), "");
  EXPECT_EQ(client_.adapter("StartDiscovery"), "");
  EXPECT_TRUE(client_.until([&] { return client_.changes(kInverter, "RSSI") >= 5 && client_.changes(kInverter, "ManufacturerData") >= 5; }));
}

TEST_F(SimulatedBluez, RefusesWhatNeedsAnAdapterThatIsOn) {
  ASSERT_TRUE(client_.connected(kInverter));
  EXPECT_EQ(client_.setPowered(false), "");
  EXPECT_TRUE(client_.untilFalse(kInverter, "Connected"));
  EXPECT_EQ(client_.adapter("StartDiscovery"), "org.bluez.Error.NotReady: Resource Not Ready");
  EXPECT_EQ(client_.device(kInverter, "Connect"), "org.bluez.Error.Failed: Input/output error");
  EXPECT_EQ(client_.write(kInverter, "00"), "org.bluez.Error.Failed: Not connected");
  EXPECT_EQ(client_.setPowered(true), "");
  EXPECT_TRUE(client_.connected(kInverter));
}

TEST_F(SimulatedBluez, MakesOneConnectionAtATime) {
  ASSERT_EQ(client_.adapter("StartDiscovery"), "");
  ASSERT_TRUE(client_.until([&] { return client_.known(kInverter) && client_.known(kController); }));
  client_.begin(kInverter, "org.bluez.Device1", "Connect");
  EXPECT_EQ(client_.device(kController, "Connect"), "org.bluez.Error.InProgress: In Progress");
  EXPECT_TRUE(client_.until([&] { return client_.answers(kInverter).size() == 1; }));
  EXPECT_EQ(client_.answers(kInverter).front(), "");
  EXPECT_EQ(client_.device(kInverter, "Connect"), "") << "connected already is a success";
  EXPECT_EQ(client_.device(kController, "Connect"), "");
}

TEST_F(SimulatedBluez, ConnectToASilentDeviceHangsAndIsGivenUp) {
  ASSERT_TRUE(client_.connected(kInverter));
  ASSERT_EQ(client_.device(kInverter, "Disconnect"), "");
  simulator_.tell(R"({"do":"silence","device":"D8:B6:73:BF:4F:75"})");
  EXPECT_EQ(client_.callWithin(300ms, kInverter, "org.bluez.Device1", "Connect"), "hangs");
  EXPECT_EQ(client_.device(kInverter, "Disconnect"), "");
  EXPECT_EQ(client_.device(kInverter, "Connect"), "org.bluez.Error.Failed: le-connection-abort-by-local");
}

TEST_F(SimulatedBluez, DisconnectCancelsAPendingConnect) {
  ASSERT_TRUE(client_.connected(kInverter));
  ASSERT_EQ(client_.device(kInverter, "Disconnect"), "");
  simulator_.tell(R"({"do":"silence","device":"D8:B6:73:BF:4F:75"})");
  client_.begin(kInverter, "org.bluez.Device1", "Connect");
  EXPECT_EQ(client_.device(kInverter, "Disconnect"), "");
  EXPECT_TRUE(client_.until([&] { return client_.answers(kInverter).size() == 1; }));
  EXPECT_EQ(client_.answers(kInverter).front(), "org.bluez.Error.Failed: br-connection-canceled");
}

TEST_F(SimulatedBluez, KeepsGattObjectsAfterADisconnectButNotTheLink) {
  ASSERT_TRUE(client_.subscribed(kInverter));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(client_.device(kInverter, "Disconnect"), "");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 190ms) << "BlueZ's own timer";
  EXPECT_TRUE(client_.untilFalse(kInverter, "ServicesResolved"));
  EXPECT_EQ(client_.write(kInverter, "2003100d000117b8"), "org.bluez.Error.Failed: Not connected");
  EXPECT_EQ(client_.characteristic(std::string(kInverter) + kAnswerPart, "StartNotify"), "org.bluez.Error.Failed: Not connected");
}

TEST_F(SimulatedBluez, SubscriptionsAndLinksOutliveNothingButTheirClient) {
  const std::string answer = std::string(kInverter) + kAnswerPart;
  {
    Client other(bus_);
    ASSERT_TRUE(other.subscribed(kInverter));
    EXPECT_TRUE(other.untilTrue(answer, "Notifying"));
    ASSERT_TRUE(client_.untilTrue(answer, "Notifying"));
  }
  EXPECT_TRUE(client_.untilFalse(answer, "Notifying")) << "the subscription goes with the client";
  EXPECT_TRUE(client_.isTrue(kInverter, "Connected")) << "the link stays";
  EXPECT_EQ(client_.characteristic(answer, "StartNotify"), "");
  EXPECT_EQ(client_.write(kInverter, "2003100d000117b8"), "");
  EXPECT_TRUE(client_.until([&] { return toHex(client_.received()) == "2003020020059b"; }));
}

TEST_F(SimulatedBluez, CutsAnswersAsTheMtuSays) {
  ASSERT_TRUE(client_.subscribed(kInverter));
  ASSERT_EQ(client_.write(kInverter, "20030fa0000ac04a"), "");
  ASSERT_TRUE(client_.until([&] { return client_.received().size() == 25; }));
  ASSERT_EQ(client_.notifications().size(), 2U);
  EXPECT_EQ(client_.notifications()[0].size(), 20U);
  client_.forgetNotifications();
  ASSERT_TRUE(client_.subscribed(kController));
  ASSERT_EQ(client_.write(kController, "ff0301000022d1f1"), "");
  ASSERT_TRUE(client_.until([&] { return client_.received().size() == 73; }));
  EXPECT_EQ(client_.notifications().size(), 1U);
}

TEST_F(SimulatedBluez, RemoveDeviceEndsItsLinkAndItsObjects) {
  ASSERT_TRUE(client_.connected(kInverter));
  const auto remove = [&] { return client_.call(kAdapter, "org.bluez.Adapter1", "RemoveDevice", sdbus::ObjectPath(kInverter)); };
  EXPECT_EQ(remove(), "");
  EXPECT_TRUE(client_.until([&] { return !client_.known(kInverter) && !client_.known(std::string(kInverter) + kAnswerPart); }));
  EXPECT_EQ(remove(), "org.bluez.Error.DoesNotExist: Does Not Exist");
  EXPECT_TRUE(client_.connected(kInverter)) << "the module advertises again";
}

TEST_F(SimulatedBluez, ComesBackAfterTheDeathOfTheBusWithNothingConnected) {
  ASSERT_TRUE(client_.connected(kInverter));
  bus_.stop();
  bus_.start();
  Client fresh(bus_);
  EXPECT_TRUE(fresh.until([&] { return fresh.fresh().empty() && fresh.isTrue(kAdapter, "Powered"); }));
  EXPECT_FALSE(fresh.known(kInverter));
  EXPECT_TRUE(fresh.connected(kInverter));
  simulator_.terminate();
}

}  // namespace
}  // namespace blupow::test
