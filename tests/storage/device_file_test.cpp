#include "storage/device_file.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace blupow::storage {
namespace {

using gateway::StoredDevice;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

profile::Catalogue catalogue() {
  profile::Profile inverter;
  inverter.type = "renogy_inverter";
  profile::Profile controller;
  controller.type = "renogy_controller";
  return profile::Catalogue({std::make_shared<const profile::Profile>(inverter), std::make_shared<const profile::Profile>(controller)});
}

MacAddress address(std::string_view text) { return *MacAddress::parse(text); }

const char* const kRoof = "AA:BB:CC:DD:EE:01";
const char* const kShed = "AA:BB:CC:DD:EE:02";

TEST(DeviceFileTest, ReadsTheFileOfTheFirstBluPow) {
  const auto profiles = catalogue();
  const auto file = DeviceFile::parse(R"({"aa:bb:cc:dd:ee:01": {"address": "aa:bb:cc:dd:ee:01", "type": "renogy_inverter", "name": "Roof"},
                                          "AA:BB:CC:DD:EE:02": {"address": "AA:BB:CC:DD:EE:02", "type": "renogy_controller"}})",
                                      profiles);
  ASSERT_TRUE(file.has_value());
  EXPECT_THAT(file->devices(), ElementsAre(StoredDevice{.address = address(kRoof), .type = "renogy_inverter", .name = "Roof"},
                                           StoredDevice{.address = address(kShed), .type = "renogy_controller"}));
}

TEST(DeviceFileTest, WhatIsWrittenIsReadBack) {
  const auto profiles = catalogue();
  const std::vector<StoredDevice> devices{{.address = address(kRoof),
                                           .type = "renogy_inverter",
                                           .name = "Röhre \"1\"",
                                           .advertised_name = "BTRIC134000123",
                                           .from_options = true,
                                           .units = {{.id = 32,
                                                      .family = profiles.find("renogy_inverter"),
                                                      .model = "RIV1230RCH-SPS",
                                                      .serial_number = "123",
                                                      .answered_blocks = {"live", "model"},
                                                      .known_as = 32},
                                                     {.id = 97, .family = profiles.find("renogy_controller"), .known_as = 96, .counts = {{"cell_count", 4}}}},
                                           .released_until = WallTime(std::chrono::seconds(1'795'273'200))},
                                          {.address = address(kShed), .type = ""}};
  const std::string text = DeviceFile().rewrite(devices);
  const auto file = DeviceFile::parse(text, profiles);
  ASSERT_TRUE(file.has_value()) << text;
  EXPECT_EQ(file->devices(), devices);
}

TEST(DeviceFileTest, KeysItDoesNotKnowStay) {
  const auto profiles = catalogue();
  auto file = DeviceFile::parse(R"({"AA:BB:CC:DD:EE:01": {"address": "AA:BB:CC:DD:EE:01", "type": "renogy_inverter", "notes": {"a": [1, 2]},
                                    "units": [{"id": 32, "type": "renogy_inverter", "colour": "red"}]}})",
                                profiles);
  ASSERT_TRUE(file.has_value());
  auto devices = file->devices();
  devices[0].name = "Roof";
  devices[0].units[0].model = "RIV";
  for (int round = 0; round < 2; ++round) {
    const json entry = json::parse(file->rewrite(devices)).at(kRoof);
    EXPECT_EQ(entry.at("name"), "Roof");
    EXPECT_EQ(entry.at("notes"), json::parse(R"({"a": [1, 2]})"));
    EXPECT_EQ(entry.at("units").at(0).at("colour"), "red");
    EXPECT_EQ(entry.at("units").at(0).at("model"), "RIV");
  }
}

TEST(DeviceFileTest, AUnitOfAnOlderFileIsKnownAsItsId) {
  const auto file = DeviceFile::parse(
      R"({"x": {"address": "AA:BB:CC:DD:EE:01", "type": "renogy_inverter", "units": [{"id": 32, "type": "renogy_inverter"}, {"id": 33, "type": "renogy_inverter", "known_as": 999}]}})",
      catalogue());
  ASSERT_TRUE(file.has_value());
  ASSERT_EQ(file->devices()[0].units.size(), 2U);
  EXPECT_EQ(file->devices()[0].units[0].known_as, 32);
  EXPECT_EQ(file->devices()[0].units[1].known_as, 33) << "nonsense is not believed";
}

