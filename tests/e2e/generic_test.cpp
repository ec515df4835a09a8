// A device that its user describes: in the command that adds it, or in a profile of their own in the data folder.
#include <gmock/gmock.h>

#include "e2e/running_house.hpp"

namespace blupow::test {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kHeater = "AA:BB:CC:DD:EE:05";
const std::string kScene = R"({"timing": {"connect_ms": 100, "resolve_ms": 100, "disconnect_ms": 100}, "devices": [{"address": "AA:BB:CC:DD:EE:05",
  "name": "HEAT-7", "units": [{"family": "blank", "id": 5, "registers": {"10": [21576, 11569, 12336], "256": [450, 65486, 1, 57920]}}]}]})";
// 45.0 °C, -5.0 °C, 123.456 kWh.
const Json kDescription = Json::parse(R"({"address": "AA:BB:CC:DD:EE:05", "type": "generic_modbus_device", "name": "Tank heater", "device_id": 5,
  "notify_uuid": "0000fff1-0000-1000-8000-00805f9b34fb", "write_uuid": "0000ffd1-0000-1000-8000-00805f9b34fb", "sensors": [
  {"key": "water_temperature", "name": "Water Temperature", "register": 256, "scale": 0.1, "unit": "°C", "device_class": "temperature"},
  {"key": "outside_temperature", "name": "Outside Temperature", "register": 257, "signed": true, "scale": 0.1, "unit": "°C", "device_class": "temperature"},
  {"key": "energy_total", "name": "Energy Total", "register": 258, "words": 2, "scale": 0.001, "unit": "kWh", "device_class": "energy"}]})");
const std::string kProfile = R"({"type": "tank_heater", "name": "Tank heater", "manufacturer": "Acme", "advertised_names": ["HEAT-"], "guess": "^HEAT-[0-9]",
  "gatt": {"write_service": "ffd0", "write": "ffd1", "notify_service": "fff0", "notify": "fff1"}, "unit_ids": [5],
  "identify": [{"address": 10, "words": 3, "pattern": "^TH-"}],
  "blocks": [{"name": "model", "address": 10, "words": 3, "interval": "once"}, {"name": "live", "address": 256, "words": 4}], "fields": [
  {"key": "model", "name": "Model", "block": "model", "address": 10, "type": "ascii", "words": 3, "quantity": "text", "category": "diagnostic"},
  {"key": "water_temperature", "name": "Water Temperature", "block": "live", "address": 256, "type": "s16", "scale": 0.1, "unit": "°C",
   "quantity": "temperature"}]})";

class GenericDevice : public RunningHouse {
 protected:
  GenericDevice() : RunningHouse(kScene) {}

  static bool isRight(const Json& state) {
    return state.value("water_temperature", 0.0) == 45.0 && state.value("outside_temperature", 0.0) == -5.0 && state.value("energy_total", 0.0) == 123.456;
  }
  // The whole description with one change.
  Json addWith(const std::string& pointer, const Json& value) {
    Json changed = kDescription;
    changed[Json::json_pointer(pointer)] = value;
    return command("add_device", changed);
  }
};

TEST_F(GenericDevice, IsAddedByItsDescriptionAndKept) {
  ASSERT_TRUE(start());
  const Json answer = command("add_device", kDescription);
  ASSERT_EQ(answer.value("status", ""), "success") << answer;
  EXPECT_EQ(answer.at("device").at("type"), "generic_modbus_device");
  EXPECT_EQ(answer.at("device").at("name"), "Tank heater");
  ASSERT_TRUE(hears(topic(kHeater, "state"), isRight));
  const std::string document = "homeassistant/device/blupow_AABBCCDDEE05/config";
  ASSERT_TRUE(hearsAny(document));
  const Json component = last(document).at("components").at("outside_temperature");
  EXPECT_EQ(component.at("name"), "Outside Temperature");
  EXPECT_EQ(component.at("device_class"), "temperature");
  EXPECT_EQ(component.at("unit_of_measurement"), "°C");
  EXPECT_EQ(component.at("default_entity_id"), "sensor.tank_heater_outside_temperature");
  EXPECT_EQ(last(document).at("components").at("energy_total").at("state_class"), "total_increasing");

  const std::size_t position = ear->count();
  ASSERT_TRUE(startAnew());
  EXPECT_TRUE(hears(topic(kHeater, "state"), isRight, position, Seconds(60))) << "after a restart, too";
  EXPECT_EQ(simulator.writes().size(), 0U) << "nothing but reads";
}

