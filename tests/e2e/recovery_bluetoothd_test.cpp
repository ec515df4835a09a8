// bluetoothd, the bus or the adapter goes and comes back: right and fresh values again within 60 s after a restart, 90 s after trouble with the adapter or
// calls that hang.
#include "e2e/recovery.hpp"

namespace blupow::test {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

constexpr std::chrono::seconds kBoundOfARestart{60};
constexpr std::chrono::seconds kBoundOfAnAdapter{90};

class RecoveryOfBluetoothd : public Recovery {
 protected:
  // Both devices went for this reason, said once, and came back, said once; whatever stands between is another cause. bluetoothd removes the devices of an
  // adapter before the adapter, so that their links are lost first.
  void expectGoneAndBack(const std::string& cause) {
    for (const std::string& device : {kInverter, kController}) {
      const auto lines = news(device);
      EXPECT_EQ(std::ranges::count_if(lines, [&](const std::string& line) { return line.ends_with(": " + cause); }), 1) << testing::PrintToString(lines);
      EXPECT_THAT(lines.back(), EndsWith(": is back"));
      expectChangesOnly(lines);
    }
    expectChangesOnly(news("luetooth"));
    EXPECT_THAT(news("adapter").back(), HasSubstr("is ready"));
  }
  void expectReason(const std::string& expected) {
    for (const std::string& device : {kInverter, kController}) {
      ASSERT_TRUE(logged(device + "): " + expected));
      EXPECT_EQ(reason(device), expected);
    }
  }

 private:
  static void expectChangesOnly(const std::vector<std::string>& lines) {
    EXPECT_EQ(std::ranges::adjacent_find(lines), lines.end()) << testing::PrintToString(lines);
  }
};

TEST_F(RecoveryOfBluetoothd, Restart) {
  fault(R"("do":"restart","ms":3000)");
  expectReason("bluetoothd not running");
  expectRightAndFreshWithin(kBoundOfARestart);
  expectGoneAndBack("bluetoothd not running");
  expectQuiet();
}

TEST_F(RecoveryOfBluetoothd, Killed) {
  simulator.kill();
  expectReason("bluetoothd not running");
  simulator.start();
  expectRightAndFreshWithin(kBoundOfARestart);
  expectGoneAndBack("bluetoothd not running");
  expectQuiet();
}

TEST_F(RecoveryOfBluetoothd, BusRestart) {
  bus.stop();
  expectReason("bluetoothd not running");
  bus.start();
  expectRightAndFreshWithin(kBoundOfARestart);
  expectGoneAndBack("bluetoothd not running");
  expectQuiet();
}

TEST_F(RecoveryOfBluetoothd, Frozen) {
  simulator.process().signal(SIGSTOP);
  ASSERT_TRUE(logged(kInverter + "): no answer"));
  ASSERT_TRUE(logged(kController + "): no answer"));
  EXPECT_EQ(reason(), "no answer");
  simulator.process().signal(SIGCONT);
  expectRightAndFreshWithin(kBoundOfAnAdapter);
  for (const std::string& device : {kInverter, kController}) EXPECT_THAT(news(device), ElementsAre(EndsWith(": no answer"), EndsWith(": is back")));
  expectQuiet();
}

TEST_F(RecoveryOfBluetoothd, AdapterOff) {
  fault(R"("do":"power","on":false)");
  expectReason("adapter off");
  fault(R"("do":"power","on":true)");
  expectRightAndFreshWithin(kBoundOfAnAdapter);
  expectGoneAndBack("adapter off");
  expectQuiet();
}

TEST_F(RecoveryOfBluetoothd, AdapterRemoved) {
  fault(R"("do":"adapter_remove")");
  expectReason("adapter missing");
  fault(R"("do":"adapter_add")");
  expectReason("adapter off");
  fault(R"("do":"power","on":true)");
  expectRightAndFreshWithin(kBoundOfAnAdapter);
  expectGoneAndBack("adapter missing");
  expectQuiet();
}

TEST_F(RecoveryOfBluetoothd, AdapterRenamed) {
  fault(R"("do":"adapter_rename","to":"hci1")");
  ASSERT_TRUE(logged("hci1 is ready"));
  expectRightAndFreshWithin(kBoundOfAnAdapter);
  expectGoneAndBack("adapter missing");
  expectQuiet();
}

}  // namespace
}  // namespace blupow::test
