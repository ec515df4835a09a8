// Rules that every shipped profile keeps, in each of its variants: what is asked in one request, what a value must say of itself, which words users see
// and which registers can be written at all.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "profile/variant.hpp"
#include "shipped.hpp"

namespace blupow::profile {
namespace {

using Words = std::set<std::string>;

// Advertised names that decide variants, and one that decides none.
constexpr std::array kNames{"", "BT-TH-F26D8F08", "BTRIC134000035", "RNGRIU20230001", "RNGRBP1228000830", "RNGC122BAT28000194", "RNGPRO125BAT-EF036881"};

struct Variant {
  ProfilePtr profile;
  std::string title;
};

std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const ProfilePtr& family : shippedCatalogue().all()) {
    std::vector<std::string> models = family->models;
    models.emplace_back();  // not told
    for (const std::string& model : models) {
      for (const std::string name : kNames) {
        std::string title = family->type;
        title.append(" \"").append(model).append("\" \"").append(name).append("\"");
        all.push_back({variantFor(family, model, name), std::move(title)});
      }
    }
  }
  return all;
}

bool isEveryPoll(Interval interval) { return interval == Interval::fast || interval == Interval::normal; }
bool haveOneClass(const Block& one, const Block& other) { return one.interval == other.interval || (isEveryPoll(one.interval) && isEveryPoll(other.interval)); }

// Registers that lie together and are due together are asked in one request, as far as the device allows.
TEST(Families, NoTwoBlocksCouldBeOneRequest) {
  for (const auto& [profile, title] : variants()) {
    for (const Block& one : profile->blocks) {
      EXPECT_LE(one.words, profile->max_words) << title << " " << one.name;
      for (const Block& other : profile->blocks) {
        if (one == other || !haveOneClass(one, other)) continue;
        const bool touch = one.address <= other.address && one.address + one.words >= other.address;
        EXPECT_FALSE(touch && one.words + other.words <= profile->max_words) << title << " " << one.name << " and " << other.name;
      }
    }
  }
}

// So that a late answer to one is never taken for another's. Single registers cannot differ; after a silent one device/exchange.hpp holds the next back.
TEST(Families, BlocksOfOneLengthAreSingleRegisters) {
  for (const auto& [profile, title] : variants()) {
    std::set<std::uint16_t> lengths;
    for (const Block& block : profile->blocks) {
      if (block.words > 1) {
        EXPECT_TRUE(lengths.insert(block.words).second) << title << " " << block.name;
      }
    }
  }
}

bool isMeasured(Quantity quantity) {
  static const std::set<Quantity> kMeasured{Quantity::voltage,   Quantity::current,     Quantity::power,           Quantity::apparent_power,
                                            Quantity::frequency, Quantity::temperature, Quantity::state_of_charge, Quantity::percentage};
  return kMeasured.contains(quantity);
}

TEST(Families, MeasuredValuesAreReadAtEveryPollAndHaveLimits) {
  for (const auto& [profile, title] : variants()) {
    for (const Field& field : profile->fields) {
      const Block* block = profile->block(field.block);
      if (field.category == Category::primary && block != nullptr && field.published) {
        EXPECT_TRUE(isEveryPoll(block->interval)) << title << " " << field.key;
      }
      const bool is_setting = field.category == Category::config || (block != nullptr && !isEveryPoll(block->interval));
      if (isMeasured(field.quantity) && field.published && !is_setting) {
        EXPECT_TRUE(field.limits) << title << " " << field.key;
      }
    }
    if (profile->history) {
      for (const Field& field : profile->history->fields) EXPECT_TRUE(field.limits || !isMeasured(field.quantity)) << title << " " << field.key;
    }
  }
}

TEST(Families, EveryFactSaysHowWellItIsKnown) {
  for (const auto& [profile, title] : variants()) {
    for (const Field& field : profile->fields) EXPECT_NE(field.confidence, "") << title << " " << field.key;
    if (profile->history) {
      for (const Field& field : profile->history->fields) EXPECT_NE(field.confidence, "") << title << " " << field.key;
    }
  }
}

