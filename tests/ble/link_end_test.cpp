// The end of a link: lost, or disconnected by us.
#include "ble/link_fixture.hpp"

namespace blupow::ble::bluez {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto* kFailed = "org.bluez.Error.Failed";
constexpr auto* kNoReply = "org.freedesktop.DBus.Error.NoReply";

// ---- losing

TEST_F(LinkTest, ALinkThatEndsIsLostOnce) {
  ready();
  subscribed();
  bus.change(kDevice, {{"Connected", false}});
  bus.change(kDevice, {{"ServicesResolved", false}});
  EXPECT_THAT(seen.take(), ElementsAre("lost retry_now"));
  notify(kNotifyPath, {1});
  EXPECT_THAT(seen.take(), IsEmpty());
}

TEST_F(LinkTest, ALinkIsLostWithItsDeviceItsAdapterAndItsDaemon) {
  ready();
  subscribed();
  bus.listener->interfacesRemoved(kDevice, {"org.bluez.Device1"});
  EXPECT_THAT(seen.take(), ElementsAre("lost device_absent"));

  bus.listener->interfacesAdded(kDevice, device());
  subscribed();
  bus.change(kHci0, {{"Powered", false}}, "org.bluez.Adapter1");
  EXPECT_THAT(seen.take(), ElementsAre("lost adapter_gone"));

  bus.change(kHci0, {{"Powered", true}}, "org.bluez.Adapter1");
  bus.change(kDevice, {{"Connected", false}});
  subscribed();
  bus.listener->daemonChanged(false);
  EXPECT_THAT(seen.take(), ElementsAre("lost daemon_gone"));
  EXPECT_FALSE(link->up());
}

TEST_F(LinkTest, AStepFailsWhenTheRadioGoesAndAtOnceWhileItIsAway) {
  ready();
  connecting();
  bus.listener->busDown({"org.freedesktop.DBus.Error.Disconnected", "Connection reset by peer"});
  EXPECT_THAT(seen.take(), ElementsAre("failed daemon_gone"));
  bus.refuse("Connect", kNoReply, "Connection terminated");
  link->connect();
  loop.settle();
  EXPECT_THAT(seen.take(), ElementsAre("failed daemon_gone"));
  EXPECT_THAT(bus.open(), IsEmpty());
}

// ---- disconnect

TEST_F(LinkTest, DisconnectIsAnsweredWhenTheLinkIsDownAndItIsNotLost) {
  ready();
  subscribed();
  link->disconnect();
  bus.answer("Disconnect");
  EXPECT_THAT(seen.take(), IsEmpty());
  bus.change(kDevice, {{"Connected", false}});
  EXPECT_THAT(seen.take(), ElementsAre("down"));
}

TEST_F(LinkTest, DisconnectCancelsAPendingConnectAndWaitsForItsAnswer) {
  ready();
  connecting();
  link->disconnect();
  bus.answer("Disconnect");
  EXPECT_THAT(seen.take(), IsEmpty());
  bus.refuse("Connect", kFailed, "br-connection-canceled");
  EXPECT_THAT(seen.take(), ElementsAre("down"));
}

TEST_F(LinkTest, DisconnectIsAnsweredWithinFiveSecondsEvenWhenNobodyAnswers) {
  ready();
  subscribed();
  link->disconnect();
  loop.advance(5s);
  EXPECT_THAT(seen.take(), ElementsAre("down"));
}

TEST_F(LinkTest, IsNotUpWhileADisconnectMayStillEndIt) {
  ready();
  subscribed();
  EXPECT_TRUE(link->up());
  link->disconnect();
  loop.advance(5s);
  ASSERT_THAT(seen.take(), ElementsAre("down"));
  EXPECT_FALSE(link->up()) << "bluetoothd hangs, and ends the link when it wakes";
  bus.refuse("Disconnect", kNoReply, "Method call timed out");
  EXPECT_TRUE(link->up()) << "nobody ends it any more";
}

TEST_F(LinkTest, DisconnectIsAnsweredWithoutRadioAndWithoutDevice) {
  link->disconnect();
  loop.settle();
  EXPECT_THAT(seen.take(), ElementsAre("down"));
  ready();
  subscribed();
  link->disconnect();
  bus.listener->daemonChanged(false);
  EXPECT_THAT(seen.take(), ElementsAre("down"));
}

TEST_F(LinkTest, AConnectThatSucceedsAfterItWasGivenUpIsUndone) {
  ready();
  connecting();
  link->disconnect();
  loop.advance(5s);
  ASSERT_THAT(seen.take(), ElementsAre("down"));
  bus.refuse("Disconnect", kNoReply, "Method call timed out");
  bus.change(kDevice, {{"Connected", true}});
  bus.answer("Connect");
  EXPECT_THAT(bus.open(), ElementsAre("Disconnect"));
  EXPECT_THAT(seen.take(), IsEmpty());
}

TEST_F(LinkTest, DiscoveryGoesOnWhenALinkEndsWhileConnecting) {
  ready();
  central.scan(true);
  bus.answer("SetDiscoveryFilter");
  bus.answer("StartDiscovery");
  link->connect();
  link.reset();
  bus.answer("StopDiscovery");
  loop.settle();
  EXPECT_THAT(bus.open(), ElementsAre("SetDiscoveryFilter", "StartDiscovery"));
}

TEST_F(LinkTest, AnObserverMayEndTheLinkFromWithinEachCall) {
  seen.onSaid = [this](const std::string&) { link.reset(); };
  ready();
  link->connect();
  loop.settle();
  bus.refuse("Connect", kFailed, "Host is down");
  EXPECT_EQ(link, nullptr);
  link = central.link(kAddress, seen);
  link->disconnect();
  bus.answer("Disconnect");
  bus.answer("Disconnect");
  EXPECT_EQ(link, nullptr);
  bus.change(kDevice, {{"Connected", true}});
  link = central.link(kAddress, seen);
  link->connect();
  loop.settle();
  EXPECT_EQ(link, nullptr);
  EXPECT_THAT(seen.take(), ElementsAre("failed retry_later", "down", "connected"));
}

}  // namespace
}  // namespace blupow::ble::bluez
