// The link of a device, what it remembers, and banks.
#include <gmock/gmock.h>

#include "homeassistant/document_checker.hpp"
#include "homeassistant/home.hpp"

namespace blupow::homeassistant {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kController = "blupow/AA:BB:CC:DD:EE:02";
const std::string kControllerDocument = "homeassistant/device/blupow_AABBCCDDEE02/config";
const std::string kBank = "blupow/bank_house";
const std::string kBankDocument = "homeassistant/device/blupow_bank_house/config";

gateway::Bank house() {
  return {.slug = "house",
          .name = "House bank",
          .readings = {{"count", std::int64_t{2}}, {"current", -3.5}, {"power", -46.2}, {"remaining_ah", 150.2}, {"capacity_ah", 200.0}, {"soc", 75.1}},
          .online = true};
}

class LinksTest : public HomeTest {
 protected:
  SampleDevice announced() {
    start();
    connect();
    return settled(controller(), controllerReadings());
  }

  void expectNothingRetainedOf(std::string_view part) const {
    for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains(part)) << topic;
  }
};

TEST_F(LinksTest, ALinkTellsWhatIsKnownOfItAndNothingElse) {
  SampleDevice device = announced();
  EXPECT_EQ(retainedJson(kController + "/link"), json::parse(R"({"bluetooth": "on", "connection_reason": "connecting", "reconnects": 0})"));
  const WallTime time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21));
  device.reason = device::ConnectionReason::handed_over;
  device.link = {.handed_over = true,
                 .released_until = time,
                 .rssi = -61,
                 .success_rate = 98.5,
                 .poll_duration = 0.25,
                 .reconnects = 3,
                 .last_success = time,
                 .last_write = "boost_voltage 28.4: written"};
  home->linkChanged(device.view());
  EXPECT_EQ(retainedJson(kController + "/link"),
            json::parse(R"({"bluetooth": "off", "connection_reason": "handed over", "reconnects": 3, "rssi": -61, "success_rate": 98.5,
                            "poll_duration": 0.25, "last_success": "2026-11-21T00:00:00Z", "released_until": "2026-11-21T00:00:00Z",
                            "last_write": "boost_voltage 28.4: written"})"));
}

TEST_F(LinksTest, AReasonIsToldAtOnceAndTheSameOnlyOnce) {
  SampleDevice device = announced();
  client.published.clear();
  device.reason = device::ConnectionReason::not_heard;
  home->reasonChanged(device.view());
  home->reasonChanged(device.view());
  home->linkChanged(device.view());
  ASSERT_THAT(client.on(kController + "/link"), SizeIs(1));
  EXPECT_TRUE(client.on(kController + "/link")[0].retained);
}

TEST_F(LinksTest, WhatComesOfTheLinkIsAvailableWithoutTheDevice) {
  announced();
  const json components = retainedJson(kControllerDocument)["components"];
  for (const char* const key :
       {"connection_reason", "rssi", "success_rate", "poll_duration", "reconnects", "last_success", "bluetooth_connection", "refresh"}) {
    ASSERT_TRUE(components.contains(key)) << key;
    EXPECT_EQ(components[key]["availability"], json::parse(R"([{"topic": "blupow/gateway/status"}])")) << key;
    EXPECT_EQ(components[key].value("state_topic", ""), std::string_view(key) == "refresh" ? "" : kController + "/link");
  }
  EXPECT_THAT(components["connection_reason"]["options"], SizeIs(13));
  EXPECT_EQ(components["rssi"]["enabled_by_default"], false);
  EXPECT_FALSE(components["connection_reason"].contains("enabled_by_default"));
  EXPECT_EQ(components["bluetooth_connection"]["value_template"], "{{ value_json.get('bluetooth') }}");
  EXPECT_EQ(components["bluetooth_connection"]["command_topic"], kController + "/set/bluetooth_connection");
  EXPECT_EQ(components["refresh"]["platform"], "button");
  EXPECT_THAT(complaintsAbout(client.retained[kControllerDocument]), IsEmpty());
}

