// What must never be written is written by no path: every register and every value that tends to be a command, through the whole way of a wish
// (encode, SettingWriter, the last lock), for the shipped families in each variant and for families made to do harm.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "device/setting_writer.hpp"
#include "profile/json/generic.hpp"
#include "profile/json/loader.hpp"
#include "profile/variant.hpp"
#include "support/places.hpp"

namespace blupow::device {
namespace {

using profile::Field;
using profile::Profile;
using profile::Readings;
using profile::Value;

// What is known of the devices says so: a controller's id and unique id, an inverter's, a battery's shutdown, id, lock, test mode and unique id, address
// claims; history and totals lie where those do.
bool isForbidden(std::uint32_t address) {
  static const std::set<std::uint32_t> kForbidden{0x001A, 0x001D, 0x001E, 4109, 4110, 4111, 5222, 5223, 5224, 5225, 5226, 5227};
  return kForbidden.contains(address) || address >= 61440;
}

constexpr std::array kTexts{"0", "1", "23130", "42405", "65535", "on", "off", "-1", "65536", "1e9", "nan"};

// A family whose settings are this register, as a number that takes anything and as a switch that is written elsewhere than it is read.
Profile harmful(std::uint16_t address) {
  Profile family;
  family.blocks = {{"at", address, 1, profile::Interval::normal}, {"elsewhere", 100, 1, profile::Interval::normal}};
  Field number{.key = "number", .block = "at", .address = address};
  number.setting = profile::Setting{.range = profile::Limits{-70000, 70000}, .always = true};
  Field other{.key = "switch", .block = "elsewhere", .address = 100, .type = profile::Type::enumeration};
  other.values = {{.code = 0, .word = "off"}, {.code = 1, .word = "on"}, {.code = 0x5A5A, .word = "lock"}};
  other.setting = profile::Setting{.address = address, .always = true};
  family.fields = {number, other};
  return family;
}

// Each register; the many values at those that are forbidden, and beside them.
TEST(Dangerous, NoRegisterOfThemCanBeWrittenWhateverAFamilySays) {
  const Readings readings{{"number", std::int64_t{7}}, {"switch", std::string("off")}};
  Profile family = harmful(0);
  const auto made = [&](const char* key, const char* text) {
    const auto writer = SettingWriter::make(family, 1, key, text, readings);
    EXPECT_TRUE(!writer || writer->request().function == modbus::Function::write_one);
    return writer ? std::optional(writer->request().address) : std::nullopt;
  };
  for (std::uint32_t register_number = 0; register_number <= 0xFFFF; ++register_number) {
    const auto address = static_cast<std::uint16_t>(register_number);
    family.blocks.front().address = family.fields.front().address = address;
    family.fields.back().setting->address = address;
    const bool is_near = isForbidden(address) != isForbidden(address + 1U) || (address > 0 && isForbidden(address) != isForbidden(address - 1U));
    for (const char* key : {"number", "switch"}) {
      const std::optional<std::uint16_t> written = made(key, key == std::string_view("number") ? "1" : "on");
      ASSERT_EQ(written, profile::isDangerous(address) ? std::nullopt : std::optional(address)) << key;
      ASSERT_FALSE(written && isForbidden(address)) << key << " " << address;
      for (std::size_t i = 0; is_near && i < kTexts.size(); ++i) ASSERT_FALSE(made(key, kTexts[i]) && isForbidden(address)) << key << " " << address;
    }
    for (const std::uint16_t value : std::to_array<std::uint16_t>({0, 1, 0x5A5A, 0xA5A5, 0xFFFF})) {
      ASSERT_FALSE(isForbidden(address) && profile::mayWrite(family, address, value)) << address;
    }
  }
}

class ShippedSettings : public testing::Test {
 protected:
  ShippedSettings() : loaded_(profile::loadCatalogue(blupow::test::sourceFolder() / "rootfs/usr/share/blupow/profiles")) {}