const Words kOnOff{"off", "on"};
const Words kChargerStatus{"deactivated", "activated", "mppt", "equalizing", "boost", "floating", "current limiting", "direct charge"};
const Words kInverterStatus{"deactivated", "constant current", "constant voltage", "floating", "battery activation", "battery disconnecting"};
const Words kBatteryType{"custom", "open", "sealed", "gel", "lithium"};
const Words kMachineState{"power on delay",   "waiting",          "initialising", "soft start",       "grid",  "inverter",
                          "inverter to grid", "grid to inverter", "hybrid",       "shutdown by user", "fault", "load sense"};

// By type and key. Words are a promise: automations of users compare with them.
const std::map<std::string, Words> kWords{
    {"renogy_controller charging_status", kChargerStatus},
    {"renogy_controller battery_type", kBatteryType},
    {"renogy_controller load_status", kOnOff},
    {"renogy_controller product_type", {"controller", "inverter"}},
    {"renogy_controller load_mode",
     {"pure light control", "off after 1 hour", "off after 2 hours", "off after 3 hours", "off after 4 hours", "off after 5 hours", "off after 6 hours",
      "off after 7 hours", "off after 8 hours", "off after 9 hours", "off after 10 hours", "off after 11 hours", "off after 12 hours", "off after 13 hours",
      "off after 14 hours", "manual", "debug", "always on"}},
    {"renogy_dcc charging_status", kChargerStatus},
    {"renogy_dcc charging_mode", {"standby", "alternator to house", "house to starter", "solar to house", "solar and alternator to house", "solar to starter"}},
    {"renogy_dcc ignition", kOnOff},
    {"renogy_dcc battery_type", kBatteryType},
    {"renogy_battery charge_mosfet", kOnOff},
    {"renogy_battery discharge_mosfet", kOnOff},
    {"renogy_battery heater", kOnOff},
    {"renogy_inverter charging_status", kInverterStatus},
    {"renogy_inverter machine_state", kMachineState},
    {"renogy_inverter battery_type", {"user", "sld", "fld", "gel", "lf14", "lf15", "lf16", "n13", "n14"}},
    {"renogy_inverter output_priority", {"sol", "uti", "sbu"}},
    {"renogy_inverter input_range", {"apl", "ups"}},
    {"renogy_inverter power_saving", {"dis", "ena", "sleep"}},
    {"renogy_inverter charge_mode", {"cso", "cub", "snu", "oso"}},
    {"renogy_inverter_hf machine_state", kMachineState},
    {"renogy_inverter_hf buzzer", kOnOff},
    {"renogy_inverter_hf ac_output", kOnOff},
    {"renogy_inverter_hf output_priority", {"grid first", "battery first"}},
    {"renogy_inverter_hf lithium_activation", kOnOff}};

TEST(Families, EveryEnumerationSaysTheWordsThatUsersKnow) {
  std::set<std::string> seen;
  for (const auto& [profile, title] : variants()) {
    for (const Field& field : profile->fields) {
      if (field.type != Type::enumeration) continue;
      const std::string place = profile->type + " " + field.key;
      Words words;
      for (const Word& word : field.values) words.insert(word.word);
      ASSERT_TRUE(kWords.contains(place)) << place;
      EXPECT_EQ(words, kWords.at(place)) << title << " " << field.key;
      seen.insert(place);
    }
  }
  EXPECT_EQ(seen.size(), kWords.size());
}

