// The transport on a real bus against the simulated bluetoothd: what happens to the radio as a whole, and that it is told once and overcome.
#include "ble/bluez_fixture.hpp"
#include "ble/refusing_bus.hpp"

namespace blupow::test {
namespace {

using namespace std::chrono_literals;

class BluezRadio : public BluezTest {
 protected:
  using BluezTest::BluezTest;

  // The link works: one read.
  void works() {
    subscribe();
    EXPECT_THAT(read(), testing::StartsWith("received ff0302"));
  }
  std::vector<RadioState> told() const {
    std::vector<RadioState> states;
    for (const auto& status : seen.radios) states.push_back(status.state);
    return states;
  }
};

TEST_F(BluezRadio, SaysOnceThatBluetoothdDoesNotRunAndFindsItWhenItComes) {
  open();
  ASSERT_TRUE(untilRadio(RadioState::no_daemon));
  simulate();
  ASSERT_TRUE(untilRadio(RadioState::ready));
  EXPECT_EQ(told().front(), RadioState::no_daemon);
  EXPECT_EQ(std::ranges::count(told(), RadioState::no_daemon), 1);
  works();
}

TEST_F(BluezRadio, SaysOnceThatThereIsNoBusAndJoinsItWhenItComes) {
  bus.stop();
  open();
  ASSERT_TRUE(untilRadio(RadioState::no_bus));
  EXPECT_FALSE(until([&] { return seen.radios.size() > 1; }, 1s)) << "several tries, one word";
  bus.start();
  simulate();
  ASSERT_TRUE(untilRadio(RadioState::ready));
  works();
}

TEST_F(BluezRadio, OvercomesADeathOfBluetoothdUnderAHeldLink) {
  simulate();
  openReady();
  works();
  simulator->kill();
  EXPECT_EQ(next(), "lost daemon_gone");
  EXPECT_EQ(transport->radio().state, RadioState::no_daemon);
  link->connect();
  EXPECT_EQ(next(), "failed daemon_gone");
  link->disconnect();
  EXPECT_EQ(next(5s), "down");
  simulator->start();
  ASSERT_TRUE(untilRadio(RadioState::ready));
  works();
}

TEST_F(BluezRadio, OvercomesARestartOfBluetoothdWhoseAdapterComesLateAndUnpowered) {
  simulate(oneController({}, R"("adapter_delay_ms": 200, "power_delay_ms": 200)"));
  openReady();
  works();
  seen.radios.clear();
  simulator->tell(R"({"do": "restart", "ms": 200})");
  EXPECT_EQ(next(), "lost daemon_gone");
  ASSERT_TRUE(untilRadio(RadioState::ready));
  EXPECT_THAT(told(), testing::ElementsAre(RadioState::no_daemon, RadioState::no_adapter, RadioState::adapter_off, RadioState::ready));
  works();
}

TEST_F(BluezRadio, OvercomesTheLossOfTheBusUnderAHeldLink) {
  simulate();
  openReady();
  works();
  link->write(*fromHex("ff03000a0001b1d6"));
  bus.stop();
  ASSERT_TRUE(untilRadio(RadioState::no_bus));
  EXPECT_TRUE(until([&] { return !seen.said.empty(); }));
  EXPECT_THAT(seen.take(), testing::Contains(testing::EndsWith("daemon_gone")));
  link->disconnect();
  EXPECT_EQ(next(5s), "down");
  bus.start();
  ASSERT_TRUE(untilRadio(RadioState::ready));
  works();
}

TEST_F(BluezRadio, OvercomesALossOfTheBusWhileCallsAreUnderWay) {
  simulate();
  openReady();
  transport->scan(true);
  ASSERT_TRUE(untilHeard());
  simulator->tell(R"({"do": "silence", "device": "80:6F:B0:0E:7B:91"})");
  link->connect();
  ASSERT_TRUE(until([&] { return simulator->tell(R"({"do": "counters"})").contains("Device1.Connect"); }));
  bus.stop();
  EXPECT_EQ(next(), "failed daemon_gone");
  bus.start();
  ASSERT_TRUE(untilRadio(RadioState::ready));
  simulator->tell(R"({"do": "silence", "device": "80:6F:B0:0E:7B:91", "on": false})");
  works();
}

TEST_F(BluezRadio, OvercomesTheAdapterBeingSwitchedOffAndOn) {
  simulate();
  openReady();
  works();
  seen.radios.clear();
  simulator->tell(R"({"do": "power", "on": false})");
  EXPECT_THAT(next(), testing::StartsWith("lost "));
  ASSERT_TRUE(untilRadio(RadioState::adapter_off));
  link->connect();
  EXPECT_EQ(next(), "failed adapter_gone");
  simulator->tell(R"({"do": "power", "on": true})");
  ASSERT_TRUE(untilRadio(RadioState::ready));
  EXPECT_THAT(told(), testing::ElementsAre(RadioState::adapter_off, RadioState::ready));
  works();
}

TEST_F(BluezRadio, OvercomesTheAdapterBeingRemovedAndPutBack) {
  simulate();
  openReady();
  works();
  simulator->tell(R"({"do": "adapter_remove"})");
  EXPECT_THAT(next(), testing::StartsWith("lost "));
  ASSERT_TRUE(untilRadio(RadioState::no_adapter));
  simulator->tell(R"({"do": "adapter_add"})");
  ASSERT_TRUE(untilRadio(RadioState::adapter_off));
  simulator->tell(R"({"do": "power", "on": true})");
  ASSERT_TRUE(untilRadio(RadioState::ready));
  works();
}

TEST_F(BluezRadio, FollowsAnAdapterThatIsRenamed) {
  simulate();
  openReady("hci0");
  works();
  simulator->tell(R"({"do": "adapter_rename", "adapter": "hci0", "to": "hci1"})");
  ASSERT_TRUE(until([&] { return transport->radio() == RadioStatus{.state = RadioState::ready, .adapter = "hci1"}; }));
  EXPECT_THAT(next(), testing::StartsWith("lost "));
  works();
}

TEST_F(BluezRadio, UsesTheAdapterThatIsNamed) {
  simulate(oneController({}, R"("adapters": [{"name": "hci0", "address": "00:1A:7D:DA:71:13"}, {"name": "hci1", "address": "00:1A:7D:DA:71:14"}])"));
  openReady("00:1a:7d:da:71:14");
  EXPECT_EQ(transport->radio().adapter, "hci1");
  works();
}

TEST_F(BluezRadio, KeepsScanningAcrossARestartOfBluetoothd) {
  simulate(oneController({}, R"("adapter_delay_ms": 100, "power_delay_ms": 100)"));
  openReady();
  transport->scan(true);
  ASSERT_TRUE(untilHeard());
  simulator->tell(R"({"do": "restart", "ms": 100})");
  ASSERT_TRUE(untilRadio(RadioState::no_daemon));
  EXPECT_TRUE(untilHeard());
}

TEST_F(BluezRadio, ScansAgainAfterDiscoveryWasRefused) {
  simulate();
  openReady();
  simulator->tell(R"({"do": "method", "name": "StartDiscovery", "count": 1, "error": "org.bluez.Error.Failed", "text": "Input/output error"})");
  transport->scan(true);
  EXPECT_TRUE(untilHeard());
}

TEST_F(BluezRadio, AHangingStopDiscoveryDoesNotKeepALinkFromConnecting) {
  simulate();
  openReady();
  transport->scan(true);
  ASSERT_TRUE(untilHeard());
  simulator->tell(R"({"do": "method", "name": "StopDiscovery", "hang": true, "count": 1})");
  link->connect();
  EXPECT_EQ(next(), "connected");
}

TEST_F(BluezRadio, TellsNothingMoreOnceStopped) {
  simulate();
  openReady();
  transport->scan(true);
  ASSERT_TRUE(untilHeard());
  transport->stop();
  seen.adverts.clear();
  seen.radios.clear();
  simulator->kill();
  EXPECT_FALSE(until([&] { return !seen.adverts.empty() || !seen.radios.empty(); }, 300ms));
}

class BluezForbidden : public BluezRadio {
 protected:
  BluezForbidden() : BluezRadio(R"(<deny send_destination="org.bluez"/>)") {}
};

TEST_F(BluezForbidden, SaysThatAccessToBluetoothdIsDenied) {
  simulate();
  open();
  ASSERT_TRUE(untilRadio(RadioState::access_denied));
  EXPECT_NE(transport->radio().detail, "");
  link->connect();
  EXPECT_EQ(next(), "failed access_denied");
}

class BluezForbiddenDevice : public BluezRadio {
 protected:
  BluezForbiddenDevice() : BluezRadio(R"(<deny send_destination="org.bluez" send_interface="org.bluez.Device1"/>)") {}
};

TEST_F(BluezForbiddenDevice, SaysThatConnectingIsDenied) {
  simulate();
  openReady();
  transport->scan(true);
  ASSERT_TRUE(untilHeard());
  link->connect();
  EXPECT_EQ(next(), "failed access_denied");
}

TEST_F(BluezRadio, SaysThatAccessIsDeniedWhenTheBusRefusesHello) {
  RefusingBus refusing;
  open({}, refusing.address());
  EXPECT_TRUE(untilRadio(RadioState::access_denied)) << transport->radio().detail;
}

}  // namespace
}  // namespace blupow::test
