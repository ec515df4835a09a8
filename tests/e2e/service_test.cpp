// The service as a whole: what a user of the broker sees of it, whatever comes and goes around it.
#include <gmock/gmock.h>

#include "e2e/house.hpp"

namespace blupow::test {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

const std::string kGatewayStatus = "blupow/gateway/status";
const std::string kState = "blupow/" + kInverter + "/state";
const std::string kStatus = "blupow/" + kInverter + "/status";
const std::string kDocument = "homeassistant/device/blupow_D8B673BF4F75/config";

const Json kWithInverter = {{"devices", {{{"address", kInverter}}}}};

bool holdsVoltage(const std::string& payload) {
  const Json state = Json::parse(payload, nullptr, false);
  return state.is_object() && state.contains("battery_voltage");
}

class Service : public House {
 protected:
  // Exit status of a service that is told to stop, which has to be there within 5 s.
  std::optional<int> stop(int signal = SIGTERM) {
    service->signal(signal);
    return service->wait(std::chrono::seconds(5));
  }
};

TEST_F(Service, AddsADeviceOnCommandAndPublishesItRetained) {
  startService();
  MqttEar ear(broker.socket());
  ASSERT_TRUE(ear.waitFor(kGatewayStatus, "online")) << service->all();
  const Json added = tell(ear, "add_device", {{"address", "d8:b6:73:bf:4f:75"}, {"name", "Shed"}});
  EXPECT_EQ(added.at("status"), "success") << added << service->all();
  EXPECT_EQ(added.at("device").at("type"), "renogy_inverter");
  ASSERT_TRUE(ear.waitFor(kDocument, [](const std::string& text) { return Json::accept(text); }));

  MqttEar late(broker.socket());
  ASSERT_TRUE(late.waitFor(kState, holdsVoltage));
  ASSERT_TRUE(late.waitFor(kStatus, "online"));
  ASSERT_TRUE(late.waitFor(kDocument, [](const std::string& text) { return text.contains("Shed"); }));
  EXPECT_THAT(readFile(data / "devices.json"), HasSubstr(kInverter));
}

TEST_F(Service, KeepsItsDevicesOverAKill) {
  startService();
  MqttEar ear(broker.socket());
  ASSERT_TRUE(ear.waitFor(kGatewayStatus, "online")) << service->all();
  ASSERT_EQ(tell(ear, "add_device", {{"address", kInverter}}).at("status"), "success") << service->all();
  std::size_t position = ear.count();
  service->signal(SIGKILL);
  ASSERT_TRUE(ear.waitFor(kGatewayStatus, "offline", position)) << "the last will";

  position = ear.count();
  startService();
  ASSERT_TRUE(ear.waitFor(kStatus, "online", position, std::chrono::seconds(60))) << service->all();
  EXPECT_EQ(ear.of(kStatus, position).front(), "offline") << "values from before must not look live";
  EXPECT_TRUE(ear.waitFor("blupow/gateway/state", [](const std::string& text) { return Json::parse(text).at("devices") == 1; }, position));
}

TEST_F(Service, StopsInOrder) {
  startService(kWithInverter);
  MqttEar ear(broker.socket());
  ASSERT_TRUE(ear.waitFor(kStatus, "online")) << service->all();
  const std::size_t position = ear.count();
  EXPECT_EQ(stop(SIGINT), 0) << service->all();
  EXPECT_TRUE(ear.waitFor(kStatus, "offline", position));
  EXPECT_TRUE(ear.waitFor(kGatewayStatus, "offline", position));
  const auto list = Json::parse(simulator.tell(R"({"do":"list"})"));
  for (const Json& device : list.at("devices")) EXPECT_EQ(device.at("connected"), false) << device;
}

TEST_F(Service, StopsInTimeWhenNothingAroundItAnswers) {
  startService(kWithInverter);
  {
    MqttEar ear(broker.socket());
    ASSERT_TRUE(ear.waitFor(kStatus, "online")) << service->all();
  }
  broker.process().signal(SIGSTOP);
  simulator.process().signal(SIGSTOP);
  EXPECT_EQ(stop(), 0) << service->all();
  broker.process().signal(SIGCONT);
  simulator.process().signal(SIGCONT);
}

TEST_F(Service, StopsAtOnceAfterTheStart) {
  startService();
  ASSERT_TRUE(service->waitForOutput("BluPow"));
  EXPECT_EQ(stop(), 0) << service->all();
}

TEST_F(Service, RestartsOnCommandInTheSameProcess) {
  startService(kWithInverter);
  MqttEar ear(broker.socket());
  ASSERT_TRUE(ear.waitFor(kStatus, "online")) << service->all();
  const std::size_t position = ear.count();
  EXPECT_EQ(tell(ear, "restart_gateway").at("status"), "success");
  ASSERT_TRUE(ear.waitFor(kGatewayStatus, "offline", position));
  const std::size_t offline = ear.count();
  ASSERT_TRUE(ear.waitFor(kGatewayStatus, "online", offline - 1, std::chrono::seconds(15))) << service->all();
  ASSERT_TRUE(ear.waitFor(kStatus, "online", offline, std::chrono::seconds(60))) << service->all();
  EXPECT_TRUE(service->running()) << "the same process";
  EXPECT_EQ(stop(), 0) << service->all();
}

TEST_F(Service, WaitsForABrokerThatComesLater) {
  broker.stop(SIGKILL);
  startService(kWithInverter);
  ASSERT_TRUE(service->waitForOutput("is not reachable"));
  broker.start();
  MqttEar ear(broker.socket());
  EXPECT_TRUE(ear.waitFor(kStatus, "online", 0, std::chrono::seconds(45))) << service->all();
  EXPECT_TRUE(ear.waitFor(kState, holdsVoltage));
}

TEST_F(Service, WaitsForBluetoothdThatComesLater) {
  simulator.kill();
  startService(kWithInverter);
  MqttEar ear(broker.socket());
  ASSERT_TRUE(ear.waitFor(kGatewayStatus, "online")) << service->all();
  ASSERT_TRUE(service->waitForOutput("bluetoothd does not run")) << service->all();
  simulator.start();
  EXPECT_TRUE(ear.waitFor(kStatus, "online", 0, std::chrono::seconds(60))) << service->all();
}

TEST_F(Service, RemovesADeviceWithEverythingRetained) {
  startService();
  MqttEar ear(broker.socket());
  ASSERT_TRUE(ear.waitFor(kGatewayStatus, "online")) << service->all();
  ASSERT_EQ(tell(ear, "add_device", {{"address", kInverter}}).at("status"), "success") << service->all();
  ASSERT_TRUE(ear.waitFor(kDocument, [](const std::string& text) { return !text.empty(); }));
  const std::size_t position = ear.count();
  EXPECT_EQ(tell(ear, "remove_device", {{"address", kInverter}}).at("status"), "success");
  for (const std::string& topic : {kState, kStatus, kDocument}) EXPECT_TRUE(ear.waitFor(topic, "", position)) << topic;
  EXPECT_EQ(Json::parse(readFile(data / "devices.json")), Json::object());
}

TEST_F(Service, RefusesWrongOptionsWithALineForEachMistake) {
  startService({{"log_level", "loud"}, {"devices", {{{"address", "here"}}}}, {"colour", 1}});
  EXPECT_EQ(service->wait(), 3);
  service->waitForEndOfOutput();
  const std::string output = service->output();
  for (const char* line : {"log_level: must be one of trace,", "devices[0].address: must be a MAC", "colour: is not known here"})
    EXPECT_THAT(output, HasSubstr(line));
  EXPECT_EQ(std::ranges::count(output, '\n'), 3);
  EXPECT_EQ(service->errors(), "");
}

TEST_F(Service, SaysThatThereIsNoOptionsFile) {
  const std::string mistyped = (data / "option.json").string();
  service.emplace(command({"run", "--options", mistyped, "--data", data.path().string(), "--http", "off"}), bus.environment());
  EXPECT_TRUE(service->waitForOutput("there is no " + mistyped + ", so every option has its default")) << service->all();
  EXPECT_EQ(stop(), 0);
}

TEST_F(Service, LogsOneLineAnEventWithoutEscapeCodes) {
  startService({{"devices", {{{"address", kInverter}, {"name", "\x1b[31mRed\nLine"}}}}});
  ASSERT_TRUE(service->waitForOutput("connected, renogy_inverter")) << service->all();
  EXPECT_EQ(stop(), 0);
  service->waitForEndOfOutput();
  EXPECT_THAT(service->output(), testing::Not(HasSubstr("\x1b")));
  EXPECT_THAT(service->output(), HasSubstr("?[31mRed?Line (" + kInverter + ")"));
}

TEST_F(Service, NeverSaysAPassword) {
  startService({{"log_level", "trace"},
                {"mqtt", {{"host", broker.socket().string()}, {"username", "me"}, {"password", "tr0ub4dor"}}},
                {"devices", kWithInverter.at("devices")}});
  MqttEar ear(broker.socket());
  ASSERT_TRUE(ear.waitFor(kStatus, "online")) << service->all();
  EXPECT_EQ(stop(), 0);
  service->waitForEndOfOutput();
  EXPECT_THAT(service->all(), testing::Not(HasSubstr("tr0ub4dor")));
}

}  // namespace
}  // namespace blupow::test
