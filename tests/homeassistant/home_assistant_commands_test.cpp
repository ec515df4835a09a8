// Commands by MQTT: each answered once, whatever happens.
#include <gmock/gmock.h>

#include "homeassistant/home_assistant_fixture.hpp"

namespace blupow::homeassistant {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(HomeAssistantTest, DevicesAreToldAtOnceFromMemory) {
  start();
  connect();
  commands.summaries = {{.address = inverter().address,
                         .name = "Roof",
                         .type = "renogy_inverter",
                         .model = "",
                         .online = true,
                         .connection_reason = "connected",
                         .units = {{.id = 32, .type = "renogy_inverter", .model = "RIV1230RCH-SPS", .online = true}}}};
  command(R"({"command": "get_devices", "request_id": "r"})");
  ASSERT_THAT(answersTo("r"), SizeIs(1));
  EXPECT_EQ(answersTo("r")[0], json::parse(R"({"status": "success", "devices": [{"address": "AA:BB:CC:DD:EE:01", "name": "Roof", "type": "renogy_inverter",
      "model": null, "status": "online", "connection_reason": "connected",
      "units": [{"id": 32, "type": "renogy_inverter", "model": "RIV1230RCH-SPS", "status": "online"}]}]})"));
}

TEST_F(HomeAssistantTest, CommandsReachTheGatewayAndItsAnswerWhoAsked) {
  start();
  connect();
  command(R"({"command": "discover_devices", "request_id": "d", "seconds": 3})");
  command(R"({"command": "add_device", "request_id": "a", "address": "aa:bb:cc:dd:ee:01", "name": "Roof"})");
  command(R"({"command": "remove_device", "request_id": "m", "address": "AA:BB:CC:DD:EE:01"})");
  command(R"({"command": "refresh_device", "request_id": "f", "address": "AA:BB:CC:DD:EE:01"})");
  command(R"({"command": "identify_device", "request_id": "i", "address": "AA:BB:CC:DD:EE:01"})");
  command(R"({"command": "release_device", "request_id": "l", "address": "AA:BB:CC:DD:EE:01", "minutes": 3})");
  command(R"({"command": "resume_device", "request_id": "s", "address": "AA:BB:CC:DD:EE:01"})");
  EXPECT_THAT(commands.asked, ElementsAre("discover 3.000000", "add AA:BB:CC:DD:EE:01  Roof", "remove AA:BB:CC:DD:EE:01", "refresh AA:BB:CC:DD:EE:01",
                                          "identify AA:BB:CC:DD:EE:01", "release AA:BB:CC:DD:EE:01 3", "resume AA:BB:CC:DD:EE:01"));
  commands.identified(gateway::DeviceSummary{.address = inverter().address, .name = "Roof"});
  commands.released({});
  commands.resumed(std::unexpected(gateway::CommandFailure{gateway::Refusal::busy, "not now"}));
  EXPECT_EQ(answersTo("i").at(0)["device"]["name"], "Roof");
  EXPECT_EQ(answersTo("l").at(0), json::parse(R"({"status": "success"})"));
  EXPECT_EQ(answersTo("s").at(0)["reason"], "busy");
  commands.discovered(std::vector<gateway::HeardDevice>{{.address = inverter().address, .name = "BT-TH-1", .rssi = -60, .type = ""}});
  commands.added(gateway::DeviceSummary{.address = inverter().address, .name = "Roof"});
  commands.removed({});
  commands.refreshed(std::unexpected(gateway::CommandFailure{gateway::Refusal::no_answer, "the device did not answer"}));
  EXPECT_EQ(answersTo("d").at(0)["devices"], json::parse(R"([{"address": "AA:BB:CC:DD:EE:01", "name": "BT-TH-1", "rssi": -60, "type": null}])"));
  EXPECT_EQ(answersTo("a").at(0)["device"]["name"], "Roof");
  EXPECT_EQ(answersTo("m").at(0), json::parse(R"({"status": "success"})"));
  EXPECT_EQ(answersTo("f").at(0), json::parse(R"({"status": "failure", "reason": "no_answer", "message": "the device did not answer"})"));
}

TEST_F(HomeAssistantTest, ACommandIsAnsweredOnceWithinThirtySecondsWhateverHappens) {
  start();
  connect();
  command(R"({"command": "refresh_device", "request_id": "r", "address": "AA:BB:CC:DD:EE:01"})");
  loop.advance(30s);
  ASSERT_THAT(answersTo("r"), SizeIs(1));
  EXPECT_EQ(answersTo("r")[0]["reason"], "failed");
  commands.refreshed(gateway::DeviceSummary{});
  EXPECT_THAT(answersTo("r"), SizeIs(1));
}

TEST_F(HomeAssistantTest, WrongCommandsAreAnsweredAndRetainedOnesAreNot) {
  start();
  connect();
  command(R"({"command": "fly", "request_id": "u"})");
  command("{nonsense");
  command(R"({"command": "get_devices", "request_id": "with/level"})");
  client.receive("blupow/gateway/command", R"({"command": "get_devices", "request_id": "kept"})", true);
  EXPECT_EQ(answersTo("u").at(0)["reason"], "unknown_command");
  EXPECT_THAT(answersTo("kept"), IsEmpty());
  for (const std::string& topic : client.topics()) EXPECT_TRUE(!topic.contains("response") || topic == "blupow/gateway/response/u") << topic;
}

TEST_F(HomeAssistantTest, ACommandWithoutRequestIdIsDoneAndNotAnswered) {
  start();
  connect();
  client.published.clear();
  command(R"({"command": "refresh_device", "address": "AA:BB:CC:DD:EE:01"})");
  ASSERT_THAT(commands.asked, SizeIs(1));
  commands.refreshed(gateway::DeviceSummary{});
  EXPECT_THAT(client.published, IsEmpty());
}

TEST_F(HomeAssistantTest, RestartIsAnsweredBeforeItIsDone) {
  start();
  connect();
  command(R"({"command": "restart_gateway", "request_id": "r"})");
  EXPECT_EQ(answersTo("r").at(0)["status"], "success");
  EXPECT_EQ(restarts, 1);
}

TEST_F(HomeAssistantTest, CommandsThatAreOpenAtStopAreAnswered) {
  start();
  connect();
  command(R"({"command": "refresh_device", "request_id": "r", "address": "AA:BB:CC:DD:EE:01"})");
  home->stop(1s, [] {});
  EXPECT_EQ(answersTo("r").at(0)["reason"], "failed");
  home.reset();
  commands.refreshed(gateway::DeviceSummary{});  // an answer that comes too late finds nobody
}

TEST_F(HomeAssistantTest, AFloodOfCommandsIsRefusedAsBusy) {
  start();
  connect();
  for (int count = 0; count < 101; ++count) command(R"({"command": "discover_devices", "request_id": "d)" + std::to_string(count) + "\"}");
  EXPECT_THAT(answersTo("d99"), IsEmpty());
  EXPECT_EQ(answersTo("d100").at(0)["reason"], "busy");
}

}  // namespace
}  // namespace blupow::homeassistant
