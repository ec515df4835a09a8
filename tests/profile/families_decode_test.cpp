// What no captured frame shows: words that variants read otherwise, faults out of several registers, and which family words without a model belong to.
#include <gmock/gmock.h>

#include "profile/decode.hpp"
#include "profile/variant.hpp"
#include "shipped.hpp"

namespace blupow::profile {
namespace {

using Words = std::vector<std::uint16_t>;
using testing::Contains;
using testing::Key;
using testing::Not;
using testing::Pair;

Readings read(std::string_view type, std::string_view model, std::string_view name, std::uint16_t address, const Words& words, const Readings& known = {}) {
  const Decoded decoded = decode(*variantFor(shipped(std::string(type)), model, name), address, words, known);
  EXPECT_THAT(decoded.implausible, testing::IsEmpty());
  return decoded.readings;
}

std::string faults(std::string_view type, std::string_view model, std::string_view name, std::uint16_t address, const Words& words) {
  return std::get<std::string>(read(type, model, name, address, words).at("faults"));
}

const Words kPack{0xFFAA, 136, 1, 0x7BB0, 1, 0x86A0, 0x0F00, 148, 100, 5000, 0xD8F0};

TEST(Families, TheUnitOfABatterysCurrentDependsOnTheName) {
  const auto current = [](std::string_view name) { return read("renogy_battery", "RBT12100LFP-BT", name, 5042, kPack).at("current"); };
  EXPECT_EQ(current("BT-TH-66EDFC11"), Value(-0.86));
  EXPECT_EQ(current("RNGPRO12BATT-EF036881"), Value(-0.86));
  EXPECT_EQ(current("RNGRBP1228000830"), Value(-8.6));
  EXPECT_EQ(current("RNGC122BAT28000194"), Value(-8.6));
}

TEST(Families, ARngcCountsItsCyclesWithTheLowByteFirst) {
  EXPECT_EQ(read("renogy_battery", "", "RNGC122BAT28000194", 5042, kPack).at("cycles"), Value(std::int64_t{15}));
  EXPECT_EQ(read("renogy_battery", "", "RNGRBP1228000830", 5042, kPack).at("cycles"), Value(std::int64_t{3840}));
}

TEST(Families, ABatterysPowerAndChargeFollowFromItsPack) {
  const Readings readings = read("renogy_battery", "", "", 5042, kPack);
  EXPECT_THAT(readings, Contains(Pair("power", Value(-11.7))));
  EXPECT_THAT(readings, Contains(Pair("soc", Value(97.2))));
}

TEST(Families, CellsInMillivoltsAreKnownByTheirSize) {
  const Readings readings = read("renogy_battery", "", "", 5000, {4, 3312, 33, 3305, 3298});
  EXPECT_EQ(readings.at("cell_voltage_1"), Value(3.312));
  EXPECT_EQ(readings.at("cell_voltage_2"), Value(3.3));
}

TEST(Families, NoMoreCellsAndTemperaturesThanTheBatteryCounts) {
  Words words(34, 0);
  words[0] = 4;
  for (std::size_t cell = 1; cell <= 5; ++cell) words[cell] = 33;
  words[17] = 1;
  words[18] = 0xFFCE;  // -5 degrees
  words[19] = 0x7FFF;  // not counted, so never implausible
  const Readings readings = read("renogy_battery", "", "", 5000, words);
  EXPECT_THAT(readings, Contains(Key("cell_voltage_4")));
  EXPECT_THAT(readings, Not(Contains(Key("cell_voltage_5"))));
  EXPECT_EQ(readings.at("temperature_1"), Value(-5.0));
  EXPECT_THAT(readings, Not(Contains(Key("temperature_2"))));
  EXPECT_THAT(readings, Contains(Key("temperature_count"))) << "for the profile's own use";
  EXPECT_FALSE(shipped("renogy_battery")->field("temperature_count")->published);
}

TEST(Families, ABatteryTellsItsFaultsByRegisterAndBit) {
  const Words words{0x0000, 0x0009, 0x0000, 0x0002, 0x4010, 0x0000, 0x8107, 0x2080, 0x0004, 0x00C0};
  EXPECT_EQ(faults("renogy_battery", "", "", 5100, words),
            "cell 1 voltage below; cell 2 voltage above; cell 1 temperature above; charge current below; bms board temperature below; short circuit; "
            "cell over-voltage; module under-voltage protection; discharge high temp; cell 3 voltage error");
  EXPECT_EQ(faults("renogy_battery", "RBT12500LFP-SHBT", "RNGPRO125BAT-EF036881", 5100, {0, 0xAA, 0, 0, 0, 0, 6, 0, 0, 0}), "none");
  EXPECT_EQ(faults("renogy_battery", "RBT100LFP12S-G1", "", 5100, {0, 0xAA, 0, 0, 0, 0, 6, 0, 0, 0}),
            "cell 1 voltage above; cell 2 voltage above; cell 3 voltage above; cell 4 voltage above");
}

TEST(Families, AHeatedPackHasAHeaterLevelWhereOthersHaveAlarms) {
  const Words words{0, 0, 0, 0x0155, 0, 0, 6, 0x2000, 0, 0};
  const Readings heated = read("renogy_battery", "RBT100LFP12SH-G1", "", 5100, words);
  EXPECT_EQ(heated.at("heater_level"), Value(std::int64_t{0x55}));
  EXPECT_EQ(heated.at("heater"), Value("on"));
  EXPECT_EQ(heated.at("faults"), Value("cell 5 temperature below")) << "the high byte still holds alarms";
  EXPECT_THAT(read("renogy_battery", "RBT100LFP12S-G1", "", 5100, words), Not(Contains(Key("heater_level"))));
}

TEST(Families, ADccTellsItsFaultsByRegisterAndBit) {
  EXPECT_EQ(faults("renogy_dcc", "DCC50S", "", 0x0120, {2, 0x0920, 0x1104, 0, 0, 0, 0}),
            "alternator over-current; alternator over-voltage; charging stopped: battery too cold; battery under-voltage warning; fan alarm; pv reversed");
  EXPECT_EQ(faults("renogy_dcc", "DCC50S", "", 0x0121, {0x0010}), "controller over-temperature 2") << "of the registers that are there";
}

TEST(Families, AReversedDccTellsAnAlternatorCurrentBelowZero) {
  Words words(30, 0);
  words[1] = 133;
  words[5] = 0xFE0C;
  words[7] = 201;
  words[8] = 512;
  const Readings readings = read("renogy_dcc", "RBC50D1S-G1", "", 0x0100, words);
  EXPECT_EQ(readings.at("alternator_current"), Value(-5.0));
  EXPECT_EQ(readings.at("solar_power"), Value(102.91));
}

TEST(Families, AnInverterTellsUpToFourFaultCodes) {
  EXPECT_EQ(faults("renogy_inverter", "RIV4835CSH1S", "", 4398, {0, 0, 0, 0}), "none");
  EXPECT_EQ(faults("renogy_inverter", "RIV4835CSH1S", "", 4398, {14, 0, 3, 18}), "inverter overload; no battery; unknown");
}

// A 24 V system: the registers hold what counts for 12 V. Which system it is the setting tells, else what was recognised.
TEST(Families, ThresholdsFollowTheSystemVoltage) {
  const auto boost = [](std::uint16_t voltages) { return read("renogy_controller", "", "", 0xE003, {voltages, 0, 0, 0, 0, 148}); };
  EXPECT_EQ(boost(0x1800).at("boost_voltage"), Value(29.6));
  EXPECT_EQ(boost(0xFF18).at("boost_voltage"), Value(29.6));
  EXPECT_EQ(boost(0x0C0C).at("boost_voltage"), Value(14.8));
  EXPECT_EQ(boost(0xFF30).at("boost_voltage"), Value(59.2));
  EXPECT_THAT(boost(0xFF00), Not(Contains(Key("boost_voltage")))) << "left out rather than guessed";
}

// Without a model: words that only an HF inverter can mean, and words of the others.
TEST(Families, WordsTellAnHfInverterFromTheOthers) {
  const auto plausible = [](std::string_view type) -> const IdentifyRead& {
    return *std::ranges::find(shipped(std::string(type))->identify, true, &IdentifyRead::plausible);
  };
  const Words hf{2301, 500, 2300, 12, 0, 251, 312, 0, 0, 0};
  const Words riv{0x046F, 0x06A4, 0x046B, 0x001E, 0x1771, 0x0200, 0x0227, 0, 0, 0x1771};  // captured, a RIV4835CSH1S on the grid
  const Words island{0, 0, 0x046B, 0x001E, 0x1771, 0x0200, 0x0227, 0, 0, 0};              // likewise without a grid
  EXPECT_TRUE(plausible("renogy_inverter_hf").fits(hf));
  EXPECT_FALSE(plausible("renogy_inverter").fits(hf));
  for (const Words& words : {riv, island}) {
    EXPECT_FALSE(plausible("renogy_inverter_hf").fits(words));
    EXPECT_TRUE(plausible("renogy_inverter").fits(words));
  }
}

}  // namespace
}  // namespace blupow::profile