TEST_F(LinksTest, TheSwitchHandsOverAndTakesBackAndTheButtonRefreshes) {
  announced();
  client.receive(kController + "/set/bluetooth_connection", "off");
  client.receive(kController + "/set/bluetooth_connection", "On");
  client.receive(kController + "/set/refresh", "");
  client.receive(kController + "/set/refresh", "PRESS", true);
  EXPECT_THAT(commands.asked, ElementsAre("release AA:BB:CC:DD:EE:02 15", "resume AA:BB:CC:DD:EE:02", "refresh AA:BB:CC:DD:EE:02"));
  client.published.clear();
  commands.released(std::unexpected(gateway::CommandFailure{gateway::Refusal::failed, "it cannot"}));
  EXPECT_THAT(client.on(kController + "/link"), SizeIs(1));
  client.published.clear();
  client.receive(kController + "/set/bluetooth_connection", "maybe");
  EXPECT_THAT(client.on(kController + "/link"), SizeIs(1));
  EXPECT_THAT(commands.asked, SizeIs(3));
}

TEST_F(LinksTest, WhatADeviceRemembersIsKeptAndGoesWithIt) {
  SampleDevice device = announced();
  device.history = {{.days_ago = 0, .readings = {{"power_generation", 1.25}}}, {.days_ago = 1, .readings = {{"power_generation", 0.5}}}};
  home->historyRead(device.view(), device.unitView());
  EXPECT_EQ(retainedJson(kController + "/history"),
            json::parse(R"({"days": [{"days_ago": 0, "power_generation": 1.25}, {"days_ago": 1, "power_generation": 0.5}]})"));
  client.disconnect();
  client.retained.clear();
  connect();
  EXPECT_TRUE(client.retained.contains(kController + "/history"));
  EXPECT_TRUE(client.retained.contains(kController + "/link"));
  homeAssistantStarts();
  home->deviceRemoved(device.view());
  loop.advance(5s);
  expectNothingRetainedOf("AA:BB:CC:DD:EE:02");
  expectNothingRetainedOf("AABBCCDDEE02");
}

TEST_F(LinksTest, AUnitThatIsNotThereAnyMoreLeavesAndTheOthersStay) {
  SampleDevice first = announced();
  homeAssistantStarts();
  SampleDevice second = controller();
  second.first = false;
  second.identity.known_as = 48;
  second.poll(controllerReadings());
  gateway::Device both = first.view();
  both.units.push_back(second.unitView());
  home->deviceChanged(both);
  home->unitPolled(both, both.units[1]);
  loop.advance(5s);
  EXPECT_TRUE(client.retained.contains("homeassistant/device/blupow_AABBCCDDEE02_48/config"));
  EXPECT_EQ(client.retained[kController + "_48/status"], "online");
  home->deviceChanged(first.view());
  loop.advance(5s);
  expectNothingRetainedOf("_48");
  EXPECT_TRUE(client.retained.contains(kControllerDocument));
  EXPECT_EQ(client.retained[kController + "/status"], "online");
}

TEST_F(LinksTest, ABankHasItsStateItsAvailabilityAndItsDocument) {
  start();
  connect();
  gateway::Bank bank = house();
  bank.readings.clear();
  bank.online = false;
  home->bankChanged(bank);  // waits for its units
  loop.advance(5s);
  EXPECT_EQ(client.retained[kBank + "/status"], "offline");
  EXPECT_FALSE(client.retained.contains(kBankDocument));
  home->bankChanged(house());
  loop.advance(5s);
  EXPECT_EQ(client.retained[kBank + "/status"], "online");
  EXPECT_EQ(retainedJson(kBank + "/state")["remaining_ah"], 150.2);
  const json document = retainedJson(kBankDocument);
  EXPECT_EQ(document["device"]["name"], "House bank");
  EXPECT_EQ(document["device"]["via_device"], "blupow_gateway");
  EXPECT_EQ(document["components"]["soc"]["unique_id"], "blupow_bank_house_soc");
  EXPECT_EQ(document["components"]["soc"]["device_class"], "battery");
  for (const std::string_view key : kBankKeys) EXPECT_TRUE(document["components"].contains(key)) << key;
  EXPECT_THAT(complaintsAbout(client.retained[kBankDocument]), IsEmpty());
  bool done = false;
  home->stop(1s, [&done] { done = true; });
  EXPECT_EQ(client.retained[kBank + "/status"], "offline");
}

