#include <gmock/gmock.h>

#include "homeassistant/home.hpp"

namespace blupow::homeassistant {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string kInverter = "blupow/AA:BB:CC:DD:EE:01";
const std::string kInverterDocument = "homeassistant/device/blupow_AABBCCDDEE01/config";
const std::string kControllerDocument = "homeassistant/device/blupow_AABBCCDDEE02/config";
const std::string kGatewayDocument = "homeassistant/device/blupow_gateway/config";
const std::string kGatewayStatus = "blupow/gateway/status";

class HomeAssistantTest : public HomeTest {
 protected:
  void setOnline(SampleDevice& device, bool online) {
    device.online = online;
    home->unitAvailability(device.view(), device.unitView());
  }

  void command(const std::string& text) { client.receive("blupow/gateway/command", text); }

  std::vector<json> answersTo(const std::string& id) const {
    std::vector<json> answers;
    for (const Published& message : client.on("blupow/gateway/response/" + id)) {
      EXPECT_FALSE(message.retained);
      answers.push_back(json::parse(message.payload));
    }
    return answers;
  }

  bool advanceUntilPublished(const std::string& topic) {
    for (int step = 0; step < 100 && client.on(topic).empty(); ++step) loop.advance(100ms);
    return !client.on(topic).empty();
  }

  std::size_t positionOf(const std::string& topic, const std::string& payload) const {
    for (std::size_t position = 0; position < client.published.size(); ++position) {
      if (client.published[position].topic == topic && client.published[position].payload == payload) return position;
    }
    ADD_FAILURE() << "never published: " << topic << " " << payload;
    return client.published.size();
  }
};

// --- states and availability

TEST_F(HomeAssistantTest, AConnectionPublishesStatesThenOnlineThenOthersOfflineThenTheGatewayThenDocuments) {
  start();
  SampleDevice read = inverter();
  SampleDevice silent = controller();
  home->deviceAdded(silent.view());
  home->deviceAdded(read.view());
  poll(read, inverterReadings());
  home->gatewayChanged({});
  EXPECT_THAT(client.published, IsEmpty());
  connect();
  EXPECT_THAT(client.topics(), ElementsAre(kInverter + "/state", kInverter + "/status", "blupow/AA:BB:CC:DD:EE:02/status", kInverter + "/link",
                                           "blupow/AA:BB:CC:DD:EE:02/link", kGatewayStatus, "blupow/gateway/state"));
  EXPECT_EQ(client.published[1].payload, "online");
  EXPECT_EQ(client.published[2].payload, "offline");
  EXPECT_EQ(client.published[5].payload, "online");
  for (const Published& message : client.published) EXPECT_TRUE(message.retained) << message.topic;
  client.published.clear();
  loop.advance(2s);
  EXPECT_THAT(client.topics(), ElementsAre(kGatewayDocument, kInverterDocument));
}

TEST_F(HomeAssistantTest, AStateHoldsOneKeyAFieldAndNothingElse) {
  start();
  connect();
  SampleDevice device = controller();
  home->deviceAdded(device.view());
  poll(device, {{"battery_voltage", 13.2}, {"battery_soc", std::int64_t{87}}, {"load_status", "on"}});
  EXPECT_EQ(client.retained["blupow/AA:BB:CC:DD:EE:02/state"], R"({"battery_soc":87,"battery_voltage":13.2,"load_status":"on"})");
}

TEST_F(HomeAssistantTest, AvailabilityFollowsTheGatewayAndIsSaidOnceAChange) {
  start();
  connect();
  SampleDevice device = inverter();
  home->deviceAdded(device.view());
  poll(device, inverterReadings());
  poll(device, inverterReadings());
  setOnline(device, false);
  setOnline(device, false);
  const auto statuses = client.on(kInverter + "/status");
  ASSERT_THAT(statuses, SizeIs(3));
  EXPECT_EQ(statuses[0].payload, "offline");
  EXPECT_EQ(statuses[1].payload, "online");
  EXPECT_EQ(statuses[2].payload, "offline");
  EXPECT_LT(positionOf(kInverter + "/state", client.retained[kInverter + "/state"]), positionOf(kInverter + "/status", "online"));
  EXPECT_THAT(client.on(kInverter + "/state"), SizeIs(2));
}

TEST_F(HomeAssistantTest, AfterAReconnectionADeviceThatIsAwayIsOfflineWithItsLastState) {
  start();
  connect();
  SampleDevice device = settled(inverter(), inverterReadings());
  client.disconnect();
  setOnline(device, false);
  client.published.clear();
  client.retained.clear();
  connect();
  EXPECT_THAT(client.topics(), ElementsAre(kInverter + "/state", kInverter + "/status", kInverter + "/link", kGatewayStatus));
  EXPECT_EQ(client.retained[kInverter + "/status"], "offline");
  loop.advance(2s);
  EXPECT_TRUE(client.retained.contains(kInverterDocument));
}

TEST_F(HomeAssistantTest, TheGatewaysStateLeavesOutWhatIsNotKnown) {
  start();
  connect();
  gateway::GatewayState state{.started_at = WallTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)), .devices = 2, .polls_ok = 3};
  home->gatewayChanged(state);
  EXPECT_EQ(client.retained["blupow/gateway/state"], R"({"devices":2,"polls_failed":0,"polls_ok":3,"started_at":"2026-11-21T00:00:00Z","version":"2.0.0"})");
  state.adapter = "hci0";
  state.last_success = state.started_at;
  state.poll_time = 0.123456;
  home->gatewayChanged(state);
  const json full = json::parse(client.retained["blupow/gateway/state"]);
  EXPECT_EQ(full["poll_time"], 0.123);
  EXPECT_EQ(full["adapter"], "hci0");
  EXPECT_EQ(full["last_success"], "2026-11-21T00:00:00Z");
  loop.advance(2s);
  const json document = json::parse(client.retained[kGatewayDocument]);
  for (const auto& [key, value] : full.items()) EXPECT_TRUE(document["components"].contains(key)) << key;
}