// Whatever the model and the name: nothing else can be written (the write tables of the vendors' documents and of what others proved).
TEST(Families, OnlyKnownRegistersCanBeWritten) {
  std::map<std::string, std::set<std::uint16_t>> writable;
  for (const auto& [profile, title] : variants()) {
    for (const Field& field : profile->fields) {
      if (field.setting) writable[profile->type].insert(field.setting->address.value_or(field.address));
    }
  }
  std::set<std::uint16_t> thresholds;
  for (std::uint16_t address = 0xE004; address <= 0xE00E; ++address) thresholds.insert(address);
  for (std::uint16_t address = 0xE010; address <= 0xE013; ++address) thresholds.insert(address);
  std::set<std::uint16_t> controller = thresholds;
  controller.insert({0x010A, 0xE01D});
  std::set<std::uint16_t> dcc = thresholds;
  dcc.insert({0xE001, 0xE014, 0xE020, 0xE038});
  EXPECT_EQ(writable, (std::map<std::string, std::set<std::uint16_t>>{{"renogy_controller", controller},
                                                                      {"renogy_dcc", dcc},
                                                                      {"renogy_inverter", {4422, 4430, 4452, 4456, 0xE205}},
                                                                      {"renogy_inverter_hf", {4101, 4102, 4422, 4441, 4457}}}));
}

TEST(Families, OnlyTheLoadSwitchIsThereWithoutPermission) {
  for (const auto& [profile, title] : variants()) {
    for (const Field& field : profile->fields) EXPECT_EQ(field.setting && field.setting->always, field.key == "load_status") << title << " " << field.key;
  }
}

// Energy is counted only where no register tells it.
TEST(Families, MetersAreThereWhereNoRegisterTellsTheEnergy) {
  std::map<std::string, Words> meters;
  for (const ProfilePtr& profile : shippedCatalogue().all()) {
    for (const Meter& meter : profile->meters) meters[profile->type].insert(meter.key);
  }
  EXPECT_EQ(meters, (std::map<std::string, Words>{{"renogy_dcc", {"solar_energy", "alternator_energy", "output_energy"}},
                                                  {"renogy_battery", {"charge_energy", "discharge_energy"}},
                                                  {"renogy_inverter", {"solar_energy", "charging_energy", "load_energy"}},
                                                  {"renogy_shunt", {"charge_energy", "discharge_energy"}}}));
}

// A -G6 never answers the read at 0x0120 and nothing behind 0x0121.
TEST(Families, AG6ReadsItsStatusWithItsLiveBlock) {
  const ProfilePtr variant = variantFor(shipped("renogy_dcc"), "RBC50D1S-G6", "");
  EXPECT_EQ(variant->block("status"), nullptr);
  for (const Block& block : variant->blocks) {
    if (isEveryPoll(block.interval)) {
      EXPECT_EQ(block, (Block{.name = "live", .address = 0x0100, .words = 34}));
    }
  }
  EXPECT_NE(variant->field("charging_status"), nullptr);
  EXPECT_NE(variant->field("faults"), nullptr);
  EXPECT_EQ(variant->field("charging_mode"), nullptr);
}

// The lowest and highest number of a setting, in the order of the columns: what the rating of the model allows.
TEST(Families, TheChargingCurrentCanBeSetUpToTheRating) {
  const auto highest = [](std::string_view type, std::string_view model, std::string_view name) {
    return variantFor(shipped(std::string(type)), model, name)->field("max_charging_current")->setting->range->highest;
  };
  EXPECT_EQ(highest("renogy_dcc", "DCC30S", ""), 30);
  EXPECT_EQ(highest("renogy_dcc", "RBC30D1S-G1", ""), 30);
  EXPECT_EQ(highest("renogy_dcc", "RBC50D1S-G6", ""), 50);
  EXPECT_EQ(highest("renogy_dcc", "RBC2125DS-21W", ""), 50);
  EXPECT_EQ(highest("renogy_dcc", "", ""), 30);
  EXPECT_EQ(highest("renogy_inverter", "RIV4835CSH1S", ""), 40);
  EXPECT_EQ(highest("renogy_inverter", "RIV1230RCH-SPS", "BTRIC134000035"), 150);
  EXPECT_EQ(highest("renogy_inverter_hf", "RIV1230PCH-23S", ""), 120);
}

}  // namespace
}  // namespace blupow::profile
