#include "profile/encode.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "profile/decode.hpp"
#include "shipped.hpp"

namespace blupow::profile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Field numberOf(std::string key, std::uint16_t address, double scale, Limits range, double step = 0) {
  Field field{.key = std::move(key), .block = "settings", .address = address, .scale = scale, .decimals = scale == 1 ? 0 : 1, .unit = "V"};
  field.setting = Setting{.range = range, .step = step};
  return field;
}

Field thresholdOf(std::string key, std::uint16_t address) {
  Field field = numberOf(std::move(key), address, 0.1, {.lowest = 7, .highest = 17});
  field.times = "system_voltage";
  field.setting->when_key = "battery_type";
  field.setting->when_word = "custom";
  return field;
}

// A charge controller's settings: what its vendor's document says of them.
Profile controller() {
  Profile profile;
  Field type{.key = "battery_type", .block = "settings", .address = 0xE004, .type = Type::enumeration};
  type.values = {{.code = 0, .word = "custom"}, {.code = 1, .word = "open"}, {.code = 4, .word = "lithium"}, {.code = 5, .word = "custom"}};
  type.setting = Setting{.codes = {1, 4, 5}};
  Field load{.key = "load_status", .block = "live", .address = 0x0120, .type = Type::enumeration, .mask = 0x8000, .shift = 15};
  load.values = {{.code = 0, .word = "off"}, {.code = 1, .word = "on"}};
  load.setting = Setting{.address = std::uint16_t{0x010A}, .always = true};
  Field limit = numberOf("temperature_limit", 0xE030, 0.1, {.lowest = -20, .highest = 60});
  limit.type = Type::s16;
  profile.fields = {type,
                    load,
                    limit,
                    thresholdOf("boost_voltage", 0xE008),
                    thresholdOf("float_voltage", 0xE009),
                    thresholdOf("overdischarge_voltage", 0xE00D),
                    numberOf("boost_time", 0xE012, 1, {.lowest = 10, .highest = 300}, 10),
                    Field{.key = "battery_voltage", .block = "live", .address = 0x0101}};
  profile.ascending = {{"overdischarge_voltage", "float_voltage", "boost_voltage", "not_on_this_model"}};
  return profile;
}

const Readings kReadings{{"battery_type", std::string("custom")},
                         {"load_status", std::string("off")},
                         {"temperature_limit", 20.0},
                         {"boost_voltage", 28.8},
                         {"float_voltage", 27.6},
                         {"overdischarge_voltage", 22.0},
                         {"boost_time", std::int64_t{120}},
                         {"battery_voltage", 26.0},
                         {"system_voltage", std::int64_t{24}}};

std::expected<SettingWrite, std::string> encoded(std::string_view key, std::string_view text, const Readings& readings = kReadings) {
  return encode(controller(), key, text, readings);
}

std::string refusal(std::string_view key, std::string_view text, const Readings& readings = kReadings) {
  const auto written = encoded(key, text, readings);
  return written ? "written: " + std::to_string(written->value) : written.error();
}

TEST(Encode, ANumberBecomesItsRegisterValue) {
  const auto written = encoded("boost_time", "130");
  ASSERT_TRUE(written) << written.error();
  EXPECT_EQ(written->address, 0xE012);
  EXPECT_EQ(written->value, 130);
  EXPECT_EQ(written->block, "settings");
  EXPECT_EQ(written->expected, Value(std::int64_t{130}));
}

TEST(Encode, ThresholdsAreWrittenAsFor12Volts) {
  const auto written = encoded("boost_voltage", "29.2");
  ASSERT_TRUE(written) << written.error();
  EXPECT_EQ(written->value, 146);
  EXPECT_EQ(written->expected, Value(29.2));
  EXPECT_EQ(refusal("boost_voltage", "29.3"), "29.3 is between two steps of 0.2 V");
  EXPECT_EQ(refusal("boost_voltage", "34.2"), "34.2 is not inside of 14 to 34 V");
  Readings twelve = kReadings;
  twelve["system_voltage"] = std::int64_t{12};
  twelve["float_voltage"] = 13.8;
  twelve["overdischarge_voltage"] = 11.0;
  EXPECT_EQ(encoded("boost_voltage", "14.6", twelve)->value, 146);
  twelve.erase("system_voltage");
  EXPECT_EQ(refusal("boost_voltage", "14.6", twelve), "system_voltage is not known yet");
}

