// The room against a real Mosquitto: what a broker keeps, loses and delivers is not what a fake one does.
#include "support/broker.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "gateway/fake_commands.hpp"
#include "gateway/sample_devices.hpp"
#include "homeassistant/home_assistant.hpp"
#include "mqtt/mosquitto_client.hpp"
#include "runtime/asio_loop.hpp"

namespace blupow::homeassistant {
namespace {

using namespace std::chrono_literals;
using test::Broker;
using test::FakeCommands;
using test::inverter;
using test::inverterReadings;
using test::Process;
using test::SampleDevice;
using testing::HasSubstr;
using testing::Not;

const std::string kInverter = "blupow/AA:BB:CC:DD:EE:01";
const std::string kInverterDocument = "homeassistant/device/blupow_AABBCCDDEE01/config";

class BrokerTest : public testing::Test {
 protected:
  void start() {
    const Settings settings{.version = "2.0.0"};
    client = std::make_unique<mqtt::MosquittoClient>(loop, mqtt::BrokerSettings{.host = broker.socket().string()}, lastWill(settings));
    home = std::make_unique<HomeAssistant>(loop, *client, commands, settings, [] {}, Memory{});
    home->deviceAdded(device.view());
    home->start();
  }

  void poll() {
    device.poll(inverterReadings());
    home->unitPolled(device.view(), device.unitView());
    home->unitAvailability(device.view(), device.unitView());
  }

  bool runUntil(const std::function<bool()>& condition, Duration bound = 20s) {
    const TimePoint end = loop.now() + bound;
    while (!condition() && loop.now() < end) loop.context().run_one_for(50ms);
    return condition();
  }

  // Until a watcher that began with everything retained has seen the text.
  bool runUntilSeen(Process& watcher, const std::string& text) {
    return runUntil([&watcher, &text] { return watcher.output().contains(text); });
  }

  std::unique_ptr<Process> watch() const {
    return std::make_unique<Process>(std::vector<std::string>{"mosquitto_sub", "--unix", broker.socket().string(), "-t", "#", "-F", "%r %t %p"});
  }

  void publishRetained(const std::string& topic, const std::string& payload) const {
    ASSERT_EQ(test::runToEnd({"mosquitto_pub", "--unix", broker.socket().string(), "-r", "-q", "1", "-t", topic, "-m", payload}).status, 0);
  }

  // Documents of others, over one connection.
  void publishForeignDocuments(int count) {
    struct Publisher final : mqtt::ClientObserver {
      void mqttConnected() override { connected = true; }
      void mqttDisconnected() override {}
      void mqttReceived(const mqtt::Message& /*message*/) override {}
      void mqttSubscribed(std::uint32_t /*id*/) override {}
      bool connected = false;
    } publisher;
    mqtt::MosquittoClient others(loop, mqtt::BrokerSettings{.host = broker.socket().string()}, mqtt::Will{.topic = "others/status", .payload = "offline"});
    others.start(publisher);
    ASSERT_TRUE(runUntil([&publisher] { return publisher.connected; }));
    for (int number = 0; number < count; ++number) others.publish("homeassistant/sensor/other_" + std::to_string(number) + "/config", "{}", true);
    bool done = false;
    others.stop(20s, [&done] { done = true; });
    ASSERT_TRUE(runUntil([&done] { return done; }, 30s));
  }

