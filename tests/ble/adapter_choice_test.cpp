#include "ble/bluez/adapter_choice.hpp"

#include <gtest/gtest.h>

#include "ble/fake_bus.hpp"

namespace blupow::ble::bluez {
namespace {

using namespace test;

constexpr auto* kFirst = "00:AA:01:00:00:00";
constexpr auto* kSecond = "00:AA:01:01:00:01";

// Names of the chosen ones; "" for none.
std::string chosen(AdapterChoice& choice, const Objects& objects) {
  ObjectMirror mirror;
  mirror.fill(objects);
  const auto* adapter = choice.choose(mirror);
  return adapter ? adapter->name : "";
}

TEST(AdapterChoice, TakesTheFirstPoweredOneWhenNoneIsNamed) {
  AdapterChoice choice("");
  EXPECT_EQ(chosen(choice, {}), "");
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci0", adapter(false, kFirst)}}), "hci0");
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci0", adapter(false, kFirst)}, {"/org/bluez/hci1", adapter(true, kSecond)}}), "hci1");
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci0", adapter(true, kFirst)}, {"/org/bluez/hci1", adapter(true, kSecond)}}), "hci1") << "stays while it is powered";
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci0", adapter(true, kFirst)}}), "hci0");
}

TEST(AdapterChoice, FollowsAnAddressWhateverItsNumber) {
  AdapterChoice choice("00:aa:01:01:00:01");
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci0", adapter(true, kFirst)}, {"/org/bluez/hci1", adapter(true, kSecond)}}), "hci1");
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci0", adapter(true, kSecond)}}), "hci0");
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci0", adapter(true, kFirst)}}), "") << "never another one";
}

TEST(AdapterChoice, FindsANumberedAdapterAgainByItsAddress) {
  AdapterChoice choice("hci0");
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci1", adapter(true, kSecond)}}), "");
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci0", adapter(true, kFirst)}, {"/org/bluez/hci1", adapter(true, kSecond)}}), "hci0");
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci1", adapter(true, kFirst)}}), "hci1") << "renamed";
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci0", adapter(true, kSecond)}}), "hci0") << "another one in its place stands in";
  EXPECT_EQ(chosen(choice, {{"/org/bluez/hci0", adapter(true, kSecond)}, {"/org/bluez/hci1", adapter(true, kFirst)}}), "hci1") << "until it is back";
}

}  // namespace
}  // namespace blupow::ble::bluez