TEST(DeviceFileTest, AHandOverThatIsOverIsTakenOut) {
  auto file = DeviceFile::parse(R"({"x": {"address": "AA:BB:CC:DD:EE:01", "type": "renogy_inverter", "released_until": 1795273200}})", catalogue());
  ASSERT_TRUE(file.has_value());
  auto devices = file->devices();
  EXPECT_EQ(devices[0].released_until, WallTime(std::chrono::seconds(1'795'273'200)));
  devices[0].released_until.reset();
  EXPECT_FALSE(json::parse(file->rewrite(devices)).at(kRoof).contains("released_until"));
}

class OddHandOvers : public testing::TestWithParam<const char*> {};

TEST_P(OddHandOvers, AreNone) {
  const std::string text = std::string(R"({"x": {"address": "AA:BB:CC:DD:EE:01", "type": "renogy_inverter", "released_until": )") + GetParam() + "}}";
  const auto file = DeviceFile::parse(text, catalogue());
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->devices()[0].released_until, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(DeviceFileTest, OddHandOvers,
                         testing::Values("null", "true", "\"2026\"", "-1", "1e300", "9223372036854775807", "18446744073709551615"));

TEST(DeviceFileTest, AnEntryOfAnUnknownTypeStaysAsItIs) {
  const auto profiles = catalogue();
  const json entry = json::parse(R"({"address": "AA:BB:CC:DD:EE:01", "type": "my_heater", "name": "Heater", "colour": [{"register": 1}],
                                     "units": [{"id": 5, "type": "my_heater", "model": "X"}]})");
  auto file = DeviceFile::parse(json{{kRoof, entry}}.dump(), profiles);
  ASSERT_TRUE(file.has_value());
  ASSERT_EQ(file->devices().size(), 1U);
  EXPECT_EQ(file->devices()[0].type, "my_heater");
  EXPECT_THAT(file->devices()[0].units, IsEmpty());
  EXPECT_EQ(json::parse(file->rewrite(file->devices())).at(kRoof), entry);
}

const char* const kDescription = R"({"notify_uuid": "0000fff1-0000-1000-8000-00805f9b34fb", "write_uuid": "0000ffd1-0000-1000-8000-00805f9b34fb",
                                     "device_id": 5, "sensors": [{"key": "heat", "name": "Heat", "register": 7, "unit": "W"}]})";

// The first BluPow kept its generic devices so.
TEST(DeviceFileTest, AGenericDeviceIsDescribedByTheKeysBesideItsAddress) {
  const auto profiles = catalogue();
  json entry = json::parse(kDescription);
  entry["address"] = kRoof;
  entry["type"] = "generic_modbus_device";
  entry["name"] = "Heater";
  auto file = DeviceFile::parse(json{{kRoof, entry}}.dump(), profiles);
  ASSERT_TRUE(file.has_value());
  EXPECT_THAT(file->notes(), IsEmpty());
  ASSERT_EQ(file->devices().size(), 1U);
  auto devices = file->devices();
  ASSERT_NE(devices[0].described, nullptr);
  EXPECT_NE(devices[0].described->field("heat"), nullptr);
  EXPECT_EQ(json::parse(file->rewrite(devices)).at(kRoof), entry);
  devices[0].units = {{.id = 5, .family = devices[0].described, .known_as = 5}};
  const auto again = DeviceFile::parse(file->rewrite(devices), profiles);
  ASSERT_TRUE(again.has_value());
  ASSERT_EQ(again->devices()[0].units.size(), 1U);
  EXPECT_EQ(again->devices()[0].units[0].family, again->devices()[0].described);
}

TEST(DeviceFileTest, ADescriptionIsKeptAsTheCallerGaveIt) {
  const auto profiles = catalogue();
  json given = json::parse(kDescription);
  given["command"] = "add_device";
  given["request_id"] = "r";
  given["address"] = "aa:bb:cc:dd:ee:01";
  given["note"] = "mine";
  DeviceFile file;
  const json entry = json::parse(file.rewrite({{.address = address(kRoof), .type = "generic_modbus_device", .description = given.dump()}})).at(kRoof);
  json expected = json::parse(kDescription);
  expected["address"] = kRoof;
  expected["type"] = "generic_modbus_device";
  expected["note"] = "mine";
  EXPECT_EQ(entry, expected);
}

TEST(DeviceFileTest, AWrongDescriptionIsNamedAndLeftAsItIs) {
  const auto profiles = catalogue();
  const json entry = json::parse(R"({"address": "AA:BB:CC:DD:EE:01", "type": "generic_modbus_device", "sensors": [{"register": 70000}]})");
  auto file = DeviceFile::parse(json{{kRoof, entry}}.dump(), profiles);
  ASSERT_TRUE(file.has_value());
  EXPECT_FALSE(file->notes().empty());
  EXPECT_THAT(file->notes(), testing::Each(HasSubstr("The description of AA:BB:CC:DD:EE:01 is wrong: devices.json")));
  EXPECT_EQ(file->devices()[0].described, nullptr);
  EXPECT_EQ(json::parse(file->rewrite(file->devices())).at(kRoof), entry);
}

TEST(DeviceFileTest, AUnitOfAnUnknownTypeStaysBesideTheOthers) {
  const auto profiles = catalogue();
  const json foreign = json::parse(R"({"id": 48, "type": "my_battery", "model": "B"})");
  const json unit = json::parse(R"({"id": 32, "type": "renogy_inverter"})");
  auto file = DeviceFile::parse(json{{kRoof, {{"address", kRoof}, {"type", "renogy_inverter"}, {"units", {foreign, unit}}}}}.dump(), profiles);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->devices()[0].units.size(), 1U);
  const json written = json::parse(file->rewrite(file->devices())).at(kRoof).at("units");
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(written.at(0).at("id"), 32);
  EXPECT_EQ(written.at(1), foreign);
}

