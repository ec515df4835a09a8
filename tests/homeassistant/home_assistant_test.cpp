// States, availability and documents, and what Home Assistant hears when it starts.
#include <gmock/gmock.h>

#include "homeassistant/home_assistant_fixture.hpp"

namespace blupow::homeassistant {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

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

}  // namespace
}  // namespace blupow::homeassistant