  runtime::AsioLoop loop;
  Broker broker;
  FakeCommands commands;
  SampleDevice device = inverter();
  std::unique_ptr<mqtt::MosquittoClient> client;
  std::unique_ptr<HomeAssistant> home;
};

TEST_F(BrokerTest, KeepsStatesStatusesAndDocuments) {
  start();
  poll();
  const auto live = watch();
  ASSERT_TRUE(runUntilSeen(*live, kInverterDocument));
  const auto later = watch();
  for (const std::string& kept : {"1 " + kInverterDocument + " {", "1 " + kInverter + "/state {", "1 " + kInverter + "/status online",
                                  std::string("1 blupow/gateway/status online"), std::string("1 homeassistant/device/blupow_gateway/config {")}) {
    EXPECT_TRUE(runUntilSeen(*later, kept)) << kept;
  }
}

TEST_F(BrokerTest, HasEverythingAgainAfterARestartThatLostIt) {
  start();
  poll();
  const auto before = watch();
  ASSERT_TRUE(runUntilSeen(*before, kInverterDocument));
  broker.stop();
  ASSERT_TRUE(runUntil([this] { return !client->connected(); }));
  broker.start();
  const auto after = watch();
  ASSERT_TRUE(runUntilSeen(*after, kInverterDocument));
  const std::string seen = after->output();
  EXPECT_LT(seen.find(kInverter + "/state"), seen.find(kInverter + "/status online"));
  EXPECT_LT(seen.find(kInverter + "/status online"), seen.find("blupow/gateway/status online"));
  EXPECT_LT(seen.find("blupow/gateway/status online"), seen.find("homeassistant/device/blupow_gateway/config"));
}

TEST_F(BrokerTest, TheFirstBluPowsDocumentsAreTakenOver) {
  const std::string old = "homeassistant/sensor/blupow_AABBCCDDEE01_battery_voltage/config";
  publishRetained(old, R"({"name": "old"})");
  start();
  poll();
  const auto live = watch();
  ASSERT_TRUE(runUntilSeen(*live, "0 " + old + " \n"));
  const std::string seen = live->output();
  EXPECT_LT(seen.find("0 " + old + " {\"migrate_discovery\":true}"), seen.find("0 " + kInverterDocument));
  EXPECT_LT(seen.find("0 " + kInverterDocument), seen.find("0 " + old + " \n"));
}

TEST_F(BrokerTest, TheOwnDocumentIsFoundAmongMoreOthersThanTheBrokerDelivers) {
  // More than the 1020 that Mosquitto keeps for one subscriber.
  publishForeignDocuments(1500);
  publishRetained(kInverterDocument, R"({"components": {"old_value": {"platform": "sensor", "unique_id": "blupow_AABBCCDDEE01_old_value"}}})");
  start();
  poll();
  const auto live = watch();
  ASSERT_TRUE(runUntilSeen(*live, "0 " + kInverterDocument));
  EXPECT_TRUE(runUntilSeen(*live, R"("old_value":{"platform":"sensor"})"));
}

TEST_F(BrokerTest, StopLeavesOfflineBehind) {
  start();
  poll();
  const auto live = watch();
  ASSERT_TRUE(runUntilSeen(*live, kInverterDocument));
  bool done = false;
  home->stop(3s, [&done] { done = true; });
  ASSERT_TRUE(runUntil([&done] { return done; }, 4s));
  const auto later = watch();
  EXPECT_TRUE(runUntilSeen(*later, "1 " + kInverter + "/status offline"));
  EXPECT_TRUE(runUntilSeen(*later, "1 blupow/gateway/status offline"));
}

TEST_F(BrokerTest, AnswersACommand) {
  start();
  const auto live = watch();
  ASSERT_TRUE(runUntilSeen(*live, "blupow/gateway/status online"));
  Process asker({"mosquitto_rr", "--unix", broker.socket().string(), "-t", "blupow/gateway/command", "-e", "blupow/gateway/response/r1", "-m",
                 R"({"command": "get_devices", "request_id": "r1"})", "-W", "5"});
  ASSERT_TRUE(runUntil([&asker] { return !asker.running(); }));
  asker.waitForEndOfOutput();
  EXPECT_EQ(asker.output(), "{\"devices\":[],\"status\":\"success\"}\n");
}

TEST_F(BrokerTest, ARemovedDeviceLeavesNothingBehind) {
  start();
  poll();
  const auto live = watch();
  ASSERT_TRUE(runUntilSeen(*live, kInverterDocument));
  home->deviceRemoved(device.view());
  ASSERT_TRUE(runUntilSeen(*live, "0 " + kInverter + "/status \n"));
  const auto later = watch();
  ASSERT_TRUE(runUntilSeen(*later, "1 blupow/gateway/status online"));
  EXPECT_THAT(later->output(), Not(HasSubstr("AABBCCDDEE01")));
  EXPECT_THAT(later->output(), Not(HasSubstr("AA:BB:CC:DD:EE:01")));
}

}  // namespace
}  // namespace blupow::homeassistant
