// The steps of a link against a bus made of memory: every answer, and every answer that does not come.
#include <gmock/gmock.h>

#include "ble/central_fixture.hpp"

namespace blupow::ble::bluez {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto* kFailed = "org.bluez.Error.Failed";
constexpr auto* kInProgress = "org.bluez.Error.InProgress";
constexpr auto* kNoReply = "org.freedesktop.DBus.Error.NoReply";

class LinkTest : public CentralTest {
 protected:
  LinkTest() : link(central.link(kAddress, seen)) {}

  void connecting() {
    link->connect();
    loop.settle();
    ASSERT_THAT(bus.open(), ElementsAre("Connect"));
  }
  void connected() {
    connecting();
    bus.change(kDevice, {{"Connected", true}});
    bus.answer("Connect");
    ASSERT_THAT(seen.take(), ElementsAre("connected"));
  }
  void resolved() {
    connected();
    resolve();
    bus.change(kDevice, {{"ServicesResolved", true}});
    ASSERT_THAT(seen.take(), ElementsAre("resolved 0"));
  }
  void subscribed() {
    resolved();
    link->subscribe();
    bus.answer("StartNotify");
    ASSERT_THAT(seen.take(), ElementsAre("subscribed"));
  }
  void resolve(const GattPath& path = kGatt) {
    link->resolve({&path, 1});
    loop.settle();
  }
  void notify(const std::string& path, Bytes bytes) { bus.change(path, {{"Value", std::move(bytes)}}, "org.bluez.GattCharacteristic1"); }

