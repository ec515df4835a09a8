// An independent client, Debian's bluetoothctl, uses the simulator as it would bluetoothd.
#include <gtest/gtest.h>

#include "support/simulator.hpp"

namespace blupow::test {
namespace {

using testing::Test;

class Bluetoothctl : public Test {
 protected:
  // Types a line and waits until the answer holds the text.
  void expect(const std::string& line, const std::string& answer) {
    const std::size_t from = client_.all().size();
    client_.type(line + "\n");
    EXPECT_TRUE(client_.waitForOutput(answer, kBound, from)) << "after '" << line << "': " << client_.all().substr(from);
  }

  PrivateBus bus_;
  Simulator simulator_{bus_};
  Process client_{{"bluetoothctl"}, bus_.environment()};
};

TEST_F(Bluetoothctl, ListsTheAdapterScansShowsInfoAndConnects) {
  expect("list", "Controller 00:1A:7D:DA:71:13 blupow-sim");
  expect("show", "Powered: yes");
  expect("scan on", "Device 80:6F:B0:0E:7B:91 BT-TH-B00E7B91    ");
  expect("connect 80:6F:B0:0E:7B:91", "Connection successful");
  ASSERT_TRUE(client_.waitForOutput("ServicesResolved: yes"));
  expect("info 80:6F:B0:0E:7B:91", "Connected: yes");
  expect("gatt.attribute-info 0000ffd1-0000-1000-8000-00805f9b34fb", "Service: /org/bluez/hci0/dev_80_6F_B0_0E_7B_91/service0010");
  expect("disconnect 80:6F:B0:0E:7B:91", "Connected: no");
  expect("remove 80:6F:B0:0E:7B:91", "Device has been removed");
}

}  // namespace
}  // namespace blupow::test
