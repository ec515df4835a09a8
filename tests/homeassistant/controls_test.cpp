// Settings of devices: as entities, and what is published under set/.
#include <gmock/gmock.h>

#include "homeassistant/components.hpp"
#include "homeassistant/document_checker.hpp"
#include "homeassistant/documents.hpp"
#include "homeassistant/home.hpp"

namespace blupow::homeassistant {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using profile::Field;
using profile::Quantity;
using profile::Type;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Settings kShown{.version = "2.0.0"};
const Settings kAllowed{.version = "2.0.0", .allow_settings = true};
const std::string kDevice = "blupow/AA:BB:CC:DD:EE:05";
const std::string kDocument = "homeassistant/device/blupow_AABBCCDDEE05/config";

// A controller with one setting of each kind, a counted value, a derived one, a meter and one for its own use.
profile::ProfilePtr settingsProfile() {
  profile::Profile made;
  made.type = "sample";
  made.name = "Sample";
  made.manufacturer = "Renogy";
  made.blocks = {{.name = "live", .address = 0x100, .words = 20}, {.name = "settings", .address = 0xE000, .words = 20}, {.name = "cells"}};
  Field load{.key = "load_status", .name = "Load Status", .block = "live", .type = Type::enumeration, .quantity = Quantity::contact};
  load.values = {{0, "off"}, {1, "on"}};
  load.setting = profile::Setting{.address = 0x10A, .always = true};
  Field battery{.key = "battery_type", .name = "Battery Type", .block = "settings", .type = Type::enumeration, .quantity = Quantity::word};
  battery.category = profile::Category::config;
  battery.values = {{0, "custom"}, {1, "open"}, {4, "lithium"}, {5, "custom"}};
  battery.setting = profile::Setting{.codes = {0, 1}};
  Field boost{.key = "boost_voltage", .name = "Boost Voltage", .block = "settings", .scale = 0.1, .decimals = 1, .unit = "V", .quantity = Quantity::voltage};
  boost.category = profile::Category::config;
  boost.times = "system_voltage";
  boost.setting = profile::Setting{.range = profile::Limits{9, 17}};
  Field system{.key = "system_voltage", .name = "System Voltage", .block = "live", .unit = "V", .quantity = Quantity::voltage};
  system.published = false;
  Field voltage{.key = "voltage", .name = "Voltage", .block = "live", .decimals = 1, .unit = "V", .quantity = Quantity::voltage};
  Field current{.key = "current", .name = "Current", .block = "cells", .decimals = 1, .unit = "A", .quantity = Quantity::current};
  Field power{.key = "power", .name = "Power", .type = Type::product, .decimals = 1, .unit = "W", .quantity = Quantity::power};
  power.inputs = {"voltage", "current"};
  Field faults{.key = "faults", .name = "Faults", .block = "live", .type = Type::alarms, .quantity = Quantity::problem};
  made.fields = {load, battery, boost, system, voltage, current, power, faults};
  for (std::uint16_t cell = 1; cell <= 3; ++cell) {
    Field field{.key = "cell_voltage_" + std::to_string(cell), .name = "Cell Voltage " + std::to_string(cell), .block = "live", .decimals = 1, .unit = "V"};
    field.quantity = Quantity::voltage;
    field.count = "cell_count";
    field.index = cell;
    made.fields.push_back(field);
  }
  made.meters = {{.key = "energy", .name = "Energy", .power = "power"}};
  return std::make_shared<const profile::Profile>(made);
}

SampleDevice sample() {
  SampleDevice device = inverter();
  device.address = *MacAddress::parse("AA:BB:CC:DD:EE:05");
  device.profile = settingsProfile();
  device.identity.family = device.profile;
  device.identity.model = "SAMPLE-1";
  device.identity.answered_blocks = {"live", "settings"};
  return device;
}

profile::Readings readings() {
  return {{"load_status", "off"}, {"battery_type", "lithium"}, {"boost_voltage", 28.8}, {"system_voltage", std::int64_t{24}}, {"voltage", 26.1}};
}

std::map<std::string, Component> entitiesOf(const Settings& settings, const SampleDevice& device) {
  std::map<std::string, Component> entities;
  for (Component& component : unitComponents(settings, device.unitView())) entities.emplace(component.key, component);
  return entities;
}

TEST(Components, SettingsAreOnlyShownUnlessTheyAreAllowedExceptTheLoadSwitch) {
  SampleDevice device = sample();
  device.poll(readings());
  const auto shown = entitiesOf(kShown, device);
  EXPECT_EQ(shown.at("boost_voltage").platform, "sensor");
  EXPECT_EQ(shown.at("boost_voltage").category, "diagnostic");
  EXPECT_EQ(shown.at("battery_type").device_class, "enum");
  EXPECT_EQ(shown.at("load_status").platform, "switch");
  EXPECT_EQ(shown.at("load_status").command_topic, kDevice + "/set/load_status");
  const auto allowed = entitiesOf(kAllowed, device);
  EXPECT_EQ(allowed.at("boost_voltage").platform, "number");
  EXPECT_EQ(allowed.at("boost_voltage").category, "config");
  EXPECT_EQ(allowed.at("boost_voltage").command_topic, kDevice + "/set/boost_voltage");
  EXPECT_EQ(allowed.at("boost_voltage").state_class, "");
  EXPECT_EQ(allowed.at("battery_type").platform, "select");
}

TEST(Components, ANumberHasTheRangeOfTheSystemAndHoldsWhatIsSet) {
  SampleDevice device = sample();
  device.poll(readings());
  EXPECT_EQ(entitiesOf(kAllowed, device).at("boost_voltage").range, (NumberRange{18, 34, 0.2}));
  device.readings["boost_voltage"] = 36.2;
  EXPECT_EQ(entitiesOf(kAllowed, device).at("boost_voltage").range, (NumberRange{18, 36.2, 0.2}));
  device.readings.erase("boost_voltage");
  device.readings.erase("system_voltage");  // not known: of every system
  EXPECT_EQ(entitiesOf(kAllowed, device).at("boost_voltage").range->lowest, 9);
  EXPECT_EQ(entitiesOf(kAllowed, device).at("boost_voltage").range->highest, 68);
}

TEST(Components, AChoiceListsWhatMayBeWrittenAndWhatIsThere) {
  SampleDevice device = sample();
  device.poll(readings());
  EXPECT_THAT(entitiesOf(kAllowed, device).at("battery_type").options, ElementsAre("custom", "open", "lithium"));
  device.readings["battery_type"] = "unknown";
  EXPECT_THAT(entitiesOf(kAllowed, device).at("battery_type").options, ElementsAre("custom", "open"));
}

TEST(Components, CountedFieldsAreThereAsFarAsTheDeviceCounts) {
  SampleDevice device = sample();
  device.poll(readings());
  EXPECT_FALSE(entitiesOf(kShown, device).contains("cell_voltage_1"));
  device.identity.counts["cell_count"] = 2;
  EXPECT_TRUE(entitiesOf(kShown, device).contains("cell_voltage_2"));
  EXPECT_FALSE(entitiesOf(kShown, device).contains("cell_voltage_3"));
  device.readings["cell_count"] = std::int64_t{3};
  EXPECT_TRUE(entitiesOf(kShown, device).contains("cell_voltage_3"));
}

TEST(Components, DerivedFieldsAndMetersAreThereWhenTheirInputsAre) {
  SampleDevice device = sample();
  device.poll(readings());
  EXPECT_FALSE(entitiesOf(kShown, device).contains("power"));
  EXPECT_FALSE(entitiesOf(kShown, device).contains("energy"));
  device.identity.answered_blocks.insert("cells");
  const auto entities = entitiesOf(kShown, device);
  EXPECT_TRUE(entities.contains("power"));
  const Component& energy = entities.at("energy");
  EXPECT_EQ(energy.unit, "kWh");
  EXPECT_EQ(energy.device_class, "energy");
  EXPECT_EQ(energy.state_class, "total_increasing");
  EXPECT_EQ(entities.at("faults").device_class, "");
}

TEST(Components, AFieldForTheProfilesOwnUseHasNoEntity) {
  SampleDevice device = sample();
  device.poll(readings());
  EXPECT_FALSE(entitiesOf(kShown, device).contains("system_voltage"));
}

TEST(Components, HomeAssistantTakesTheControls) {
  SampleDevice device = sample();
  device.poll(readings());
  device.identity.answered_blocks.insert("cells");
  const std::string text = deviceDocument(describe(kAllowed, device.view(), device.unitView()));
  EXPECT_THAT(complaintsAbout(text), IsEmpty());
  const json components = json::parse(text)["components"];
  EXPECT_EQ(components["load_status"]["default_entity_id"], "switch.sample_1_ee05_load");
  EXPECT_EQ(components["load_status"]["unique_id"], "blupow_AABBCCDDEE05_load_status");
  EXPECT_EQ(components["boost_voltage"]["min"], 18.0);
  EXPECT_EQ(components["boost_voltage"]["mode"], "box");
  EXPECT_EQ(components["battery_type"]["value_template"],
            R"({{ value_json.get('battery_type') if value_json.get('battery_type') in ["custom","open","lithium"] else None }})");
  EXPECT_EQ(components["boost_voltage"]["value_template"],
            "{{ value_json.get('boost_voltage') if value_json.get('boost_voltage') is number and 18.0 <= value_json.get('boost_voltage') <= 34.0 else None }}");
}

TEST(Components, ANameThatTheLinkHasTooIsMadeUnique) {
  SampleDevice device = sample();
  profile::Profile changed = *device.profile;
  changed.fields[4].name = "Reconnects";
  changed.fields[5].key = "refresh";
  device.profile = std::make_shared<const profile::Profile>(changed);
  device.poll(readings());
  device.identity.answered_blocks.insert("cells");
  EXPECT_THAT(complaintsAbout(deviceDocument(describe(kShown, device.view(), device.unitView()))), IsEmpty());
}

class ControlsTest : public HomeTest {
 protected:
  // Announced on a broker, with its document.
  SampleDevice announced(const Settings& settings) {
    start(settings);
    connect();
    SampleDevice device = settled(sample(), readings());
    client.published.clear();
    return device;
  }
};

TEST_F(ControlsTest, WishesReachTheGatewayAndRetainedOnesDoNot) {
  announced(kAllowed);
  client.receive(kDevice + "/set/boost_voltage", " 28.4 ");
  client.receive(kDevice + "_48/set/load_status", "ON");
  client.receive(kDevice + "/set/boost_voltage", "29", true);
  client.receive("blupow/aa:bb:cc:dd:ee:05/set/boost_voltage", "29");
  client.receive(kDevice + "_048/set/boost_voltage", "29");
  client.receive(kDevice + "_300/set/boost_voltage", "29");
  EXPECT_THAT(commands.asked, ElementsAre("set AA:BB:CC:DD:EE:05 boost_voltage 28.4", "set AA:BB:CC:DD:EE:05_48 load_status ON"));
  EXPECT_THAT(client.filters, testing::Contains("blupow/+/set/+"));
}

TEST_F(ControlsTest, ARefusedWishBringsTheOldStateBack) {
  announced(kAllowed);
  client.receive(kDevice + "/set/boost_voltage", "99");
  EXPECT_THAT(client.on(kDevice + "/state"), IsEmpty());
  commands.setEnded(std::unexpected(gateway::CommandFailure{gateway::Refusal::failed, "99 is too much"}));
  ASSERT_THAT(client.on(kDevice + "/state"), SizeIs(1));
  EXPECT_EQ(json::parse(client.on(kDevice + "/state")[0].payload)["boost_voltage"], 28.8);
  client.published.clear();
  client.receive(kDevice + "/set/boost_voltage", "28");
  commands.setEnded({});  // its new state came before
  EXPECT_THAT(client.published, IsEmpty());
}

// Another program has set it beyond the range: no value to Home Assistant until the document allows it.
TEST_F(ControlsTest, AStateIsPublishedOnceMoreUnderTheDocumentThatAllowsIt) {
  SampleDevice device = announced(kAllowed);
  profile::Readings beyond = readings();
  beyond["boost_voltage"] = 36.2;
  poll(device, std::move(beyond));
  loop.advance(5s);
  const auto documents = client.on(kDocument);
  const auto states = client.on(kDevice + "/state");
  ASSERT_THAT(documents, SizeIs(1));
  EXPECT_EQ(json::parse(documents[0].payload)["components"]["boost_voltage"]["max"], 36.2);
  ASSERT_THAT(states, SizeIs(2));
  EXPECT_EQ(states[1].payload, states[0].payload);
  EXPECT_LT(states[0].at, documents[0].at);
  EXPECT_EQ(states[1].at - documents[0].at, 1s);
}

TEST_F(ControlsTest, AnAnswerThatComesAfterOurEndFindsNobody) {
  announced(kAllowed);
  client.receive(kDevice + "/set/boost_voltage", "99");
  home.reset();
  commands.setEnded(std::unexpected(gateway::CommandFailure{gateway::Refusal::failed, "late"}));
  EXPECT_THAT(client.published, IsEmpty());
}

TEST_F(ControlsTest, WhatIsForTheProfilesOwnUseIsNoPartOfTheState) {
  announced(kShown);
  EXPECT_FALSE(retainedJson(kDevice + "/state").contains("system_voltage"));
  EXPECT_TRUE(retainedJson(kDevice + "/state").contains("voltage"));
}

// An option that is changed makes another platform of a key: the earlier entity goes first, and once more after Home Assistant's next start.
TEST_F(ControlsTest, AChangedOptionChangesThePlatformInSteps) {
  announced(kShown);
  startAgain(kAllowed);
  connect();
  settled(sample(), readings());
  auto documents = client.on(kDocument);
  ASSERT_THAT(documents, SizeIs(2));
  EXPECT_EQ(json::parse(documents[0].payload)["components"]["boost_voltage"], json({{"platform", "sensor"}}));
  EXPECT_EQ(json::parse(documents[0].payload)["components"]["load_status"]["platform"], "switch");
  EXPECT_EQ(json::parse(documents[1].payload)["components"]["boost_voltage"]["platform"], "number");
  EXPECT_GE(documents[1].at - documents[0].at, 1s);

  // Also when that start is seen by another process of ours.
  startAgain(kAllowed);
  connect();
  settled(sample(), readings());
  client.published.clear();
  homeAssistantStarts();
  documents = client.on(kDocument);
  ASSERT_THAT(documents, SizeIs(3));
  EXPECT_EQ(json::parse(documents[0].payload)["components"]["boost_voltage"]["platform"], "sensor");
  EXPECT_EQ(json::parse(documents[0].payload)["components"]["boost_voltage"]["state_topic"], kDevice + "/state/departing") << "its value may not fit any more";
  EXPECT_EQ(json::parse(documents[1].payload)["components"]["boost_voltage"], json({{"platform", "sensor"}}));
  EXPECT_EQ(json::parse(documents[2].payload)["components"]["boost_voltage"]["platform"], "number");
  client.published.clear();
  homeAssistantStarts();
  EXPECT_THAT(client.on(kDocument), SizeIs(1));
}

}  // namespace
}  // namespace blupow::homeassistant