  // One of each that can be told apart by what it lets write.
  std::vector<profile::ProfilePtr> variants() const {
    const auto variant = [this](const char* type, const char* model, const char* name) {
      return profile::variantFor(loaded_.catalogue.find(type), model, name);
    };
    return {variant("renogy_controller", "RNG-CTRL-RVR40", ""),
            variant("renogy_dcc", "DCC30S", ""),
            variant("renogy_dcc", "RBC50D1S-G6", ""),
            variant("renogy_battery", "RBT100LFP12SH-G1", ""),
            variant("renogy_battery", "", "RNGPRO125BAT-EF036881"),
            variant("renogy_inverter", "RIV4835CSH1S", "BT-TH-F26D8F08"),
            variant("renogy_inverter", "RIV1230RCH-SPS", "BTRIC134000035"),
            variant("renogy_inverter", "RIV1230PU-126", "RNGRIU20230001"),
            variant("renogy_inverter_hf", "RIV1230PCH-23S", ""),
            variant("renogy_shunt", "", "")};
  }

  // A state in which as much as possible may be written: every condition holds, every threshold leaves room for this one.
  static Readings obliging(const Profile& profile, const Field& field) {
    Readings readings;
    for (const Field& other : profile.fields) {
      readings[other.key] = other.values.empty() ? Value(std::int64_t{12}) : Value(other.values.front().word);
      if (other.type == profile::Type::first) readings[other.key] = std::int64_t{12};
    }
    for (const auto& order : profile.ascending) {
      const auto own = std::ranges::find(order, field.key);
      for (auto other = order.begin(); own != order.end() && other != order.end(); ++other) readings[*other] = other < own ? -1e6 : 1e6;
    }
    readings[field.key] = std::int64_t{1};
    if (!field.setting->when_key.empty()) readings[field.setting->when_key] = field.setting->when_word;
    return readings;
  }