TEST_F(HomeAssistantTest, StopSaysOfflineForAll) {
  start();
  connect();
  settled(inverter(), inverterReadings());
  bool done = false;
  home->stop(3s, [&done] { done = true; });
  loop.settle();
  EXPECT_TRUE(done);
  EXPECT_EQ(client.retained[kInverter + "/status"], "offline");
  EXPECT_EQ(client.retained[kGatewayStatus], "offline");
}

// --- documents

TEST_F(HomeAssistantTest, ADocumentWaitsUntilEveryBlockWasAnsweredOrFailed) {
  start();
  connect();
  SampleDevice device = inverter();
  home->deviceAdded(device.view());
  device.poll({{"input_voltage", 124.9}});
  device.settled = false;
  home->unitPolled(device.view(), device.unitView());
  loop.advance(10s);
  EXPECT_FALSE(client.retained.contains(kInverterDocument));
  poll(device, inverterReadings());
  loop.advance(2s);
  EXPECT_TRUE(client.retained.contains(kInverterDocument));
}

TEST_F(HomeAssistantTest, PollsThatChangeNothingPublishNoDocument) {
  start();
  connect();
  SampleDevice device = settled(inverter(), inverterReadings());
  for (int count = 0; count < 5; ++count) {
    poll(device, inverterReadings());
    loop.advance(30s);
  }
  EXPECT_THAT(client.on(kInverterDocument), SizeIs(1));
}

TEST_F(HomeAssistantTest, ChangesOfOneMomentMakeOneDocumentAndTwoAreASecondApart) {
  start();
  connect();
  SampleDevice device = settled(inverter(), inverterReadings());
  client.published.clear();
  for (const char* const name : {"One", "Two", "Three"}) {
    device.name = name;
    home->deviceChanged(device.view());
  }
  loop.advance(300ms);
  device.name = "Four";
  home->deviceChanged(device.view());
  loop.advance(5s);
  const auto documents = client.on(kInverterDocument);
  ASSERT_THAT(documents, SizeIs(2));
  EXPECT_EQ(json::parse(documents[0].payload)["device"]["name"], "Three");
  EXPECT_EQ(json::parse(documents[1].payload)["device"]["name"], "Four");
  EXPECT_GE(documents[1].at - documents[0].at, 1s);
}