TEST(DeviceFileTest, ADeviceThatIsGoneIsDroppedWithAllItsKeys) {
  const auto profiles = catalogue();
  auto file = DeviceFile::parse(R"({"AA:BB:CC:DD:EE:01": {"address": "AA:BB:CC:DD:EE:01", "type": "renogy_inverter", "notes": "old"}})", profiles);
  ASSERT_TRUE(file.has_value());
  const auto devices = file->devices();
  EXPECT_EQ(json::parse(file->rewrite({})), json::object());
  EXPECT_FALSE(json::parse(file->rewrite(devices)).at(kRoof).contains("notes"));
}

class NoDeviceFile : public testing::TestWithParam<const char*> {};

TEST_P(NoDeviceFile, IsRefused) { EXPECT_FALSE(DeviceFile::parse(GetParam(), catalogue()).has_value()); }

INSTANTIATE_TEST_SUITE_P(DeviceFileTest, NoDeviceFile,
                         testing::Values("", "{", "[]", "null", "\"text\"", R"({"AA:BB:CC:DD:EE:01": 5})", R"({"AA:BB:CC:DD:EE:01": {}})",
                                         R"({"x": {"address": "AA:BB:CC:DD:EE:01"}})", R"({"x": {"address": "nonsense", "type": "renogy_inverter"}})",
                                         R"({"x": {"address": "AA:BB:CC:DD:EE:01", "type": 7}})", "{\"x\xff\": {}}"));

class OddUnits : public testing::TestWithParam<const char*> {};

TEST_P(OddUnits, AreNoUnitsButNoError) {
  const std::string text = std::string(R"({"x": {"address": "AA:BB:CC:DD:EE:01", "type": "renogy_inverter", "name": null, "units": )") + GetParam() + "}}";
  const auto file = DeviceFile::parse(text, catalogue());
  ASSERT_TRUE(file.has_value());
  EXPECT_THAT(file->devices()[0].units, IsEmpty());
  EXPECT_EQ(file->devices()[0].name, "");
}

INSTANTIATE_TEST_SUITE_P(DeviceFileTest, OddUnits,
                         testing::Values("7", "{}", "[7]", "[[]]", R"([{"id": -1, "type": "renogy_inverter"}])", R"([{"id": 256, "type": "renogy_inverter"}])",
                                         R"([{"id": 1e300, "type": "renogy_inverter"}])", R"([{"id": 18446744073709551615, "type": "renogy_inverter"}])",
                                         R"([{"id": "1", "type": "renogy_inverter"}])", R"([{"id": 1}])", R"([{"id": 1, "type": {}}])"));

TEST(DeviceFileTest, OddCountsOfAUnitAreSkipped) {
  const auto file = DeviceFile::parse(
      R"({"x": {"address": "AA:BB:CC:DD:EE:01", "type": "renogy_inverter", "units": [
          {"id": 1, "type": "renogy_inverter", "counts": {"cell_count": 4, "odd": "x", "half": 1.5}}, {"id": 2, "type": "renogy_inverter", "counts": [1]}]}})",
      catalogue());
  ASSERT_TRUE(file.has_value());
  ASSERT_EQ(file->devices()[0].units.size(), 2U);
  EXPECT_THAT(file->devices()[0].units[0].counts, ElementsAre(std::pair<const std::string, std::int64_t>("cell_count", 4)));
  EXPECT_THAT(file->devices()[0].units[1].counts, IsEmpty());
}

TEST(DeviceFileTest, OddBlocksOfAUnitAreSkipped) {
  const auto file = DeviceFile::parse(
      R"({"x": {"address": "AA:BB:CC:DD:EE:01", "type": "renogy_inverter", "units": [{"id": 1, "type": "renogy_inverter", "model": 3, "answered_blocks": ["a", 5, null]}]}})",
      catalogue());
  ASSERT_TRUE(file.has_value());
  ASSERT_EQ(file->devices()[0].units.size(), 1U);
  EXPECT_THAT(file->devices()[0].units[0].answered_blocks, ElementsAre("a"));
  EXPECT_EQ(file->devices()[0].units[0].model, "");
}

}  // namespace
}  // namespace blupow::storage
