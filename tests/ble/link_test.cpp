// The steps on a link that is up, against a bus made of memory: every answer, and every answer that does not come.
#include "ble/link_fixture.hpp"

namespace blupow::ble::bluez {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto* kFailed = "org.bluez.Error.Failed";
constexpr auto* kInProgress = "org.bluez.Error.InProgress";

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

}  // namespace
}  // namespace blupow::ble::bluez