TEST_F(HomeAssistantTest, TheFirstBluPowsDocumentsAreTakenOverInSteps) {
  const std::string wanted = "homeassistant/sensor/blupow_AABBCCDDEE01_battery_voltage/config";
  const std::string stray = "homeassistant/sensor/blupow_AABBCCDDEE01_last_update/config";
  const std::string foreign = "homeassistant/sensor/other_battery_voltage/config";
  client.retained = {{wanted, R"({"name": "old"})"}, {stray, R"({"name": "old"})"}, {foreign, "{}"}};
  start();
  SampleDevice device = inverter();
  home->deviceAdded(device.view());
  connect();
  loop.advance(5s);
  EXPECT_TRUE(client.retained.contains(stray));  // nothing happens before the device's own document
  poll(device, inverterReadings());
  loop.advance(10s);
  ASSERT_THAT(client.on(wanted), SizeIs(2));
  const Published migration = client.on(wanted)[0];
  const Published emptied = client.on(wanted)[1];
  const Published document = client.on(kInverterDocument).at(0);
  EXPECT_EQ(migration.payload, R"({"migrate_discovery":true})");
  EXPECT_FALSE(migration.retained);
  EXPECT_EQ(document.at - migration.at, 1s);
  EXPECT_EQ(emptied.at - document.at, 1s);
  EXPECT_EQ(emptied.payload, "");
  EXPECT_LT(client.on(stray).at(0).at, document.at);
  EXPECT_FALSE(client.retained.contains(wanted));
  EXPECT_FALSE(client.retained.contains(stray));
  EXPECT_TRUE(client.retained.contains(foreign));
}

TEST_F(HomeAssistantTest, ADeviceAddedLaterHasItsOldDocumentsReadBackToo) {
  const std::string old = "homeassistant/sensor/blupow_AABBCCDDEE01_battery_voltage/config";
  client.retained = {{old, "{}"}};
  start();
  connect();
  loop.advance(5s);
  EXPECT_THAT(client.filters, Not(Contains("homeassistant/+/+/config")));
  settled(inverter(), inverterReadings());
  EXPECT_TRUE(client.retained.contains(kInverterDocument));
  EXPECT_FALSE(client.retained.contains(old));
}

TEST_F(HomeAssistantTest, TheComponentFormHasADocumentAnEntity) {
  start({.discovery = Form::component, .version = "2.0.0"});
  connect();
  settled(inverter(), inverterReadings());
  EXPECT_FALSE(client.retained.contains(kInverterDocument));
  const json entity = json::parse(client.retained.at("homeassistant/sensor/blupow_AABBCCDDEE01_battery_voltage/config"));
  EXPECT_EQ(entity["unique_id"], "blupow_AABBCCDDEE01_battery_voltage");
  EXPECT_EQ(entity["device"]["via_device"], "blupow_gateway");
  EXPECT_TRUE(client.retained.contains("homeassistant/sensor/blupow_gateway_version/config"));
}

TEST_F(HomeAssistantTest, AnotherPrefixIsUsedForDocumentsAndHeardForTheBirth) {
  start({.base_topic = "solar", .discovery_prefix = "ha", .version = "2.0.0"});
  connect();
  loop.advance(2s);
  EXPECT_TRUE(client.retained.contains("ha/device/solar_gateway/config"));
  EXPECT_THAT(client.filters, testing::IsSupersetOf({"homeassistant/status", "ha/status", "solar/gateway/command"}));
}

// --- Home Assistant's start

TEST_F(HomeAssistantTest, EverythingIsAnnouncedWithinTenSecondsOfHomeAssistantsStart) {
  start();
  connect();
  settled(inverter(), inverterReadings());
  client.published.clear();
  client.receive("homeassistant/status", "online");
  EXPECT_THAT(client.published, IsEmpty());
  loop.advance(9s);
  EXPECT_THAT(client.topics(), testing::IsSupersetOf({kGatewayDocument, kInverterDocument, kGatewayStatus, kInverter + "/state", kInverter + "/status"}));
}

