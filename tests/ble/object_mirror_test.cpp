#include "ble/bluez/object_mirror.hpp"

#include <gtest/gtest.h>

#include "ble/fake_bus.hpp"

namespace blupow::ble::bluez {
namespace {

using namespace test;

TEST(ObjectMirror, KnowsAdaptersAndDevicesFromTheFirstAnswer) {
  ObjectMirror mirror;
  mirror.fill(world({{"RSSI", std::int64_t{-61}}, {"UUIDs", std::vector<std::string>{"0000FFD0-0000-1000-8000-00805F9B34FB"}}}));
  ASSERT_EQ(mirror.adapters().size(), 1U);
  EXPECT_EQ(mirror.adapters().at(kHci0).name, "hci0");
  EXPECT_TRUE(mirror.adapters().at(kHci0).powered);
  const auto* known = mirror.device(kHci0, kAddress);
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->name, "BT-TH-1");
  EXPECT_EQ(known->rssi, -61);
  EXPECT_EQ(known->uuids, std::vector<std::string>{kWriteService});
  EXPECT_FALSE(known->connected);
}

TEST(ObjectMirror, FillingForgetsWhatWasThere) {
  ObjectMirror mirror;
  mirror.fill(world());
  mirror.fill({{kHci0, adapter(false)}});
  EXPECT_EQ(mirror.device(kDevice), nullptr);
  EXPECT_EQ(mirror.characteristic(kDevice, kWriteService, kWriteUuid, Use::write), "");
  EXPECT_FALSE(mirror.adapters().at(kHci0).powered);
}

TEST(ObjectMirror, FollowsChangesAndRemovals) {
  ObjectMirror mirror;
  mirror.fill(world());
  mirror.changed(kDevice, "org.bluez.Device1", {{"Connected", true}, {"ServicesResolved", true}});
  EXPECT_TRUE(mirror.device(kDevice)->connected);
  EXPECT_TRUE(mirror.device(kDevice)->services_resolved);
  mirror.removed(kDevice, {"org.freedesktop.DBus.Properties", "org.bluez.Device1"});
  EXPECT_EQ(mirror.device(kDevice), nullptr);
  mirror.removed(kHci0, {"org.bluez.Adapter1"});
  EXPECT_TRUE(mirror.adapters().empty());
}

TEST(ObjectMirror, IgnoresChangesOfWhatItDoesNotKnowAndPropertiesOfTheWrongType) {
  ObjectMirror mirror;
  mirror.changed(kDevice, "org.bluez.Device1", {{"Connected", true}});
  EXPECT_TRUE(mirror.devices().empty());
  mirror.fill(world());
  mirror.changed(kDevice, "org.bluez.Device1", {{"Connected", std::string("yes")}, {"RSSI", std::monostate()}, {"Address", std::string("nonsense")}});
  EXPECT_FALSE(mirror.device(kDevice)->connected);
  EXPECT_EQ(mirror.device(kDevice)->address, kAddress);
}

TEST(ObjectMirror, TakesTheRssi127ForUnknown) {
  ObjectMirror mirror;
  mirror.fill(world({{"RSSI", std::int64_t{-61}}}));
  mirror.changed(kDevice, "org.bluez.Device1", {{"RSSI", std::int64_t{127}}});
  EXPECT_EQ(mirror.device(kDevice)->rssi, std::nullopt);
}

TEST(ObjectMirror, FindsACharacteristicInsideItsServiceOnly) {
  // Pro batteries show ffd1 and fff1 in two services each.
  auto objects = world();
  objects[kDevice + "/service0008"] = service(kNotifyService);
  objects[kDevice + "/service0008/char0009"] = characteristic(kDevice + "/service0008", kWriteUuid, {"write"});
  objects[kDevice + "/service0030"] = service("0000ffe0-0000-1000-8000-00805f9b34fb");
  objects[kDevice + "/service0030/char0031"] = characteristic(kDevice + "/service0030", kNotifyUuid, {"notify"});
  ObjectMirror mirror;
  mirror.fill(objects);
  EXPECT_EQ(mirror.characteristic(kDevice, kWriteService, kWriteUuid, Use::write), kWritePath);
  EXPECT_EQ(mirror.characteristic(kDevice, kNotifyService, kNotifyUuid, Use::notify), kNotifyPath);
  EXPECT_EQ(mirror.characteristic(kDevice, "0000ffe0-0000-1000-8000-00805f9b34fb", kNotifyUuid, Use::notify), kDevice + "/service0030/char0031");
  EXPECT_EQ(mirror.characteristic(kDevice, "", kWriteUuid, Use::write), kDevice + "/service0008/char0009");
  EXPECT_EQ(mirror.characteristic(kDevice, kWriteService, kNotifyUuid, Use::notify), "");
}

TEST(ObjectMirror, PrefersTheCharacteristicWhoseFlagsAllowTheUse) {
  auto objects = world();
  objects[kDevice + "/service0020/char0019"] = characteristic(kDevice + "/service0020", kNotifyUuid, {"read"});
  ObjectMirror mirror;
  mirror.fill(objects);
  EXPECT_EQ(mirror.characteristic(kDevice, kNotifyService, kNotifyUuid, Use::notify), kNotifyPath);
  mirror.removed(kNotifyPath, {"org.bluez.GattCharacteristic1"});
  EXPECT_EQ(mirror.characteristic(kDevice, kNotifyService, kNotifyUuid, Use::notify), kDevice + "/service0020/char0019");
}

TEST(ObjectMirror, DoesNotMixDevicesWhosePathsBeginAlike) {
  ObjectMirror mirror;
  mirror.fill(world());
  EXPECT_EQ(mirror.characteristic(kDevice.substr(0, kDevice.size() - 1), kWriteService, kWriteUuid, Use::write), "");
}

TEST(ObjectPaths, LeadFromACharacteristicToItsDevice) {
  EXPECT_EQ(devicePathOf(kNotifyPath), kDevice);
  EXPECT_EQ(devicePathOf(kDevice), kDevice);
  EXPECT_EQ(devicePathOf(kHci0), "");
}

TEST(Advertisements, AreToldByRssiOrByTheDataTheyCarry) {
  EXPECT_TRUE(isAdvertisement({{"RSSI", std::int64_t{-60}}}));
  EXPECT_TRUE(isAdvertisement({{"ManufacturerData", std::monostate()}}));
  EXPECT_FALSE(isAdvertisement({{"Connected", true}}));
}

}  // namespace
}  // namespace blupow::ble::bluez