  std::unique_ptr<Link> link;
};

TEST_F(LinkTest, APollOnAHeldLinkIsOneWriteValueARequestAndNothingElse) {
  ready();
  subscribed();
  for (std::uint8_t request = 1; request <= 3; ++request) {
    link->write(Bytes{request});
    EXPECT_THAT(bus.open(), ElementsAre("WriteValue"));
    bus.answer("WriteValue");
    EXPECT_EQ(bus.last.path, kWritePath);
    EXPECT_EQ(std::get<Bytes>(bus.last.arguments.at(0)), Bytes{request});
    EXPECT_EQ(std::get<Properties>(bus.last.arguments.at(1)), (Properties{{"type", std::string("command")}}));
    notify(kNotifyPath, {0xAB, request});
    EXPECT_THAT(seen.take(), ElementsAre("written", "received " + toHex(Bytes{0xAB, request})));
  }
  EXPECT_THAT(bus.open(), IsEmpty());
}

TEST_F(LinkTest, OnlyTheResolvedCharacteristicIsHeard) {
  ready();
  subscribed();
  notify(kWritePath, {1});
  EXPECT_THAT(seen.take(), IsEmpty());
}

// ---- connect

TEST_F(LinkTest, ConnectStopsOurDiscoveryFirstWaitsForTheReplyAndResumesIt) {
  ready();
  central.scan(true);
  bus.answer("SetDiscoveryFilter");
  bus.answer("StartDiscovery");
  link->connect();
  loop.settle();
  EXPECT_THAT(bus.open(), ElementsAre("StopDiscovery"));
  bus.answer("StopDiscovery");
  loop.settle();
  EXPECT_THAT(bus.open(), ElementsAre("Connect"));
  bus.change(kDevice, {{"Connected", true}});
  EXPECT_THAT(seen.take(), IsEmpty()) << "Connect is not answered yet";
  bus.answer("Connect");
  EXPECT_THAT(seen.take(), ElementsAre("connected"));
  EXPECT_THAT(bus.open(), ElementsAre("SetDiscoveryFilter", "StartDiscovery"));
}

TEST_F(LinkTest, ConnectGoesOnWhenStoppingDiscoveryFails) {
  ready();
  central.scan(true);
  link->connect();
  bus.answer("SetDiscoveryFilter");
  bus.answer("StartDiscovery");
  bus.refuse("StopDiscovery", kFailed, "No discovery started");
  loop.settle();
  EXPECT_THAT(bus.open(), ElementsAre("Connect"));
}

TEST_F(LinkTest, ConnectsWithDiscoveryOnWhenTheObjectVanishesWithTheDiscovery) {
  ready();
  central.scan(true);
  bus.answer("SetDiscoveryFilter");
  bus.answer("StartDiscovery");
  link->connect();
  bus.listener->interfacesRemoved(kDevice, {"org.bluez.Device1"});
  bus.answer("StopDiscovery");
  loop.settle();
  bus.answer("SetDiscoveryFilter");
  bus.answer("StartDiscovery");
  EXPECT_THAT(bus.open(), IsEmpty());
  bus.listener->interfacesAdded(kDevice, device({{"RSSI", std::int64_t{-60}}}));
  EXPECT_THAT(bus.open(), ElementsAre("Connect")) << "no StopDiscovery before it";
}

TEST_F(LinkTest, ADeviceThatDoesNotComeBackIsAbsent) {
  ready();
  link->connect();
  bus.listener->interfacesRemoved(kDevice, {"org.bluez.Device1"});
  loop.settle();
  loop.advance(10s);
  EXPECT_THAT(seen.take(), ElementsAre("failed device_absent"));
}

TEST_F(LinkTest, ADeviceWithoutAnObjectIsAbsent) {
  ready({{kHci0, adapter(true)}});
  link->connect();
  EXPECT_THAT(seen.take(), IsEmpty()) << "never inside the call";
  loop.settle();
  EXPECT_THAT(seen.take(), ElementsAre("failed device_absent"));
}

TEST_F(LinkTest, ALinkThatIsUpAtStartIsTakenOverWithoutACall) {
  ready(world({{"Connected", true}, {"ServicesResolved", true}}));
  EXPECT_TRUE(link->up());
  link->connect();
  loop.settle();
  EXPECT_THAT(seen.take(), ElementsAre("connected"));
  resolve();
  EXPECT_THAT(seen.take(), ElementsAre("resolved 0"));
  EXPECT_THAT(bus.open(), IsEmpty());
}

TEST_F(LinkTest, ALinkThatIsUpAtStartCanBeResolvedAtOnceAndBeLost) {
  ready(world({{"Connected", true}, {"ServicesResolved", true}}));
  resolve();
  EXPECT_THAT(seen.take(), ElementsAre("resolved 0"));
  bus.change(kDevice, {{"Connected", false}});
  EXPECT_THAT(seen.take(), ElementsAre("lost retry_now"));
}

TEST_F(LinkTest, AFailedConnectIsFollowedByDisconnectAndNamedByTheTable) {
  ready();
  connecting();
  bus.refuse("Connect", kFailed, "le-connection-abort-by-local");
  EXPECT_THAT(seen.take(), ElementsAre("failed retry_now"));
  EXPECT_EQ(seen.failures.back().text, "connect: le-connection-abort-by-local");
  EXPECT_THAT(bus.open(), ElementsAre("Disconnect"));
}

TEST_F(LinkTest, AFullControllerIsSaidToHaveNoSlot) {
  ready();
  connecting();
  bus.refuse("Connect", kFailed, "le-connection-concurrent-connection-limit");
  EXPECT_THAT(seen.take(), ElementsAre("failed no_slot"));
}

TEST_F(LinkTest, AConnectThatIsNeverAnsweredIsCancelled) {
  ready();
  connecting();
  EXPECT_LE(bus.calls.front().call.timeout, 25s);
  bus.refuse("Connect", kNoReply, "Method call timed out");
  EXPECT_THAT(seen.take(), ElementsAre("failed retry_later"));
  EXPECT_THAT(bus.open(), ElementsAre("Disconnect"));
}

TEST_F(LinkTest, AConnectionThatDiesAtOnceDidNotHold) {
  ready();
  connecting();
  bus.change(kDevice, {{"Connected", true}});
  bus.change(kDevice, {{"Connected", false}});
  bus.answer("Connect");
  loop.advance(1s);
  EXPECT_THAT(seen.take(), ElementsAre("failed retry_now"));
}

TEST_F(LinkTest, ConnectedMayBeToldAfterTheReply) {
  ready();
  connecting();
  bus.answer("Connect");
  EXPECT_THAT(seen.take(), IsEmpty());
  bus.change(kDevice, {{"Connected", true}});
  EXPECT_THAT(seen.take(), ElementsAre("connected"));
}

TEST_F(LinkTest, InProgressThatStaysLeadsToOneRemoveDeviceAndThenToPatience) {
  ready();
  for (const auto* after : {"Disconnect", "RemoveDevice", "Disconnect", "Disconnect"}) {
    connecting();
    bus.refuse("Connect", kInProgress, "Operation already in progress");
    EXPECT_THAT(seen.take(), ElementsAre(std::string_view(after) == "RemoveDevice" ? "failed device_absent" : "failed retry_later"));
    EXPECT_THAT(bus.open(), ElementsAre(after));
    bus.answer(after);
  }
}

TEST_F(LinkTest, ABondedDeviceIsNeverRemoved) {
  ready(world({{"Bonded", true}}));
  for (int tries = 0; tries < 4; ++tries) {
    connecting();
    bus.refuse("Connect", kInProgress, "In Progress");
    EXPECT_THAT(seen.take(), ElementsAre("failed retry_later"));
    EXPECT_TRUE(bus.answer("Disconnect"));
    EXPECT_THAT(bus.open(), IsEmpty());
  }
}

TEST_F(LinkTest, TheDeviceObjectMayVanishWhileConnecting) {
  ready();
  connecting();
  bus.listener->interfacesRemoved(kDevice, {"org.bluez.Device1"});
  EXPECT_THAT(seen.take(), ElementsAre("failed device_absent"));
  bus.refuse("Connect", "org.freedesktop.DBus.Error.UnknownObject");
  EXPECT_THAT(seen.take(), IsEmpty()) << "answered already";
}

// ---- resolve

TEST_F(LinkTest, AConnectionThatIsLostWhileResolvingFailsTheStep) {
  ready();
  connected();
  resolve();
  bus.change(kDevice, {{"Connected", false}});
  EXPECT_THAT(seen.take(), ElementsAre("failed retry_now"));
  bus.change(kDevice, {{"Connected", false}});
  EXPECT_THAT(seen.take(), IsEmpty()) << "told once";
}

TEST_F(LinkTest, ServicesThatAreNeverResolvedFailTheStep) {
  ready();
  connected();
  resolve();
  loop.advance(25s);
  EXPECT_THAT(seen.take(), ElementsAre("failed retry_later"));
}

TEST_F(LinkTest, CharacteristicsThatAreExportedAfterServicesResolvedAreFound) {
  ready({{kHci0, adapter(true)}, {kDevice, device()}});
  connected();
  resolve();
  bus.change(kDevice, {{"ServicesResolved", true}});
  loop.advance(600ms);
  for (const auto& [path, interfaces] : gatt()) bus.listener->interfacesAdded(path, interfaces);
  EXPECT_THAT(seen.take(), ElementsAre("resolved 0"));
}

TEST_F(LinkTest, ADeviceWithoutTheCharacteristicsFailsAfterThreeMoreLooks) {
  ready({{kHci0, adapter(true)}, {kDevice, device()}});
  connected();
  resolve();
  bus.change(kDevice, {{"ServicesResolved", true}});
  loop.advance(1499ms);
  EXPECT_THAT(seen.take(), IsEmpty());
  loop.advance(1ms);
  EXPECT_THAT(seen.take(), ElementsAre("failed retry_later"));
}

TEST_F(LinkTest, ADeviceWithOtherCharacteristicsIsRejected) {
  ready({{kHci0, adapter(true)},
         {kDevice, device()},
         {kDevice + "/service0010", service("0000180f-0000-1000-8000-00805f9b34fb")},
         {kDevice + "/service0010/char0011", characteristic(kDevice + "/service0010", "00002a19-0000-1000-8000-00805f9b34fb", {"read", "notify"})}});
  connected();
  resolve();
  bus.change(kDevice, {{"ServicesResolved", true}});
  loop.advance(1500ms);
  EXPECT_THAT(seen.take(), ElementsAre("failed rejected"));
}

TEST_F(LinkTest, TheFirstPathThatTheDeviceHasIsTaken) {
  ready();
  connected();
  bus.change(kDevice, {{"ServicesResolved", true}});
  const GattPath listenOnly = {"", "", kNotifyService, kNotifyUuid};
  const GattPath paths[] = {{kNotifyService, kWriteUuid, kNotifyService, kNotifyUuid}, listenOnly};
  link->resolve(paths);
  loop.settle();
  EXPECT_THAT(seen.take(), ElementsAre("resolved 1"));
}

// ---- subscribe and write

TEST_F(LinkTest, AHangingSubscriptionIsStoppedOnceBeforeItIsCalledInUse) {
  ready();
  resolved();
  link->subscribe();
  bus.refuse("StartNotify", "org.bluez.Error.NotPermitted", "Notify acquired");
  bus.answer("StopNotify");
  bus.refuse("StartNotify", "org.bluez.Error.NotPermitted", "Notify acquired");
  EXPECT_THAT(seen.take(), ElementsAre("failed in_use"));
  EXPECT_THAT(bus.open(), IsEmpty());
}

TEST_F(LinkTest, ASubscriptionThatBluezRenewedByItselfIsGoodEnough) {
  ready();
  resolved();
  link->subscribe();
  bus.refuse("StartNotify", kInProgress, "In Progress");
  loop.advance(250ms);
  bus.refuse("StartNotify", kFailed, "Already notifying");
  EXPECT_THAT(seen.take(), ElementsAre("subscribed"));
}

TEST_F(LinkTest, ARefusedSubscriptionFails) {
  ready();
  resolved();
  link->subscribe();
  bus.refuse("StartNotify", kFailed, "Operation failed with ATT error: 0x0e");
  EXPECT_THAT(seen.take(), ElementsAre("failed retry_later"));
}

TEST_F(LinkTest, AWriteThatIsInProgressIsRepeatedUpToABound) {
  ready();
  subscribed();
  link->write(Bytes{1});
  int tries = 0;
  while (bus.refuse("WriteValue", kInProgress, "In Progress") && ++tries < 100) loop.advance(50ms);
  EXPECT_EQ(tries, 40);
  EXPECT_THAT(seen.take(), ElementsAre("failed retry_later"));
  link->write(Bytes{2});
  bus.refuse("WriteValue", kInProgress, "In Progress");
  loop.advance(50ms);
  bus.answer("WriteValue");
  EXPECT_THAT(seen.take(), ElementsAre("written"));
}

TEST_F(LinkTest, ACharacteristicThatVanishedUnderALinkThatStaysIsNoAbsentDevice) {
  ready();
  subscribed();
  link->write(Bytes{1});
  bus.refuse("WriteValue", "org.freedesktop.DBus.Error.UnknownObject");
  EXPECT_THAT(seen.take(), ElementsAre("failed retry_later"));
}

TEST_F(LinkTest, AskingAgainCancelsTheStepUnderWay) {
  ready();
  subscribed();
  link->write(Bytes{1});
  link->write(Bytes{2});
  bus.refuse("WriteValue", kFailed, "Not connected");
  EXPECT_THAT(seen.take(), IsEmpty());
  bus.answer("WriteValue");
  EXPECT_THAT(seen.take(), ElementsAre("written"));
}

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
