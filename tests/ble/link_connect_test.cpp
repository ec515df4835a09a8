// Connecting: every answer, and every answer that does not come.
#include "ble/link_fixture.hpp"

namespace blupow::ble::bluez {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto* kFailed = "org.bluez.Error.Failed";
constexpr auto* kInProgress = "org.bluez.Error.InProgress";
constexpr auto* kNoReply = "org.freedesktop.DBus.Error.NoReply";

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

}  // namespace
}  // namespace blupow::ble::bluez