TEST(Encode, NegativeNumbersAreTwosComplement) {
  EXPECT_EQ(encoded("temperature_limit", "-20")->value, 0xFF38);
  EXPECT_EQ(encoded("temperature_limit", "-0.1")->expected, Value(-0.1));
  EXPECT_EQ(refusal("temperature_limit", "-20.1"), "-20.1 is not inside of -20 to 60 V");
}

// The whole way: what was written decodes to what was asked for.
TEST(Encode, EveryStepOfTheRangeReadsBackAsItself) {
  for (const int voltage : {12, 24, 36, 48}) {
    Readings readings = kReadings;
    readings["system_voltage"] = std::int64_t{voltage};
    readings["float_voltage"] = readings["overdischarge_voltage"] = 0.0;
    for (int raw = 70; raw <= 170; ++raw) {
      const Readings shown = decode(controller(), 0xE008, std::vector{static_cast<std::uint16_t>(raw)}, readings).readings;
      const std::string text = nlohmann::json(std::get<double>(shown.at("boost_voltage"))).dump();
      const auto written = encoded("boost_voltage", text, readings);
      ASSERT_TRUE(written) << text << ": " << written.error();
      EXPECT_EQ(written->value, raw);
      EXPECT_EQ(written->expected, shown.at("boost_voltage"));
    }
  }
}

TEST(Encode, WordsAndSwitches) {
  EXPECT_EQ(encoded("battery_type", "lithium")->value, 4);
  EXPECT_EQ(encoded("battery_type", "custom")->value, 5) << "0 is for the device's own buttons";
  EXPECT_EQ(refusal("battery_type", "gel"), "\"gel\" is none of open, lithium, custom");
  EXPECT_EQ(refusal("battery_type", "4"), "\"4\" is none of open, lithium, custom");
  for (const std::string on : {"on", "ON", "On", " on "}) {
    const auto written = encoded("load_status", on);
    ASSERT_TRUE(written) << written.error();
    EXPECT_EQ(written->address, 0x010A) << "the command register, not the one that is read";
    EXPECT_EQ(written->value, 1);
    EXPECT_EQ(written->block, "live");
    EXPECT_EQ(written->expected, Value(std::string("on")));
  }
  EXPECT_EQ(encoded("load_status", "OFF")->value, 0);
}

TEST(Encode, OnlyWhileTheConditionHolds) {
  Readings readings = kReadings;
  readings["battery_type"] = std::string("lithium");
  EXPECT_EQ(refusal("boost_voltage", "28.8", readings), "it can be set only while battery_type is custom, now it is lithium");
  readings.erase("battery_type");
  EXPECT_EQ(refusal("boost_voltage", "28.8", readings), "battery_type is not known yet");
}

TEST(Encode, ThresholdsMayNotCross) {
  EXPECT_EQ(refusal("boost_voltage", "27.4"), "it may not be below float_voltage (27.6)");
  EXPECT_TRUE(encoded("boost_voltage", "27.6")) << "they may be equal";
  EXPECT_EQ(refusal("boost_voltage", "21.8"), "it may not be below overdischarge_voltage (22)") << "not only its neighbour counts";
  EXPECT_EQ(refusal("overdischarge_voltage", "27.8"), "it may not be above float_voltage (27.6)");
  Readings readings = kReadings;
  readings.erase("float_voltage");
  EXPECT_EQ(refusal("boost_voltage", "28.8", readings), "float_voltage is not known yet, and the two may not cross");
}

TEST(Encode, WhatHasNotBeenReadIsNotWritten) {
  Readings readings = kReadings;
  readings.erase("load_status");
  EXPECT_EQ(refusal("load_status", "on", readings), "load_status has not been read yet");
}

