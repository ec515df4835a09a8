// What the shipped profiles promise: keys and names that users and the first BluPow know, and requests that devices are known to answer.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "profile/variant.hpp"
#include "shipped.hpp"

namespace blupow::profile {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAreArray;

TEST(ShippedProfiles, AllLoad) {
  std::vector<std::string> types;
  for (const ProfilePtr& profile : shippedCatalogue().all()) {
    types.push_back(profile->type);
    EXPECT_EQ(std::filesystem::path(profile->file).filename(), profile->type + ".json");
  }
  EXPECT_THAT(types, ElementsAre("renogy_controller", "renogy_inverter"));
}

TEST(ShippedProfiles, TheInverterHasTheKeysNamesAndUnitsOfTheFirstBluPow) {
  const std::map<std::string, std::pair<std::string, std::string>> expected{{"model", {"Inverter Model", ""}},
                                                                            {"device_id", {"Device ID", ""}},
                                                                            {"input_voltage", {"AC Input Voltage", "V"}},
                                                                            {"input_current", {"AC Input Current", "A"}},
                                                                            {"input_frequency", {"AC Input Frequency", "Hz"}},
                                                                            {"output_voltage", {"AC Output Voltage", "V"}},
                                                                            {"output_current", {"AC Output Current", "A"}},
                                                                            {"output_frequency", {"AC Output Frequency", "Hz"}},
                                                                            {"load_active_power", {"AC Load Power", "W"}},
                                                                            {"load_apparent_power", {"AC Apparent Power", "VA"}},
                                                                            {"load_current", {"Load Current", "A"}},
                                                                            {"load_percentage", {"Load Percentage", "%"}},
                                                                            {"line_charging_current", {"Line Charging Current", "A"}},
                                                                            {"battery_voltage", {"Battery Voltage", "V"}},
                                                                            {"battery_percentage", {"Battery SOC", "%"}},
                                                                            {"charging_current", {"Battery Charging Current", "A"}},
                                                                            {"charging_status", {"Charging Status", ""}},
                                                                            {"charging_power", {"Charging Power", "W"}},
                                                                            {"solar_voltage", {"Solar Input Voltage", "V"}},
                                                                            {"solar_current", {"Solar Input Current", "A"}},
                                                                            {"solar_power", {"Solar Input Power", "W"}},
                                                                            {"temperature", {"Inverter Temperature", "°C"}}};
  std::map<std::string, std::pair<std::string, std::string>> found;
  for (const Field& field : shipped("renogy_inverter")->fields) found[field.key] = {field.name, field.unit};
  EXPECT_EQ(found, expected);
}

TEST(ShippedProfiles, TheControllerHasEveryKeyOfItsRegisters) {
  std::vector<std::string> keys;
  for (const Field& field : shipped("renogy_controller")->fields) keys.push_back(field.key);
  EXPECT_THAT(keys, UnorderedElementsAreArray({"battery_soc",
                                               "battery_voltage",
                                               "battery_current",
                                               "battery_temperature",
                                               "controller_temperature",
                                               "battery_type",
                                               "solar_voltage",
                                               "solar_current",
                                               "solar_power",
                                               "load_status",
                                               "load_voltage",
                                               "load_current",
                                               "load_power",
                                               "load_brightness",
                                               "charging_status",
                                               "battery_min_voltage_today",
                                               "battery_max_voltage_today",
                                               "max_charging_current_today",
                                               "max_discharging_current_today",
                                               "max_charging_power_today",
                                               "max_discharging_power_today",
                                               "charging_amp_hours_today",
                                               "discharging_amp_hours_today",
                                               "power_generation_today",
                                               "power_generation_total",
                                               "power_consumption_today",
                                               "power_consumption_total",
                                               "total_operating_days",
                                               "battery_overdischarge_count",
                                               "battery_full_charge_count",
                                               "total_charging_amp_hours",
                                               "total_discharging_amp_hours",
                                               "faults",
                                               "model",
                                               "device_id",
                                               "serial_number",
                                               "software_version",
                                               "hardware_version",
                                               "system_voltage",
                                               "rated_charge_current",
                                               "rated_discharge_current",
                                               "product_type"}));
}

TEST(ShippedProfiles, DecimalsFollowTheScale) {
  const ProfilePtr inverter = shipped("renogy_inverter");
  EXPECT_EQ(inverter->field("input_voltage")->decimals, 1);
  EXPECT_EQ(inverter->field("input_frequency")->decimals, 2);
  EXPECT_EQ(inverter->field("solar_power")->decimals, 0);
  EXPECT_EQ(shipped("renogy_controller")->field("power_generation_total")->decimals, 3);
}

// Blocks of one profile differ in length, so that a late answer to one is never taken for another's.
TEST(ShippedProfiles, NoTwoBlocksHaveOneLength) {
  for (const ProfilePtr& profile : shippedCatalogue().all()) {
    std::set<std::uint16_t> lengths;
    for (const Block& block : profile->blocks) EXPECT_TRUE(lengths.insert(block.words).second) << profile->type << " " << block.name;
  }
}

TEST(ShippedProfiles, MeasuredValuesAreReadAtEveryPoll) {
  for (const ProfilePtr& profile : shippedCatalogue().all()) {
    for (const Field& field : profile->fields) {
      if (field.category != Category::primary) continue;
      EXPECT_EQ(profile->block(field.block)->interval, Interval::normal) << profile->type << " " << field.key;
    }
  }
}

TEST(ShippedProfiles, RequestsGoWhereRenogyListens) {
  for (const ProfilePtr& profile : shippedCatalogue().all()) {
    EXPECT_EQ(profile->gatt, (Gatt{.write_service = "0000ffd0-0000-1000-8000-00805f9b34fb",
                                   .write = "0000ffd1-0000-1000-8000-00805f9b34fb",
                                   .notify_service = "0000fff0-0000-1000-8000-00805f9b34fb",
                                   .notify = "0000fff1-0000-1000-8000-00805f9b34fb"}))
        << profile->type;
  }
  EXPECT_THAT(shipped("renogy_inverter")->unit_ids, ElementsAre(32, 255));
  EXPECT_THAT(shipped("renogy_controller")->unit_ids, ElementsAre(255, 17, 1, 16, 96, 97));
  EXPECT_EQ(shipped("renogy_inverter")->answer_timeout, std::chrono::seconds(5));
  EXPECT_EQ(shipped("renogy_controller")->answer_timeout, std::chrono::seconds(3));
}

// The model texts that were seen, and which family they tell.
TEST(ShippedProfiles, ModelsTellTheFamily) {
  const auto fits = [](const std::string& type, const std::string& model) { return std::regex_search(model, shipped(type)->identify.front().expression); };
  for (const std::string model : {"RNG-CTRL-WND10", "RNG-CTRL-RVRPG40", "RCC20RVRE-G1", "RCC40RVRE", "ML2440"}) {
    EXPECT_TRUE(fits("renogy_controller", model)) << model;
    EXPECT_FALSE(fits("renogy_inverter", model)) << model;
  }
  for (const std::string model : {"RIV1230RCH-SPS", "RIV4835CSH1S", "RIV1220PU-126", "RIV1230PU"}) {
    EXPECT_TRUE(fits("renogy_inverter", model)) << model;
    EXPECT_FALSE(fits("renogy_controller", model)) << model;
  }
  for (const std::string model : {"RBC50D1S-G1", "DCC30S", "RBT100LFP12S-G1", "RIV1230PCH-23S", ""}) {
    EXPECT_FALSE(fits("renogy_controller", model)) << model;
    EXPECT_FALSE(fits("renogy_inverter", model)) << model << " (PCH models have other meanings in the same registers)";
  }
}

TEST(ShippedProfiles, AdvertisedNamesTellTheTypeWhereTheyCan) {
  const Catalogue& catalogue = shippedCatalogue();
  EXPECT_EQ(catalogue.guess("BTRIC134000035"), "renogy_inverter");
  EXPECT_EQ(catalogue.guess("RNGRIU20230001"), "renogy_inverter");
  EXPECT_EQ(catalogue.guess("BT-TH-B00E7B91    "), "") << "behind it may be anything";
  EXPECT_TRUE(catalogue.knows("BT-TH-B00E7B91    "));
  EXPECT_TRUE(catalogue.knows("BTRIC134000035"));
  EXPECT_FALSE(catalogue.knows("Not BT-TH-B00E7B91")) << "a prefix, not a part";
}

// Charging is positive everywhere; a RIV4835CSH1S tells it negative. One on a BT-TH- name may not tell its model.
TEST(ShippedProfiles, TheSignOfTheChargingCurrentDependsOnTheModel) {
  const ProfilePtr family = shipped("renogy_inverter");
  const auto scaleOn = [&](std::string_view model, std::string_view name) { return variantFor(family, model, name)->field("charging_current")->scale; };
  EXPECT_EQ(scaleOn("RIV4835CSH1S", "BT-TH-F26D8F08"), -0.1);
  EXPECT_EQ(scaleOn("", "BT-TH-F26D8F08  "), -0.1);
  EXPECT_EQ(scaleOn("RIV1230RCH-SPS", "BT-TH-F26D8F08"), 0.1);
  EXPECT_EQ(scaleOn("", "BTRIC134000035"), 0.1);
  EXPECT_EQ(scaleOn("", ""), 0.1);
  EXPECT_EQ(variantFor(family, "RIV1230RCH-SPS", "BTRIC134000035"), family) << "no copy where no quirk fits";
}

}  // namespace
}  // namespace blupow::profile
