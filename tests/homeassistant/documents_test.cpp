#include "homeassistant/documents.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "gateway/sample_devices.hpp"
#include "homeassistant/document_checker.hpp"
#include "homeassistant/quantities.hpp"
#include "support/places.hpp"
#include "support/temp_folder.hpp"

namespace blupow::homeassistant {
namespace {

using namespace test;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

const Settings kSettings{.version = "2.0.0"};

Description describeAlone(const SampleDevice& device) { return describe(kSettings, device.view(), device.unitView()); }

// Compares with a whole document kept as a file: a change anywhere is a readable diff. BLUPOW_REWRITE=1 writes the file anew.
void expectGolden(const std::string& document, const std::string& file) {
  const std::filesystem::path path = test::sourceFolder() / "tests/data/homeassistant" / file;
  const std::string text = json::parse(document).dump(2) + "\n";
  if (std::getenv("BLUPOW_REWRITE") != nullptr) std::ofstream(path) << text;
  EXPECT_EQ(test::readFile(path), text) << "run with BLUPOW_REWRITE=1 if this change is meant";
}

SampleDevice allOf(SampleDevice device, profile::Readings readings) {
  device.poll(std::move(readings));
  for (const profile::Block& block : device.profile->blocks) device.identity.answered_blocks.insert(block.name);
  return device;
}

TEST(Documents, AnInvertersIsAsTheFileSays) { expectGolden(deviceDocument(describeAlone(allOf(inverter(), inverterReadings()))), "inverter.json"); }

TEST(Documents, AControllersIsAsTheFileSays) { expectGolden(deviceDocument(describeAlone(allOf(controller(), controllerReadings()))), "controller.json"); }

TEST(Documents, TheGatewaysIsAsTheFileSays) { expectGolden(deviceDocument(describeGateway(kSettings)), "gateway.json"); }

TEST(Documents, ALongNameLeavesTheKeyInTheEntityId) {
  SampleDevice device = controller();
  device.poll(controllerReadings());
  device.name = std::string(300, 'x');
  const json document = json::parse(deviceDocument(describeAlone(device)));
  for (const auto& [key, component] : document["components"].items()) {
    const auto id = component["default_entity_id"].get<std::string>();
    EXPECT_LE(id.size(), 255U);
    EXPECT_TRUE(id.ends_with("x_" + (key == "load_status" ? "load" : key))) << id;
  }
}

TEST(Documents, HomeAssistantTakesAllOfThem) {
  EXPECT_THAT(complaintsAbout(deviceDocument(describeAlone(allOf(inverter(), inverterReadings())))), IsEmpty());
  EXPECT_THAT(complaintsAbout(deviceDocument(describeAlone(allOf(controller(), controllerReadings())))), IsEmpty());
  EXPECT_THAT(complaintsAbout(deviceDocument(describeGateway(kSettings))), IsEmpty());
}

TEST(Documents, OfAnEntityIsTheSameEntityWithItsDevice) {
  const Description description = describeAlone(allOf(inverter(), inverterReadings()));
  const json whole = json::parse(deviceDocument(description));
  for (const Component& component : description.components) {
    json entity = json::parse(entityDocument(description, component));
    EXPECT_EQ(entity["device"], whole["device"]);
    EXPECT_EQ(entity["availability_mode"], "all");
    json listed = whole["components"][component.key];
    EXPECT_EQ(entity["availability"], listed.value("availability", whole["availability"]));
    listed.erase("platform");
    for (const auto& [key, value] : listed.items()) EXPECT_EQ(entity[key], value) << component.key;
  }
}

TEST(Documents, BlocksThatNeverAnsweredHaveNoEntities) {
  SampleDevice device = inverter();
  device.poll({{"input_voltage", 124.9}});
  const std::vector<Component> components = unitComponents(kSettings, device.unitView());
  for (const Component& component : components) EXPECT_EQ(device.profile->field(component.key)->block, device.profile->field("input_voltage")->block);
  EXPECT_GT(components.size(), 1);
}

TEST(Documents, TheGivenNameIsTheDevicesAndItsSlugTheEntities) {
  SampleDevice device = controller();
  device.poll(controllerReadings());
  device.name = "Dach (Süd)";
  const json document = json::parse(deviceDocument(describeAlone(device)));
  EXPECT_EQ(document["device"]["name"], "Dach (Süd)");
  EXPECT_EQ(document["components"]["battery_soc"]["default_entity_id"], "sensor.dach_s_d_battery_soc");
  EXPECT_EQ(document["components"]["battery_soc"]["unique_id"], "blupow_AABBCCDDEE02_battery_soc");
}

TEST(Documents, ANameWithoutLettersLeavesTheDigitsOfTheAddress) {
  SampleDevice device = controller();
  device.poll(controllerReadings());
  device.name = "屋顶";
  EXPECT_EQ(json::parse(deviceDocument(describeAlone(device)))["components"]["battery_soc"]["default_entity_id"], "sensor.aabbccddee02_battery_soc");
}

TEST(Documents, AFurtherUnitOfALinkHasIdsOfItsOwnAndNoConnection) {
  SampleDevice device = controller();
  device.poll(controllerReadings());
  device.first = false;
  device.identity.id = 48;  // the hub gave it another one
  const json document = json::parse(deviceDocument(describeAlone(device)));
  EXPECT_FALSE(document["components"].contains("connection_reason"));
  EXPECT_EQ(document["device"]["identifiers"], json({"blupow_AA:BB:CC:DD:EE:02_32"}));
  EXPECT_FALSE(document["device"].contains("connections"));
  EXPECT_EQ(document["device"]["name"], "RNG-CTRL-RVR40 0001");
  EXPECT_EQ(document["components"]["battery_soc"]["unique_id"], "blupow_AABBCCDDEE02_32_battery_soc");
  EXPECT_EQ(document["components"]["battery_soc"]["state_topic"], "blupow/AA:BB:CC:DD:EE:02_32/state");
}

TEST(Documents, AnotherBaseRenamesTheGatewayAndNotTheDevices) {
  const Settings roof{.base_topic = "solar/roof", .version = "2.0.0"};
  EXPECT_EQ(describeGateway(roof).object_id, "solar_roof_gateway");
  SampleDevice device = controller();
  device.poll(controllerReadings());
  const Description description = describe(roof, device.view(), device.unitView());
  EXPECT_EQ(description.object_id, "blupow_AABBCCDDEE02");
  EXPECT_EQ(description.via, "solar_roof_gateway");
  EXPECT_EQ(description.state_topic, "solar/roof/AA:BB:CC:DD:EE:02/state");
}

TEST(Documents, AUnitThatIsNotOfItsClassCostsTheClassOnly) {
  EXPECT_EQ(looksOf(profile::Quantity::voltage, "W").device_class, "");
  EXPECT_EQ(looksOf(profile::Quantity::voltage, "").device_class, "");
  EXPECT_EQ(looksOf(profile::Quantity::voltage, "W").state_class, "measurement");
  EXPECT_EQ(looksOf(profile::Quantity::temperature, "°C").device_class, "temperature");
  EXPECT_EQ(looksOf(profile::Quantity::charge_total, "Ah").device_class, "");
}

TEST(Documents, WhatDepartsIsShownWholeOrEmptied) {
  const Description description = describeGateway(kSettings);
  const json shown = json::parse(deviceDocument(description, {.whole = {{"old", "select"}}, .emptied = {}}));
  EXPECT_EQ(shown["components"]["old"]["unique_id"], "blupow_gateway_old");
  EXPECT_TRUE(shown["components"]["old"].contains("options"));
  const std::string emptied = deviceDocument(description, {.whole = {}, .emptied = {{"old", "select"}}});
  EXPECT_EQ(json::parse(emptied)["components"]["old"], json({{"platform", "select"}}));
  EXPECT_THAT(componentsOf(emptied).emptied, ElementsAre(testing::Pair("old", "select")));
  EXPECT_EQ(componentsOf(emptied).whole.size(), description.components.size());
}

TEST(Documents, TextsThatAreNoDocumentListNothing) {
  for (const char* const text : {"", "{", "[]", "7", R"({"components": 3})", R"({"components": {"a": 1, "b": {"platform": 2}}})"}) {
    const Listed listed = componentsOf(text);
    EXPECT_THAT(listed.whole, IsEmpty()) << text;
    EXPECT_THAT(listed.emptied, IsEmpty()) << text;
  }
}

TEST(Topics, KnowEntitiesOfTheirOwnDeviceOnly) {
  const Topics topics(kSettings);
  const std::string first = "blupow_AABBCCDDEE02";
  EXPECT_EQ(topics.entityOf("homeassistant/sensor/blupow_AABBCCDDEE02_battery_soc/config", first), (EntityPlace{"sensor", "battery_soc"}));
  EXPECT_EQ(topics.entityOf("homeassistant/sensor/blupow_AABBCCDDEE02_33_voltage/config", first), std::nullopt);
  EXPECT_EQ(topics.entityOf("homeassistant/sensor/blupow_AABBCCDDEE02_33_voltage/config", first + "_33"), (EntityPlace{"sensor", "voltage"}));
  EXPECT_EQ(topics.entityOf("homeassistant/device/blupow_AABBCCDDEE02/config", first), std::nullopt);
  EXPECT_EQ(topics.entityOf("other/sensor/blupow_AABBCCDDEE02_battery_soc/config", first), std::nullopt);
}

}  // namespace
}  // namespace blupow::homeassistant