TEST_F(HomeAssistantTest, ABirthThatIsTakenBackAnnouncesNothing) {
  start();
  connect();
  settled(inverter(), inverterReadings());
  client.published.clear();
  client.receive("homeassistant/status", "online");
  client.receive("homeassistant/status", "offline");
  loop.advance(20s);
  EXPECT_THAT(client.published, IsEmpty());
}

TEST_F(HomeAssistantTest, AComponentOfAnOlderVersionLeavesInTheContractsSteps) {
  start();
  connect();
  SampleDevice device = settled(inverter(), inverterReadings());
  json older = json::parse(client.retained.at(kInverterDocument));
  older["components"]["old_value"] = {{"platform", "sensor"}, {"unique_id", "blupow_AABBCCDDEE01_old_value"}, {"state_topic", "x"}};
  client.disconnect();
  client.retained[kInverterDocument] = older.dump();
  client.published.clear();
  connect();
  loop.advance(5s);
  EXPECT_EQ(json::parse(client.retained.at(kInverterDocument))["components"]["old_value"], json({{"platform", "sensor"}}));
  client.published.clear();
  client.receive("homeassistant/status", "online");
  loop.advance(10s);
  const auto documents = client.on(kInverterDocument);
  ASSERT_THAT(documents, SizeIs(3));
  EXPECT_EQ(json::parse(documents[0].payload)["components"]["old_value"]["unique_id"], "blupow_AABBCCDDEE01_old_value");
  EXPECT_EQ(json::parse(documents[1].payload)["components"]["old_value"], json({{"platform", "sensor"}}));
  EXPECT_EQ(documents[1].at - documents[0].at, 1s);
  EXPECT_FALSE(json::parse(documents[2].payload)["components"].contains("old_value"));
}

// --- removal

TEST_F(HomeAssistantTest, RemovalEmptiesEveryTopicOfTheDeviceDocumentsFirst) {
  start();
  connect();
  client.receive("homeassistant/status", "online");
  loop.advance(5s);
  const SampleDevice device = settled(inverter(), inverterReadings());
  const auto before = client.retained;
  home->deviceRemoved(device.view());
  EXPECT_FALSE(client.retained.contains(kInverterDocument));
  EXPECT_TRUE(client.retained.contains(kInverter + "/state"));  // its entities may still listen, and an empty state is an error to them
  loop.advance(2s);
  for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains("AA:BB:CC:DD:EE:01") || topic.contains("AABBCCDDEE01")) << topic;
  client.published.clear();
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  EXPECT_THAT(client.on(kInverterDocument), IsEmpty());
}

TEST_F(HomeAssistantTest, WhatWasRemovedWhileHomeAssistantMayBeDownIsShownAndEmptiedAfterItsStart) {
  start();
  connect();
  const SampleDevice device = settled(inverter(), inverterReadings());
  const std::string document = client.retained.at(kInverterDocument);
  home->deviceRemoved(device.view());
  loop.advance(60s);
  client.published.clear();
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  const auto again = client.on(kInverterDocument);
  ASSERT_THAT(again, SizeIs(2));
  EXPECT_EQ(again[0].payload, document);
  EXPECT_EQ(again[1].payload, "");
  EXPECT_EQ(again[1].at - again[0].at, 1s);
  EXPECT_FALSE(client.retained.contains(kInverterDocument));
  client.published.clear();
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  EXPECT_THAT(client.on(kInverterDocument), IsEmpty());
}

TEST_F(HomeAssistantTest, ADeviceThatWentWhileWeDidNotRunLeavesNothingEither) {
  client.retained = {{kInverterDocument, "{}"}, {kInverter + "/state", "{}"}, {kInverter + "/status", "offline"}};
  start();
  home->deviceRemoved(inverter().view());
  connect();
  loop.advance(5s);
  for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains("AA:BB:CC:DD:EE:01") || topic.contains("AABBCCDDEE01")) << topic;
}

