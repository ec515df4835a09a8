// Rules that every shipped profile keeps, in each of its variants: what is asked in one request, what a value must say of itself, which words users see
// and which registers can be written at all.
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "profile/spans.hpp"
#include "profile/variant.hpp"
#include "shipped.hpp"
#include "support/temp_folder.hpp"

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

// "4000 x10, 4109 x1": what a poll asks for of this profile, when the blocks of these intervals are due.
std::string requestsOf(const Profile& profile, const std::set<Interval>& due) {
  std::vector<Block> blocks;
  std::ranges::copy_if(profile.blocks, std::back_inserter(blocks), [&](const Block& block) { return due.contains(block.interval); });
  std::string text;
  for (const Span& span : spansOf(blocks, profile.max_words)) {
    text += (text.empty() ? "" : ", ") + std::to_string(span.address) + " x" + std::to_string(span.words);
  }
  return text;
}

// Few as they are today: what lies together is described in parts, for devices that refuse the whole, and asked in one.
TEST(Families, AskForWhatTheyHaveInFewRequests) {
  struct Row {
    const char* type;
    const char* model;
    const char* name;
    const char* every_poll;
    const char* once;
    const char* slow;
  };
  for (const Row& row :
       {Row{"renogy_controller", "RNG-CTRL-RVR40", "", "256 x34", "10 x17", "57345 x29"},
        Row{"renogy_dcc", "RBC50D1S-G1", "", "256 x30, 288 x7", "10 x17", "57345 x20, 57376 x1, 57400 x1"},
        Row{"renogy_dcc", "RBC50D1S-G6", "", "256 x34", "10 x17", "57345 x20, 57376 x1, 57400 x1"},
        Row{"renogy_battery", "RBT100LFP12-BT", "BT-TH-66EDFC11", "5042 x11, 5000 x34, 5100 x10", "5110 x22", ""},
        Row{"renogy_battery", "RBT12500LFP-SHBT", "RNGPRO125BAT-EF036881", "5042 x11, 5000 x34, 5100 x10", "5110 x22", ""},
        Row{"renogy_inverter", "RIV1230RCH-SPS", "BTRIC134000035", "4000 x10, 4327 x7, 4408 x6", "4109 x1, 4311 x8", "4422 x1, 4430 x1, 4452 x1, 4456 x1"},
        Row{"renogy_inverter", "RIV4835CSH1S", "BT-TH-F26D8F08", "4000 x10, 4327 x7, 4408 x6, 4405 x1, 4398 x4", "4109 x1, 4311 x8",
            "4424 x14, 4439 x6, 4447 x1, 57861 x1"},
        Row{"renogy_inverter_hf", "RIV1230PCH-23S", "RNGRIU20230001", "4000 x7, 4328 x6, 4405 x18", "4311 x8, 4109 x1", "4101 x2, 4441 x1, 4457 x1"}}) {
    const ProfilePtr variant = variantFor(shipped(row.type), row.model, row.name);
    EXPECT_EQ(requestsOf(*variant, {Interval::normal, Interval::fast}), row.every_poll) << row.model;
    EXPECT_EQ(requestsOf(*variant, {Interval::once}), row.once) << row.model;
    EXPECT_EQ(requestsOf(*variant, {Interval::slow}), row.slow) << row.model;
  }
}

// A device gives so many words at once: where a family's limit is lower than this, longer reads are known to fail.
TEST(Families, NoRequestIsLongerThanDevicesAreKnownToAnswer) {
  std::map<std::string, std::uint16_t> longest;
  for (const auto& [profile, title] : variants()) {
    for (const Span& span : spansOf(profile->blocks, profile->max_words)) {
      EXPECT_LE(span.words, profile->max_words) << title << " " << span.address;
      longest[profile->type] = std::max(longest[profile->type], span.words);
    }
    if (profile->history) {
      EXPECT_LE(profile->history->words, profile->max_words) << title;
    }
    for (const IdentifyRead& read : profile->identify) EXPECT_LE(read.words, profile->max_words) << title;
  }
  EXPECT_EQ(longest, (std::map<std::string, std::uint16_t>{
                         {"renogy_controller", 34}, {"renogy_dcc", 34}, {"renogy_battery", 34}, {"renogy_inverter", 14}, {"renogy_inverter_hf", 18}}));
}

// So that a late answer names itself: no two requests to one unit have one length, also where everything is due. Single registers cannot differ, nor can
// 4439 to 4444 of a RIV4835CSH1S, between two holes, from its load; there device/exchange.hpp holds the next one back.
TEST(Families, RequestsOfOneLengthAreSingleRegisters) {
  for (const auto& [profile, title] : variants()) {
    std::set<std::uint16_t> lengths;
    for (const Span& span : spansOf(profile->blocks, profile->max_words)) {
      EXPECT_TRUE(span.words == 1 || span.address == 4439 || lengths.insert(span.words).second) << title << " " << span.address;
    }
    EXPECT_TRUE(!profile->history || lengths.insert(profile->history->words).second) << title << " history";
  }
}

// Where a request was refused and its blocks are asked one by one, the same holds for most; for the others the next is held back likewise.
TEST(Families, PartsOfOneRequestDiffer) {
  for (const auto& [profile, title] : variants()) {
    for (const Span& span : spansOf(profile->blocks, profile->max_words)) {
      std::set<std::uint16_t> lengths;
      for (const std::size_t index : span.blocks) {
        const Block& block = profile->blocks[index];
        EXPECT_TRUE(block.words == 1 || lengths.insert(block.words).second) << title << " " << block.name;
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

// Where sources disagree the row itself says why it is as it is.
TEST(Families, WhereSourcesDisagreeTheRowSaysWhy) {
  const std::map<std::string, Words> disputed{
      {"renogy_controller",
       {"model", "controller_temperature", "battery_temperature", "power_generation_today", "power_generation_total", "power_consumption_today",
        "power_consumption_total", "faults", "battery_type", "overvoltage_threshold", "boost_voltage", "discharge_limit_voltage"}},
      {"renogy_dcc",
       {"controller_temperature", "battery_temperature", "solar_power", "charging_power", "power_generation_today", "power_generation_total", "charging_status",
        "faults", "battery_type", "max_charging_current"}},
      {"renogy_battery", {"current", "cell_voltage_#", "faults"}},
      {"renogy_inverter", {"model", "input_frequency", "battery_voltage", "load_current", "charging_current", "charging_status"}},
      {"renogy_inverter_hf", {"input_frequency", "machine_state"}},
      {"renogy_shunt", {"temperature"}}};
  for (const auto& [type, keys] : disputed) {
    const auto document = nlohmann::json::parse(test::readFile(kShipped / (type + ".json")));
    Words noted;
    for (const auto& field : document.at("fields")) {
      if (field.contains("note")) noted.insert(field.at("key").get<std::string>());
    }
    EXPECT_TRUE(std::ranges::includes(noted, keys)) << type;
  }
}

// A -G6 never answers the read at 0x0120 and nothing behind 0x0121.
TEST(Families, AG6ReadsItsStatusWithItsLiveValues) {
  const ProfilePtr variant = variantFor(shipped("renogy_dcc"), "RBC50D1S-G6", "");
  for (const Block& block : variant->blocks) {
    EXPECT_TRUE(!isEveryPoll(block.interval) || block.address + block.words <= 0x0122) << block.name;
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
