// What the shipped profiles promise: keys and names that users and the first BluPow know, and requests that devices are known to answer.
#include <gmock/gmock.h>

#include <map>

#include "profile/variant.hpp"
#include "shipped.hpp"

namespace blupow::profile {
namespace {

using testing::ElementsAre;

TEST(ShippedProfiles, AllLoad) {
  std::vector<std::string> types;
  for (const ProfilePtr& profile : shippedCatalogue().all()) {
    types.push_back(profile->type);
    EXPECT_EQ(std::filesystem::path(profile->file).filename(), profile->type + ".json");
  }
  EXPECT_THAT(types, ElementsAre("renogy_battery", "renogy_controller", "renogy_dcc", "renogy_inverter", "renogy_inverter_hf", "renogy_shunt"));
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

// The keys that the contract with users names; a profile may tell more.
void expectKeys(const std::string& type, std::string_view model, std::string_view name, const std::vector<std::string_view>& keys) {
  const ProfilePtr variant = variantFor(shipped(type), model, name);
  for (const std::string_view key : keys) {
    const Field* field = variant->field(key);
    EXPECT_TRUE(field != nullptr && field->published) << type << " " << model << " lacks " << key;
  }
}

const std::vector<std::string_view> kThresholds{"overvoltage_threshold",
                                                "charging_limit_voltage",
                                                "equalizing_voltage",
                                                "boost_voltage",
                                                "float_voltage",
                                                "boost_return_voltage",
                                                "overdischarge_return_voltage",
                                                "undervoltage_warning",
                                                "overdischarge_voltage",
                                                "discharge_limit_voltage",
                                                "overdischarge_delay",
                                                "equalizing_time",
                                                "boost_time",
                                                "equalizing_interval"};

TEST(ShippedProfiles, EveryFamilyHasTheKeysThatUsersKnow) {
  expectKeys("renogy_controller", "RNG-CTRL-RVR40", "",
             {"battery_soc",
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
              "product_type",
              "load_mode"});
  expectKeys("renogy_controller", "RNG-CTRL-RVR40", "", kThresholds);
  expectKeys("renogy_dcc", "RBC50D1S-G1", "",
             {"battery_soc",
              "battery_voltage",
              "charging_current",
              "battery_temperature",
              "controller_temperature",
              "battery_type",
              "alternator_voltage",
              "alternator_current",
              "alternator_power",
              "solar_voltage",
              "solar_current",
              "solar_power",
              "charging_power",
              "output_power",
              "charging_mode",
              "ignition",
              "charging_status",
              "faults",
              "battery_min_voltage_today",
              "battery_max_voltage_today",
              "max_charging_current_today",
              "max_charging_power_today",
              "charging_amp_hours_today",
              "power_generation_today",
              "power_generation_total",
              "total_operating_days",
              "battery_overdischarge_count",
              "battery_full_charge_count",
              "total_charging_amp_hours",
              "model",
              "device_id",
              "serial_number",
              "software_version",
              "hardware_version",
              "system_voltage",
              "rated_charge_current",
              "max_charging_current"});
  expectKeys("renogy_dcc", "RBC50D1S-G1", "", kThresholds);
  expectKeys("renogy_battery", "RBT100LFP12S-G1", "",
             {"voltage",
              "current",
              "power",
              "soc",
              "remaining_ah",
              "capacity_ah",
              "cycles",
              "cell_count",
              "cell_voltage_1",
              "cell_voltage_16",
              "temperature_1",
              "temperature_16",
              "charge_voltage_limit",
              "discharge_voltage_limit",
              "charge_current_limit",
              "discharge_current_limit",
              "charge_mosfet",
              "discharge_mosfet",
              "heater",
              "faults",
              "model",
              "serial_number",
              "software_version"});
  expectKeys("renogy_inverter", "RIV4835CSH1S", "BT-TH-F26D8F08", {"machine_state", "battery_type", "faults", "max_charging_current"});
  expectKeys("renogy_inverter", "RIV1230RCH-SPS", "BTRIC134000035",
             {"max_charging_current", "undervoltage_warning", "overvoltage_threshold", "input_current_limit"});
  expectKeys("renogy_inverter_hf", "RIV1230PCH-23S", "",
             {"input_voltage", "input_frequency", "discharging_current", "battery_temperature", "temperature", "battery_current", "machine_state",
              "charging_current", "model", "device_id", "max_charging_current"});
  expectKeys("renogy_shunt", "", "", {"voltage", "current", "starter_voltage", "soc", "temperature", "power"});
}

TEST(ShippedProfiles, DecimalsFollowTheScale) {
  const ProfilePtr inverter = shipped("renogy_inverter");
  EXPECT_EQ(inverter->field("input_voltage")->decimals, 1);
  EXPECT_EQ(inverter->field("input_frequency")->decimals, 2);
  EXPECT_EQ(inverter->field("solar_power")->decimals, 0);
  EXPECT_EQ(shipped("renogy_controller")->field("power_generation_total")->decimals, 3);
}

TEST(ShippedProfiles, RequestsGoWhereRenogyListens) {
  for (const ProfilePtr& profile : shippedCatalogue().all()) {
    if (profile->stream) continue;
    EXPECT_EQ(profile->gatt, (Gatt{.write_service = "0000ffd0-0000-1000-8000-00805f9b34fb",
                                   .write = "0000ffd1-0000-1000-8000-00805f9b34fb",
                                   .notify_service = "0000fff0-0000-1000-8000-00805f9b34fb",
                                   .notify = "0000fff1-0000-1000-8000-00805f9b34fb"}))
        << profile->type;
  }
  EXPECT_EQ(
      shipped("renogy_shunt")->gatt,
      (Gatt{.write_service = "", .write = "", .notify_service = "0000c011-0000-1000-8000-00805f9b34fb", .notify = "0000c411-0000-1000-8000-00805f9b34fb"}));
  EXPECT_THAT(shipped("renogy_inverter")->unit_ids, ElementsAre(32, 255));
  EXPECT_THAT(shipped("renogy_controller")->unit_ids, ElementsAre(255, 17, 1, 16, 96, 97));
  EXPECT_EQ(shipped("renogy_inverter")->answer_timeout, std::chrono::seconds(5));
  EXPECT_EQ(shipped("renogy_controller")->answer_timeout, std::chrono::seconds(3));
}

// The model texts that were seen, and the one family that they tell.
TEST(ShippedProfiles, ModelsTellTheFamily) {
  const auto told = [](const std::string& model) {
    std::vector<std::string> types;
    for (const ProfilePtr& profile : shippedCatalogue().all()) {
      for (const IdentifyRead& read : profile->identify) {
        if (!read.plausible && std::regex_search(model, read.expression)) types.push_back(profile->type);
      }
    }
    return types;
  };
  for (const ProfilePtr& profile : shippedCatalogue().all()) {
    if (profile->stream) continue;  // tells no model
    for (const std::string& model : profile->models) EXPECT_THAT(told(model), ElementsAre(profile->type)) << model;
  }
  for (const std::string model : {"MT4830", "RNG-CTRL-WND10"}) EXPECT_THAT(told(model), ElementsAre("renogy_controller")) << model;
  for (const std::string model : {"", "RNG", "BT-TH-66EDFC11", "Router"}) EXPECT_THAT(told(model), testing::IsEmpty()) << model;
}

TEST(ShippedProfiles, AdvertisedNamesTellTheTypeWhereTheyCan) {
  const Catalogue& catalogue = shippedCatalogue();
  EXPECT_EQ(catalogue.guess("BTRIC134000035"), "renogy_inverter");
  EXPECT_EQ(catalogue.guess("RNGRIU20230001"), "renogy_inverter");
  EXPECT_EQ(catalogue.guess("RNGRBP1228000830"), "renogy_battery");
  EXPECT_EQ(catalogue.guess("RNGC122BAT28000194"), "renogy_battery");
  EXPECT_EQ(catalogue.guess("RNGPRO125BAT-EF036881"), "renogy_battery");
  EXPECT_EQ(catalogue.guess("RTMShunt30017000621"), "renogy_shunt");
  EXPECT_EQ(catalogue.guess("Shunt30017000621"), "renogy_shunt");
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
  EXPECT_EQ(variantFor(family, "RIV1230PU-126", "RNGRIU20230001"), family) << "no copy where no quirk fits";
}

}  // namespace
}  // namespace blupow::profile