TEST_F(LinksTest, ABankThatIsNamedNoMoreGoesAsADeviceDoes) {
  start();
  connect();
  home->bankChanged(house());
  loop.advance(5s);
  homeAssistantStarts();
  home->bankRemoved("house");
  loop.advance(5s);
  expectNothingRetainedOf("bank_house");
}

TEST_F(LinksTest, ABankThatWentWhileWeDidNotRunIsFoundOnTheBrokerAndGoes) {
  client.retained = {{kBankDocument, R"({"components": {"soc": {"platform": "sensor", "unique_id": "blupow_bank_house_soc"}}})"},
                     {kBank + "/state", "{}"},
                     {kBank + "/status", "offline"},
                     {"homeassistant/sensor/blupow_bank_old_soc_spread/config", "{}"},
                     {"blupow/bank_lost/status", "offline"},
                     {"homeassistant/device/blupow_bank_roof/config", "{}"},
                     {"homeassistant/device/roof_bank_house/config", "{}"}};
  start();
  gateway::Bank roof = house();
  roof.slug = "roof";
  home->bankChanged(roof);
  connect();
  loop.advance(10s);
  for (const char* const gone : {"bank_house", "bank_old", "bank_lost"}) {
    for (const auto& [topic, payload] : client.retained) EXPECT_TRUE(!topic.contains(gone) || topic.contains("roof_bank")) << topic;
  }
  EXPECT_TRUE(client.retained.contains("homeassistant/device/blupow_bank_roof/config"));
  EXPECT_TRUE(client.retained.contains("homeassistant/device/roof_bank_house/config"));  // of another gateway
  client.published.clear();
  homeAssistantStarts();
  EXPECT_THAT(payloadsOn(kBankDocument), ElementsAre(testing::Not(IsEmpty()), IsEmpty()));
}

TEST_F(LinksTest, AnotherBaseRenamesTheBanks) {
  start({.base_topic = "solar/roof", .version = "2.0.0"});
  connect();
  home->bankChanged(house());
  loop.advance(5s);
  EXPECT_TRUE(client.retained.contains("solar/roof/bank_house/state"));
  EXPECT_EQ(retainedJson("homeassistant/device/solar_roof_bank_house/config")["components"]["soc"]["unique_id"], "solar_roof_bank_house_soc");
}

TEST_F(LinksTest, BanksWhoseNamesBeginAlikeDoNotTakeEachOthersEntities) {
  start({.discovery = Form::component, .version = "2.0.0"});
  gateway::Bank east = house();
  east.slug = "house_east";
  home->bankChanged(house());
  home->bankChanged(east);
  client.retained = {{"homeassistant/sensor/blupow_bank_house_east_soc/config", "{}"}};
  connect();
  loop.advance(10s);
  EXPECT_THAT(client.on("homeassistant/sensor/blupow_bank_house_east_soc/config"), SizeIs(1));
  EXPECT_TRUE(client.retained.contains("homeassistant/sensor/blupow_bank_house_east_soc/config"));
  EXPECT_TRUE(client.retained.contains("homeassistant/sensor/blupow_bank_house_soc/config"));
}

}  // namespace
}  // namespace blupow::homeassistant
