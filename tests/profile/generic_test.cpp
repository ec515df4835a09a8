#include "profile/json/generic.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "profile/decode.hpp"
#include "profile/spans.hpp"
#include "shipped.hpp"

namespace blupow::profile {
namespace {

using nlohmann::json;
using testing::ElementsAre;

json sound() {
  return json::parse(R"({"notify_uuid": "FFF1", "write_uuid": "0000ffd1-0000-1000-8000-00805F9B34FB",
    "sensors": [{"key": "battery_voltage", "register": 257, "scale": 0.1, "unit": "V", "device_class": "voltage"},
                {"key": "balance", "name": "Energy balance", "register": "0x0102", "words": 2, "signed": true, "device_class": "energy"}]})");
}

LoadedProfile described(const json& document) { return describeGeneric(document.dump(), "add_device"); }

TEST(GenericDevice, ADescriptionIsAProfileWithDefaults) {
  const LoadedProfile loaded = described(sound());
  ASSERT_TRUE(loaded.profile) << listed(loaded.errors);
  const Profile& profile = *loaded.profile;
  EXPECT_EQ(profile.type, "generic_modbus_device");
  EXPECT_EQ(profile.gatt, (Gatt{.write = "0000ffd1-0000-1000-8000-00805f9b34fb", .notify = "0000fff1-0000-1000-8000-00805f9b34fb"}));
  EXPECT_THAT(profile.unit_ids, ElementsAre(1));
  const Field& voltage = *profile.field("battery_voltage");
  EXPECT_EQ(voltage.name, "Battery voltage") << "from the key";
  EXPECT_EQ(voltage.quantity, Quantity::voltage);
  EXPECT_EQ(voltage.decimals, 1);
  EXPECT_EQ(voltage.unit, "V");
  EXPECT_EQ(profile.field("balance")->quantity, Quantity::energy_total);
  EXPECT_EQ(profile.field("balance")->unit, "kWh") << "of its device class";
  EXPECT_EQ(decode(profile, 257, std::vector<std::uint16_t>{133, 0xFFFF, 0xFFFE}).readings,
            (Readings{{"balance", std::int64_t{-2}}, {"battery_voltage", 13.3}}));
}

TEST(GenericDevice, EachRegisterIsABlockAndNeighboursAreOneRequest) {
  json document = sound();
  document["sensors"].push_back({{"key", "raw"}, {"register", 258}});
  document["sensors"].push_back({{"key", "far"}, {"register", 65535}});
  const ProfilePtr profile = described(document).profile;
  EXPECT_THAT(profile->blocks, ElementsAre(Block{"register_257", 257, 1}, Block{"register_258", 258, 2}, Block{"register_65535", 65535, 1}));
  EXPECT_THAT(spansOf(profile->blocks, profile->max_words),
              ElementsAre(Span{.address = 257, .words = 3, .blocks = {0, 1}}, Span{.address = 65535, .words = 1, .blocks = {2}}));
}

TEST(GenericDevice, NothingOfItCanBeWritten) {
  const ProfilePtr profile = described(sound()).profile;
  for (const Field& field : profile->fields) EXPECT_FALSE(field.setting) << field.key;
}

// As it stands in devices.json of the first BluPow.
TEST(GenericDevice, TheFirstBluPowsDescriptionIsUnderstood) {
  const LoadedProfile loaded = describeGeneric(R"({"address": "AA:BB:CC:DD:EE:FF", "type": "generic_modbus_device", "name": null,
    "notify_uuid": "0000fff1-0000-1000-8000-00805f9b34fb", "write_uuid": "0000ffd1-0000-1000-8000-00805f9b34fb", "device_id": 17,
    "sensors": [{"key": "temp", "name": "Temperature", "register": 10, "words": 1, "signed": true, "scale": 0.1, "unit": null, "device_class": "temperature",
                 "state_class": "measurement", "icon": null}]})",
                                               "devices.json");
  ASSERT_TRUE(loaded.profile) << listed(loaded.errors);
  EXPECT_THAT(loaded.profile->unit_ids, ElementsAre(17));
  EXPECT_EQ(loaded.profile->field("temp")->unit, "°C");
}

TEST(GenericDevice, AWrongDescriptionIsRefusedWithPlaceAndRule) {
  struct Break {
    std::string pointer;
    json value;
    std::string error;
  };
  const std::vector<Break> breaks{
      {"/notify_uuid", "fff", "/notify_uuid: \"fff\" does not have the form ^([0-9a-fA-F]{4}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$ [pattern]"},
      {"/write_uuid", 5, "/write_uuid: 5 is no string [type]"},
      {"/write_uuid", nullptr, "the key write_uuid is missing [required]"},
      {"/device_id", 256, "/device_id: 256 is more than 255 [maximum]"},
      {"/sensors", json::array(), "/sensors: fewer than 1 elements [minItems]"},
      {"/sensors", json::object(), "/sensors: an object is no array [type]"},
      {"/sensors/0", 7, "/sensors/0: 7 is no object [type]"},
      {"/sensors/0/register", 65536, "/sensors/0/register: 65536 is more than 65535 [maximum]"},
      {"/sensors/1/register", 65535, "/sensors/1/register: it ends behind the last register, 65535 [register_range]"},
      {"/sensors/0/words", 3, "/sensors/0/words: 3 is more than 2 [maximum]"},
      {"/sensors/0/signed", "yes", "/sensors/0/signed: \"yes\" is no boolean [type]"},
      {"/sensors/0/scale", 0, "/sensors/0/scale: a scale of 0 leaves nothing [scale]"},
      {"/sensors/0/scale", "0.1", "/sensors/0/scale: \"0.1\" is no number [type]"},
      {"/sensors/0/sgined", true, "/sensors/0/sgined: the key sgined is not known here [additionalProperties]"},
      {"/sensors/0/key", "A b", "/sensors/0/key: \"A b\" does not have the form ^[a-z][a-z0-9_]*$ [pattern]"},
      {"/sensors/1/key", "battery_voltage", "/sensors/1/key: there is another sensor battery_voltage [unique_field]"},
      {"/sensors/1/name", "Battery voltage", "/sensors/1/name: there is another sensor named \"Battery voltage\" [unique_name]"}};
  for (const Break& each : breaks) {
    json document = sound();
    document[json::json_pointer(each.pointer)] = each.value;
    const LoadedProfile loaded = described(document);
    EXPECT_FALSE(loaded.profile) << each.error;
    EXPECT_EQ(listed(loaded.errors), "add_device: " + each.error + "\n");
  }
}

TEST(GenericDevice, AllErrorsAreToldAtOnce) {
  json document = sound();
  document["device_id"] = 0;
  document["sensors"][0].erase("register");
  document["sensors"][1]["words"] = 9;
  EXPECT_THAT(described(document).errors, testing::SizeIs(3));
}

TEST(GenericDevice, HostileTextIsRefused) {
  for (const std::string text : {"", "null", "[]", "{", "5", R"({"sensors": null})", R"({"sensors": [[]]})", R"({"sensors": {"key": 1}})"}) {
    const LoadedProfile loaded = describeGeneric(text, "x");
    EXPECT_FALSE(loaded.profile) << text;
    EXPECT_FALSE(loaded.errors.empty()) << text;
  }
}

}  // namespace
}  // namespace blupow::profile