// What is shown once more must be taken back while somebody hears it.
TEST_F(HomeAssistantTest, ARemovalStaysOwedWhenHomeAssistantGoesBeforeTheDocumentIsEmptiedAgain) {
  start();
  connect();
  const SampleDevice device = settled(inverter(), inverterReadings());
  home->deviceRemoved(device.view());
  loop.advance(60s);
  client.receive("homeassistant/status", "online");
  client.published.clear();
  ASSERT_TRUE(advanceUntilPublished(kInverterDocument));
  client.receive("homeassistant/status", "offline");
  loop.advance(20s);
  EXPECT_THAT(client.on(kInverterDocument), SizeIs(1));

  client.published.clear();
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  EXPECT_THAT(payloadsOn(kInverterDocument), ElementsAre(Not(IsEmpty()), IsEmpty()));
}

TEST_F(HomeAssistantTest, ARemovalStaysOwedWhenTheBrokerGoesBeforeTheDocumentIsEmptiedAgain) {
  start();
  connect();
  const SampleDevice device = settled(inverter(), inverterReadings());
  home->deviceRemoved(device.view());
  loop.advance(60s);
  client.receive("homeassistant/status", "online");
  client.published.clear();
  ASSERT_TRUE(advanceUntilPublished(kInverterDocument));
  client.disconnect();
  loop.advance(5s);
  connect();
  loop.advance(20s);
  EXPECT_THAT(client.on(kInverterDocument), SizeIs(1));

  client.published.clear();
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  EXPECT_THAT(payloadsOn(kInverterDocument), ElementsAre(Not(IsEmpty()), IsEmpty()));
}

// A Home Assistant on the same broker comes back seconds after us, and until then hears nothing.
TEST_F(HomeAssistantTest, WhatWasRemovedBeforeHomeAssistantIsBackOnTheBrokerIsShownAndEmptiedThen) {
  start();
  connect();
  client.receive("homeassistant/status", "online");
  const SampleDevice device = settled(inverter(), inverterReadings());
  client.disconnect();
  connect();
  loop.advance(5s);
  home->deviceRemoved(device.view());
  loop.advance(5s);
  client.published.clear();
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  EXPECT_THAT(payloadsOn(kInverterDocument), ElementsAre(Not(IsEmpty()), IsEmpty()));
}

TEST_F(HomeAssistantTest, StopEndsARemovalThatIsUnderWay) {
  start();
  connect();
  client.receive("homeassistant/status", "online");
  const SampleDevice device = settled(inverter(), inverterReadings());
  home->deviceRemoved(device.view());
  home->stop(3s, [] {});
  loop.settle();
  for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains("AA:BB:CC:DD:EE:01") || topic.contains("AABBCCDDEE01")) << topic;
}

TEST_F(HomeAssistantTest, ADeviceRemovedWhileTheBrokerIsAwayIsEmptiedWhenItIsBack) {
  start();
  connect();
  const SampleDevice device = settled(inverter(), inverterReadings());
  client.disconnect();
  home->deviceRemoved(device.view());
  loop.advance(60s);
  connect();
  loop.advance(5s);
  for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains("AA:BB:CC:DD:EE:01") || topic.contains("AABBCCDDEE01")) << topic;
}

TEST_F(HomeAssistantTest, AStopInTheMiddleOfARemovalLeavesNoTopicBehind) {
  start();
  connect();
  const SampleDevice device = settled(inverter(), inverterReadings());
  home->deviceRemoved(device.view());
  ASSERT_TRUE(client.retained.contains(kInverter + "/state"));
  home->stop(3s, [] {});
  for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains("AA:BB:CC:DD:EE:01") || topic.contains("AABBCCDDEE01")) << topic;
}

TEST_F(HomeAssistantTest, ADeviceAddedAgainAtOnceStays) {
  start();
  connect();
  SampleDevice device = settled(inverter(), inverterReadings());
  home->deviceRemoved(device.view());
  SampleDevice again = settled(inverter(), inverterReadings());
  EXPECT_EQ(client.retained[kInverter + "/status"], "online");
  EXPECT_TRUE(client.retained.contains(kInverter + "/state"));
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  EXPECT_TRUE(client.retained.contains(kInverterDocument));
}

// --- commands

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