TEST(Encode, OnlySettingsCanBeWritten) {
  EXPECT_EQ(refusal("battery_voltage", "12"), "there is no setting \"battery_voltage\"");
  EXPECT_EQ(refusal("colour", "red"), "there is no setting \"colour\"");
  EXPECT_EQ(refusal("", ""), "there is no setting \"\"");
}

TEST(Encode, HostileTextIsNoNumber) {
  for (const std::string text : {"",
                                 " ",
                                 "nan",
                                 "inf",
                                 "-inf",
                                 "1e999",
                                 "0x10",
                                 "12,5",
                                 "12.5.1",
                                 "12 V",
                                 "1 2",
                                 "--1",
                                 "+-1",
                                 "120;",
                                 "1e",
                                 "٣",
                                 "\xff\xfe",
                                 "null",
                                 "true",
                                 "[120]",
                                 "12\0"
                                 "0"}) {
    EXPECT_FALSE(encoded("boost_time", text)) << text;
  }
  EXPECT_THAT(refusal("boost_time", std::string(100'000, '9')), HasSubstr("is no number"));
  EXPECT_LT(refusal("boost_time", std::string(100'000, 'x')).size(), 100U);
  EXPECT_EQ(refusal("boost_time", "1e300"), "1e+300 is not inside of 10 to 300 V");
  EXPECT_EQ(refusal("boost_time", "15"), "15 is between two steps of 10 V");
  EXPECT_EQ(refusal("boost_time", "120.0001"), "120.0001 is between two steps of 10 V");
  EXPECT_EQ(encoded("boost_time", "+1.2e2")->value, 120);
}

TEST(Encode, RangesAndStepsAreThoseOfTheSystem) {
  const Profile profile = controller();
  const Field& boost = *profile.field("boost_voltage");
  EXPECT_EQ(rangeOf(profile, boost, kReadings)->lowest, 14);
  EXPECT_EQ(rangeOf(profile, boost, kReadings)->highest, 34);
  EXPECT_EQ(stepOf(profile, boost, kReadings), 0.2);
  EXPECT_FALSE(rangeOf(profile, boost, {}));
  EXPECT_FALSE(rangeOf(profile, *profile.field("battery_type"), kReadings));
  EXPECT_EQ(stepOf(profile, *profile.field("boost_time"), {}), 10);
  EXPECT_THAT(choicesOf(*profile.field("battery_type")), ElementsAre("open", "lithium", "custom"));
  EXPECT_THAT(choicesOf(boost), IsEmpty());
}

// Which registers a profile lets through at all, of all 65536; with any of the values that tend to be commands.
std::set<std::uint32_t> writableRegisters(const Profile& profile) {
  std::set<std::uint32_t> found;
  std::vector<std::uint16_t> values{0x5A5A, 0xA5A5, 0xFFFF, 0x8000};
  for (std::uint16_t value = 0; value < 6001; ++value) values.push_back(value);
  std::set<std::uint32_t> named;
  for (const Field& field : profile.fields) {
    if (field.setting) named.insert(field.setting->address.value_or(field.address));
  }
  for (std::uint32_t address = 0; address <= 0xFFFF; ++address) {
    // Where no setting is, one value is as good as six thousand: values are looked at by settings only.
    const std::size_t tries = named.contains(address) ? values.size() : 1;
    for (std::size_t index = 0; index < tries; ++index) {
      if (mayWrite(profile, static_cast<std::uint16_t>(address), values[index])) found.insert(address);
    }
  }
  EXPECT_TRUE(std::ranges::includes(named, found));
  return found;
}

// Section 8 of what is known of the devices: what may never be written.
const std::set<std::uint32_t> kNever{0x001A, 0x001D, 0x001E, 4109, 4110, 4111, 5222, 5223, 5224, 5225, 5226, 5227, 61440, 61441, 61442, 65535};

TEST(MayWrite, NoShippedProfileLetsADangerousRegisterThrough) {
  for (const ProfilePtr& family : shippedCatalogue().all()) {
    Profile all = *family;  // with what its quirks add: more than any one device has
    for (const Quirk& quirk : family->quirks) all.fields.insert(all.fields.end(), quirk.fields.begin(), quirk.fields.end());
    for (const std::uint32_t address : writableRegisters(all)) {
      EXPECT_FALSE(kNever.contains(address)) << family->type << " " << address;
      EXPECT_LT(address, 0xF000U) << family->type;
    }
  }
}

TEST(MayWrite, AHostileProfileLetsNothingDangerousThroughEither) {
  Profile hostile;
  for (std::uint32_t address = 0; address <= 0xFFFF; ++address) {
    hostile.fields = {numberOf("x", static_cast<std::uint16_t>(address), 1, {.lowest = 0, .highest = 65535})};
    Field moved{.key = "y", .type = Type::enumeration};
    moved.values = {{.code = 1, .word = "on"}};
    moved.setting = Setting{.address = static_cast<std::uint16_t>(address)};
    hostile.fields.push_back(moved);
    const bool may = mayWrite(hostile, static_cast<std::uint16_t>(address), 1);
    EXPECT_EQ(may, !isDangerous(static_cast<std::uint16_t>(address))) << address;
    EXPECT_FALSE(may && kNever.contains(address)) << address;
    EXPECT_EQ(encode(hostile, "y", "on", {{"y", std::string("off")}}).has_value(), may) << address;
  }
}

TEST(MayWrite, OnlyValuesOfTheSetting) {
  const Profile profile = controller();
  EXPECT_TRUE(mayWrite(profile, 0xE008, 70));
  EXPECT_TRUE(mayWrite(profile, 0xE008, 170));
  EXPECT_FALSE(mayWrite(profile, 0xE008, 69));
  EXPECT_FALSE(mayWrite(profile, 0xE008, 171));
  EXPECT_FALSE(mayWrite(profile, 0xE012, 15)) << "between two steps";
  EXPECT_TRUE(mayWrite(profile, 0xE004, 5));
  EXPECT_FALSE(mayWrite(profile, 0xE004, 0)) << "not among the codes";
  EXPECT_FALSE(mayWrite(profile, 0xE004, 3)) << "not listed";
  EXPECT_TRUE(mayWrite(profile, 0xE030, 0xFF38));
  EXPECT_FALSE(mayWrite(profile, 0xE030, 0xFF37));
  EXPECT_FALSE(mayWrite(profile, 0x0120, 1)) << "where the load is read, not where it is written";
  EXPECT_FALSE(mayWrite(profile, 0x0101, 0)) << "no setting";
}

TEST(MayWrite, TheLoaderRefusesProfilesWithDangerousSettings) {
  for (const std::uint32_t address : kNever) {
    nlohmann::json document{{"type", "evil"}, {"name", "Evil"}, {"manufacturer", "E"}, {"advertised_names", nlohmann::json::array()}, {"unit_ids", {1}}};
    document["gatt"] = {{"write", "ffd1"}, {"notify", "fff1"}};
    document["blocks"] = {{{"name", "live"}, {"address", address}, {"words", 1}}};
    nlohmann::json field{{"key", "x"}, {"name", "X"}, {"block", "live"}, {"address", address}, {"type", "u16"}, {"setting", {{"range", {0, 1}}}}};
    document["fields"] = nlohmann::json::array({field});
    const ProfileLoader loader(kShipped);
    const std::string why = "register " + std::to_string(address) + " is never written to [dangerous]\n";
    EXPECT_EQ(listed(loader.parse(document.dump(), "evil.json").errors), "evil.json: /fields/0/setting: " + why);

    field["address"] = document["blocks"][0]["address"] = 100;
    document["fields"] = nlohmann::json::array({field});
    field["setting"]["address"] = address;
    document["quirks"] = {{{"models", "x"}, {"fields", nlohmann::json::array({field})}}};
    EXPECT_EQ(listed(loader.parse(document.dump(), "evil.json").errors), "evil.json: /quirks/0/fields/0/setting/address: " + why);
  }
}

}  // namespace
}  // namespace blupow::profile