TEST_F(GenericDevice, AWrongDescriptionIsRefusedWithThePlaceAndTheRule) {
  ASSERT_TRUE(start());
  const Json missing = command("add_device", {{"address", kHeater}, {"type", "generic_modbus_device"}});
  EXPECT_EQ(missing.value("reason", ""), "bad_argument");
  for (const char* key : {"notify_uuid", "write_uuid", "sensors"}) EXPECT_THAT(missing.value("message", ""), HasSubstr(key));
  struct Wrong {
    std::string pointer;
    Json value;
    std::string place;
    std::string rule;
  };
  const std::vector<Wrong> all = {{"/sensors/1/register", 70000, "/sensors/1/register", "65535"},
                                  {"/sensors/0/scale", "a tenth", "/sensors/0/scale", "number"},
                                  {"/sensors/2/key", "water_temperature", "/sensors/2/key", "water_temperature"},
                                  {"/sensors/2/words", 9, "/sensors/2/words", "more than 2"},
                                  {"/sensors/0/colour", "blue", "/sensors/0", "colour"},
                                  {"/device_id", 300, "/device_id", "255"},
                                  {"/notify_uuid", "over there", "/notify_uuid", "pattern"},
                                  {"/sensors", Json::object(), "/sensors", "array"}};
  for (const Wrong& wrong : all) {
    const Json answer = addWith(wrong.pointer, wrong.value);
    EXPECT_EQ(answer.value("reason", ""), "bad_argument") << answer;
    EXPECT_THAT(answer.value("message", ""), HasSubstr(wrong.place)) << answer;
    EXPECT_THAT(answer.value("message", ""), HasSubstr(wrong.rule)) << answer;
  }
  EXPECT_THAT(units("state"), IsEmpty());
  EXPECT_EQ(command("get_devices").at("devices"), Json::array());
}

TEST_F(GenericDevice, AUsersOwnProfileIsAFamilyLikeAnyOther) {
  data.write("profiles/tank_heater.json", kProfile);
  ASSERT_TRUE(start());
  const Json found = command("discover_devices", {{"seconds", 2}});
  EXPECT_EQ(found.at("devices").at(0).at("type"), "tank_heater") << "by its name";
  const Json answer = add(kHeater);
  ASSERT_EQ(answer.value("status", ""), "success") << answer;
  EXPECT_EQ(answer.at("device").at("type"), "tank_heater");
  EXPECT_EQ(answer.at("device").at("model"), "TH-100");
  EXPECT_TRUE(hears(topic(kHeater, "state"), [](const Json& state) { return state.value("water_temperature", 0.0) == 45.0; }));
  const std::string document = "homeassistant/device/blupow_AABBCCDDEE05/config";
  ASSERT_TRUE(hearsAny(document));
  EXPECT_EQ(last(document).at("device").at("manufacturer"), "Acme");
}

TEST_F(GenericDevice, AWrongProfileIsLeftOutAndItsDevicesStay) {
  data.write("profiles/good.json", kProfile);
  ASSERT_TRUE(start());
  ASSERT_EQ(add(kHeater).value("status", ""), "success");
  std::string wrong = kProfile;
  wrong.replace(wrong.find(R"("words": 4)"), 10, R"("words": 400)");
  data.write("profiles/good.json", wrong);
  ASSERT_TRUE(startAnew());
  EXPECT_TRUE(service->waitForOutput("good.json")) << "the log names the file";
  EXPECT_THAT(service->all(), HasSubstr("/blocks/1/words")) << "and the place";
  EXPECT_EQ(device(kHeater).value("address", ""), kHeater) << "it stays as it is";
  EXPECT_EQ(commanded("refresh_device", kHeater).value("reason", ""), "unknown_type");
  const Answer doctor = ask({"doctor", "--options", writeOptions().string(), "--data", data.path().string(), "--seconds", "1"});
  EXPECT_THAT(doctor.document.dump() + doctor.errors, HasSubstr("good.json"));
  EXPECT_THAT(doctor.document.dump() + doctor.errors, HasSubstr("/blocks/1/words"));
}

}  // namespace
}  // namespace blupow::test
