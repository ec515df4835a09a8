// Settings take what the devices' documents allow, and what was written shows its effect.
#include <gtest/gtest.h>

#include "sim/unit.hpp"

namespace blupow::sim {
namespace {

// "" when the write was done, else "exception n".
std::string written(Unit& unit, std::uint16_t address, std::uint16_t value) {
  const auto answer = unit.answer({.unit = unit.id(), .function = kWriteWord, .address = address, .count = 1, .values = {value}});
  if (!answer) return "no answer";
  return (*answer)[1] == kWriteWord ? "" : "exception " + std::to_string((*answer)[2]);
}

Unit still(UnitScene scene) {
  scene.is_static = true;
  return {scene, Scene{}};
}

TEST(Settings, OfAControllerKeepTheirRanges) {
  Unit unit = still({.id = 16});
  const std::string failed = "exception 4";
  const std::vector<std::tuple<std::uint16_t, std::uint16_t, std::string>> table = {
      {0xE001, 100, ""},   {0xE001, 101, failed}, {0xE010, 120, ""},   {0xE010, 121, failed},        {0xE011, 300, ""},          {0xE011, 15, failed},
      {0xE012, 0, failed}, {0xE013, 28, failed},  {0xE013, 30, ""},    {0xE014, 6, failed},          {0xE004, 0, failed},        {0xE004, 2, ""},
      {0xE004, 6, failed}, {0xE01D, 18, failed},  {0x010A, 2, failed}, {0xE002, 200, "exception 2"}, {0x0101, 1, "exception 2"}, {0x7000, 1, "exception 2"},
  };
  for (const auto& [address, value, outcome] : table) EXPECT_EQ(written(unit, address, value), outcome) << address << " " << value;
}

TEST(Settings, VoltagesAreTakenForACustomBatteryOnlyAndATypeBringsItsOwn) {
  for (const auto& [family, custom] : {std::pair{Family::controller, std::uint16_t{5}}, {Family::dcc, std::uint16_t{0}}}) {
    Unit unit = still({.id = 16, .family = family});
    EXPECT_EQ(written(unit, 0xE004, 2), "");
    EXPECT_EQ(unit.registers().at(0xE008), 144) << "boost voltage of a sealed battery";
    EXPECT_EQ(written(unit, 0xE008, 142), "exception 4");
    EXPECT_EQ(written(unit, 0xE004, custom), "");
    EXPECT_EQ(written(unit, 0xE008, 142), "");
    EXPECT_EQ(written(unit, 0xE008, 171), "exception 4");
    EXPECT_EQ(unit.registers().at(0xE008), 142);
  }
}

TEST(Settings, TheLoadFollowsItsCommandInManualModeOnly) {
  Unit unit = still({.id = 16});
  const auto on = [&] { return (unit.registers().at(0x0120) & 0x8000U) != 0; };
  EXPECT_FALSE(on());
  EXPECT_EQ(written(unit, 0x010A, 1), "");
  EXPECT_TRUE(on());
  EXPECT_EQ(unit.registers().at(0x010A), 0) << "reads back as nothing of use";
  EXPECT_EQ(written(unit, 0xE01D, 0), "");
  EXPECT_EQ(written(unit, 0x010A, 0), "") << "accepted";
  EXPECT_TRUE(on()) << "and not followed";
  EXPECT_EQ(written(unit, 0xE01D, 15), "");
  EXPECT_EQ(written(unit, 0x010A, 0), "");
  EXPECT_FALSE(on());
  EXPECT_EQ(written(unit, 0xE01D, 17), "");
  EXPECT_TRUE(on());
}

TEST(Settings, OfOtherFamiliesKeepTheirRanges) {
  struct Row {
    UnitScene unit;
    std::uint16_t address;
    std::uint16_t taken;
    std::uint16_t refused;
  };
  const UnitScene csh{.id = 32, .family = Family::inverter, .model = "RIV4835CSH1S"};
  const std::vector<Row> table = {
      {{.family = Family::dcc}, 0xE001, 5000, 5001},
      {{.family = Family::dcc, .model = "DCC30S"}, 0xE001, 3000, 3001},
      {{.family = Family::dcc}, 0xE020, 110, 109},
      {{.family = Family::dcc}, 0xE038, 1000, 1001},
      {{.family = Family::inverter}, 4422, 150, 160},
      {{.family = Family::inverter}, 4430, 90, 89},
      {{.family = Family::inverter}, 4452, 160, 161},
      {{.family = Family::inverter}, 4456, 500, 501},
      {csh, 0xE205, 350, 360},
      {{.family = Family::inverter_hf}, 4422, 1200, 1250},
      {{.family = Family::inverter_hf}, 4441, 2, 0},
  };
  for (const Row& row : table) {
    Unit unit = still(row.unit);
    EXPECT_EQ(written(unit, row.address, row.taken), "") << row.address;
    EXPECT_EQ(written(unit, row.address, row.refused), "exception 4") << row.address;
    EXPECT_EQ(unit.registers().at(row.address), row.taken);
  }
  Unit inverter = still(csh);
  EXPECT_EQ(written(inverter, 4424, 4), "exception 7") << "SRNE: read only";
  EXPECT_EQ(written(inverter, 4456, 100), "exception 2") << "not there on this one";
  Unit battery = still({.id = 48, .family = Family::battery});
  for (const std::uint16_t address : Words{5042, 5222, 5223, 5224, 5225, 61440}) EXPECT_EQ(written(battery, address, 1), "exception 2") << address;
}

TEST(Settings, ChargingCurrentsTakeEffect) {
  struct Row {
    UnitScene unit;
    std::uint16_t setting;
    std::uint16_t words;
    std::uint16_t current;
    double scale;
    double most;
  };
  const std::vector<Row> table = {
      {{.family = Family::dcc, .charge = 30, .panels = 2000}, 0xE001, 1000, 0x0102, 0.01, 10},
      {{.family = Family::inverter, .charge = 30, .panels = 0}, 4422, 200, 4412, 0.1, 20},
      {{.family = Family::inverter, .model = "RIV4835CSH1S", .charge = 30, .panels = 0}, 0xE205, 150, 4412, 0.1, 15},
      {{.family = Family::inverter_hf, .charge = 30}, 4422, 300, 4412, 0.1, 30},
  };
  for (const Row& row : table) {
    Unit unit(row.unit, Scene{});
    unit.advance(60);
    EXPECT_GT(unit.registers().at(row.current) * row.scale, row.most) << row.setting;
    EXPECT_EQ(written(unit, row.setting, row.words), "") << row.setting;
    unit.advance(60);
    EXPECT_NEAR(unit.registers().at(row.current) * row.scale, row.most, 0.001) << row.setting;
  }
}

}  // namespace
}  // namespace blupow::sim