  profile::LoadedCatalogue loaded_;
};

TEST_F(ShippedSettings, TakeWhatTheirRangeHoldsAndNothingElse) {
  ASSERT_TRUE(loaded_.errors.empty());
  std::map<std::string, std::set<std::uint16_t>> written;  // by type and key
  for (const profile::ProfilePtr& variant : variants()) {
    for (const Field& field : variant->fields) {
      if (!field.setting) continue;
      const Readings readings = obliging(*variant, field);
      std::vector<std::string> texts(kTexts.begin(), kTexts.end());
      for (const profile::Word& word : field.values) texts.push_back(word.word);
      for (int tenth = 0; tenth <= 3100 && field.values.empty(); ++tenth) texts.push_back(std::to_string(tenth / 10) + "." + std::to_string(tenth % 10));
      for (const std::string& text : texts) {
        const auto writer = SettingWriter::make(*variant, 1, field.key, text, readings);
        if (!writer) continue;
        const modbus::Request request = writer->request();
        ASSERT_TRUE(profile::mayWrite(*variant, request.address, request.values.front())) << field.key << " " << text;
        ASSERT_FALSE(isForbidden(request.address)) << field.key;
        written[variant->type + " " + field.key].insert(request.values.front());
      }
    }
  }
  const auto ends = [&](const std::string& place) { return std::pair(*written.at(place).begin(), *written.at(place).rbegin()); };
  using Ends = std::pair<std::uint16_t, std::uint16_t>;
  EXPECT_EQ(written.at("renogy_controller load_status"), (std::set<std::uint16_t>{0, 1}));
  EXPECT_EQ(written.at("renogy_controller battery_type"), (std::set<std::uint16_t>{1, 2, 3, 4, 5})) << "5 is custom, 0 is set at the device";
  EXPECT_EQ(ends("renogy_controller boost_voltage"), Ends(70, 170));
  EXPECT_EQ(ends("renogy_controller equalizing_time"), Ends(0, 300));
  EXPECT_EQ(written.at("renogy_dcc battery_type"), (std::set<std::uint16_t>{0, 1, 2, 3, 4})) << "0 is custom";
  EXPECT_EQ(written.at("renogy_dcc max_charging_current"), (std::set<std::uint16_t>{1000, 2000, 3000, 4000, 5000}));
  EXPECT_EQ(ends("renogy_dcc reverse_charging_voltage"), Ends(110, 150));
  EXPECT_EQ(ends("renogy_dcc solar_cutoff_current"), Ends(0, 1000));
  EXPECT_EQ(written.at("renogy_inverter input_current_limit").size(), 491U);
  EXPECT_EQ(ends("renogy_inverter undervoltage_warning"), Ends(90, 155));
  EXPECT_EQ(ends("renogy_inverter overvoltage_threshold"), Ends(90, 160));
  EXPECT_EQ(ends("renogy_inverter_hf max_charging_current"), Ends(300, 1200));
  EXPECT_EQ(written.at("renogy_inverter_hf ac_output"), (std::set<std::uint16_t>{1, 2}));
  EXPECT_FALSE(
      std::ranges::any_of(written, [](const auto& entry) { return entry.first.starts_with("renogy_battery") || entry.first.starts_with("renogy_shunt"); }));
}

// Neither is a module's firmware update: reads would be written there.
TEST_F(ShippedSettings, NoDescriptionGoesToTheFirmwareUpdate) {
  const std::string update = "f000ffd1-0451-4000-b000-000000000000";
  const std::string description = R"({"notify_uuid": "fff1", "write_uuid": ")" + update + R"(", "sensors": [{"key": "x", "register": 1}]})";
  const profile::LoadedProfile described = profile::describeGeneric(description, "add_device");
  ASSERT_EQ(described.errors.size(), 1U);
  EXPECT_EQ(described.errors.front().path, "/write_uuid");
  EXPECT_EQ(described.errors.front().rule, "dangerous");
  const profile::ProfileLoader loader(blupow::test::sourceFolder() / "rootfs/usr/share/blupow/profiles");
  for (const std::string key : {"write_service", "write"}) {
    std::string gatt = R"("write_service": "ffd0", "write": "ffd1", "notify": "fff1")";
    gatt.replace(gatt.find("\"" + key + "\"") + key.size() + 5, 4,
                 key == "write" ? "F000FFD1-0451-4000-B000-000000000000" : "f000ffd0-0451-4000-b000-000000000000");
    const profile::LoadedProfile loaded = loader.parse(
        R"({"type": "t", "name": "T", "manufacturer": "T", "advertised_names": [], "unit_ids": [1], "blocks": [{"name": "b", "address": 1, "words": 1}],
            "fields": [{"key": "x", "name": "X", "block": "b", "address": 1, "type": "u16"}], "gatt": {)" +
            gatt + "}}",
        "t.json");
    ASSERT_EQ(loaded.errors.size(), 1U) << gatt;
    EXPECT_EQ(loaded.errors.front().path, "/gatt/" + key);
    EXPECT_EQ(loaded.errors.front().rule, "dangerous");
  }
}

// Of a caller's description and of what is no setting.
TEST_F(ShippedSettings, NothingElseIsASetting) {
  const auto described =
      profile::describeGeneric(R"({"notify_uuid": "fff1", "write_uuid": "ffd1", "sensors": [{"key": "x", "register": 5222}]})", "add_device");
  ASSERT_TRUE(described.profile);
  std::vector<profile::ProfilePtr> all = variants();
  all.push_back(described.profile);
  for (const profile::ProfilePtr& variant : all) {
    Readings readings;
    for (const Field& field : variant->fields) readings[field.key] = std::int64_t{1};
    for (const Field& field : variant->fields) {
      if (field.setting) continue;
      for (const char* text : kTexts) EXPECT_FALSE(SettingWriter::make(*variant, 1, field.key, text, readings)) << variant->type << " " << field.key;
    }
    for (const char* key : {"", "reset", "0x010A", "5222", "load_status ", "LOAD_STATUS", "max_charging_current\n"}) {
      EXPECT_FALSE(SettingWriter::make(*variant, 1, key, "1", readings)) << variant->type << " " << key;
    }
  }
}

}  // namespace
}  // namespace blupow::device
