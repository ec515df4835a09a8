// The peculiarities of each family, and live models whose values agree with each other all day long.
#include <cmath>

#include "sim/day.hpp"
#include "sim/renogy/shunt.hpp"

namespace blupow::sim {
namespace {

double signedValue(Unit& unit, std::uint16_t address, double scale) { return static_cast<std::int16_t>(unit.registers().at(address)) * scale; }

// The words, or what the unit does instead.
std::string read(Unit& unit, std::uint16_t first, std::uint16_t count) {
  const auto answer = unit.answer({.unit = unit.id(), .function = kReadWords, .address = first, .count = count, .values = {}});
  if (!answer) return "silence";
  return (*answer)[1] == kReadWords ? "words" : "exception " + std::to_string((*answer)[2]);
}

TEST(Families, GiveAsManyWordsAsRealOnesDo) {
  const auto still = [](UnitScene scene) {
    scene.is_static = true;
    return Unit(scene, Scene{});
  };
  Unit csh = still({.id = 32, .family = Family::inverter, .model = "RIV4835CSH1S"});
  EXPECT_EQ(read(csh, 4424, 14), "words");
  EXPECT_EQ(read(csh, 4424, 15), "exception 3");
  EXPECT_EQ(read(csh, 4456, 1), "exception 2");
  EXPECT_EQ(read(csh, 0xE21C, 1), "exception 2");
  EXPECT_EQ(read(csh, 4311, 8), "words");
  Unit nameless = still({.id = 32, .family = Family::inverter, .model = "RIV4835CSH1S", .nameless = true});
  EXPECT_EQ(read(nameless, 4311, 8), "silence");
  EXPECT_EQ(read(nameless, 4000, 10), "words");
  Unit hf = still({.id = 32, .family = Family::inverter_hf});
  EXPECT_EQ(read(hf, 4405, 18), "words");
  EXPECT_EQ(read(hf, 4328, 6), "words");
  Unit g1 = still({.id = 96, .family = Family::dcc});
  EXPECT_EQ(read(g1, 0x0100, 32), "words");
  EXPECT_EQ(read(g1, 0x0120, 8), "words");
  EXPECT_EQ(read(g1, 0xE001, 33), "words");
  Unit g6 = still({.id = 96, .family = Family::dcc, .model = "RBC50D1S-G6"});
  EXPECT_EQ(read(g6, 0x0120, 3), "silence");
  EXPECT_EQ(read(g6, 0x0100, 34), "words");
  EXPECT_EQ(read(g6, 0x0100, 35), "exception 2");
  Unit heated = still({.id = 48, .family = Family::battery, .model = "RBT100LFP12SH-G1"});
  EXPECT_EQ(read(heated, 5000, 34), "words");
  EXPECT_EQ(read(heated, 5000, 35), "exception 2") << "5034 is a hole";
  EXPECT_EQ(read(heated, 5035, 18), "words");
  Unit legacy = still({.id = 48, .family = Family::battery});
  EXPECT_EQ(read(legacy, 5000, 48), "words");
  EXPECT_EQ(read(legacy, 5104, 28), "words");
}

TEST(Families, KeepTenWordsOfHistoryForEachDay) {
  for (const Family family : {Family::controller, Family::dcc}) {
    Unit unit({.id = 1, .family = family, .is_static = true}, Scene{});
    for (std::uint16_t ago = 0; ago < 7; ++ago) EXPECT_EQ(read(unit, static_cast<std::uint16_t>(0xF000 + ago), 10), "words");
    EXPECT_EQ(read(unit, 0xF000, 20), "exception 2") << "an address is a day, not a word";
    EXPECT_EQ(read(unit, 0xF007, 10), "exception 2");
    const Words today = *unit.registers().read(0xF000, 10);
    EXPECT_NEAR(today[8] / (family == Family::dcc ? 135.0 : today[6]), 13, 0.5) << "Wh by Ah";
    EXPECT_EQ(today[9] == 0, family == Family::dcc) << "a DC-DC charger has no load";
  }
}

TEST(Families, ProBatteriesCountInTenthsAndRngcSwapsItsCycles) {
  for (const auto& [variant, step, cycles] :
       {std::tuple{Variant::legacy, 0.01, 0}, {Variant::pro, 0.1, 12}, {Variant::rngc, 0.1, 12 << 8}, {Variant::rngpro, 0.01, 24}}) {
    Unit unit({.id = 48, .family = Family::battery, .variant = variant, .capacity = 100, .charge = 60, .panels = 0, .load = 130}, kMidnight);
    unit.advance(kMinute);
    EXPECT_NEAR(signedValue(unit, 5042, step), -10, 1.2);
    EXPECT_EQ(unit.registers().at(5048), cycles);
    EXPECT_EQ(unit.registers().at(5101), variant == Variant::rngpro ? 0xAA : 0);
  }
}

TEST(Families, ReassignedUnitsTellTheirNewId) {
  for (const auto& [family, address] : {std::pair{Family::controller, 0x001A}, {Family::dcc, 0x001A}, {Family::battery, 5223}, {Family::inverter, 4109}}) {
    Unit unit({.id = 48, .family = family, .is_static = true}, Scene{});
    unit.reassign(49);
    EXPECT_EQ(unit.registers().at(static_cast<std::uint16_t>(address)), 49);
    EXPECT_FALSE(unit.hears({.unit = 48, .function = kReadWords, .values = {}}));
    EXPECT_TRUE(unit.hears({.unit = 49, .function = kReadWords, .values = {}}));
  }
}

TEST(BatteryModel, RemainingCapacityIsTheSumOfTheCurrent) {
  for (const char* model : {"RBT100LFP12-BT", "RBT50LFP48S", "RBT100LFP12SH-G1"}) {
    Unit unit({.id = 48, .family = Family::battery, .model = model, .capacity = 100, .charge = 50, .panels = 250, .load = 40}, kMidnight);
    const double cells = value(unit, 5000, 1);
    double amp_hours = unit.registers().longAt(5044) * 0.001;
    double lowest = 0;
    day(unit, [&](int minute) {
      const double amps = signedValue(unit, 5042, 0.01);
      const double remaining = unit.registers().longAt(5044) * 0.001;
      if (remaining < 100) amp_hours += amps * kMinute / 3600;
      EXPECT_NEAR(remaining, std::min(amp_hours, 100.0), 0.1) << minute;
      amp_hours = std::min(amp_hours, 100.0);
      double sum = 0;
      for (std::uint16_t cell = 0; cell < cells; ++cell) sum += value(unit, static_cast<std::uint16_t>(5001 + cell), 0.1);
      EXPECT_NEAR(sum, value(unit, 5043, 0.1), 0.05 * cells + 0.11) << minute;
      const unsigned status = unit.registers().at(5107);
      EXPECT_EQ((status & 0x8000U) != 0, amps > 0) << minute;
      EXPECT_EQ((status & 0x4000U) != 0, amps < 0) << minute;
      EXPECT_EQ(unit.registers().at(5106) & 0x0006U, 0x0006U) << minute;
      lowest = std::min(lowest, amps);
    });
    EXPECT_LT(lowest, 0) << "it discharges at night";
  }
}

TEST(BatteryModel, AHeatedPackHeatsInTheColdAndOthersNever) {
  Unit heated({.id = 48, .family = Family::battery, .model = "RBT100LFP12SH-G1", .panels = 100, .load = 10}, kMidnight);
  EXPECT_EQ(heated.registers().at(5107) & 0x2000U, 0x2000U);
  EXPECT_EQ(heated.registers().at(5103), 0xC0) << "its heater level";
  EXPECT_LT(signedValue(heated, 5018, 0.1), 5);
  Unit other({.id = 48, .family = Family::battery}, kMidnight);
  EXPECT_EQ(other.registers().at(5107) & 0x2000U, 0U);
}

TEST(DccModel, SunAndAlternatorMakeTheChargingCurrent) {
  Unit unit({.id = 96, .family = Family::dcc, .capacity = 300, .charge = 20, .panels = 200, .load = 30, .alternator = 400}, kMidnight);
  std::array<int, 6> modes{};
  double last = 0;
  day(unit, [&](int minute) {
    const double in = value(unit, 0x0107, 0.1) * value(unit, 0x0108, 0.01) + 0.95 * value(unit, 0x0106, 1);
    EXPECT_NEAR(value(unit, 0x0109, 1), value(unit, 0x0101, 0.1) * value(unit, 0x0102, 0.01), 0.51) << minute;
    EXPECT_NEAR(value(unit, 0x0109, 1), in, 2.5) << minute;
    EXPECT_NEAR(value(unit, 0x0106, 1), value(unit, 0x0104, 0.1) * value(unit, 0x0105, 0.01), 0.51) << minute;
    EXPECT_EQ(unit.registers().at(0x0120) == 0, value(unit, 0x0102, 1) == 0) << minute;
    EXPECT_EQ(value(unit, 0x0124, 1), value(unit, 0x0109, 1)) << minute;
    EXPECT_LE(value(unit, 0x0105, 1) > 0, unit.registers().at(0x0126) == 1) << minute << ": only while the engine runs";
    EXPECT_GE(value(unit, 0x0113, 1), last) << minute;
    last = value(unit, 0x0113, 1);
    ++modes.at(unit.registers().at(0x0125));
  });
  for (const std::size_t mode : {0U, 1U, 3U, 4U}) EXPECT_GT(modes.at(mode), 0) << mode;
}

TEST(InverterModel, Riv4835CountsChargingAsNegativeAndIsA48VoltDevice) {
  Unit unit({.id = 32, .family = Family::inverter, .model = "RIV4835CSH1S", .capacity = 100, .charge = 40, .panels = 1500, .load = 300}, kMidnight);
  unit.advance(kMinute);
  EXPECT_NEAR(value(unit, 4005, 0.1), 52, 2);
  EXPECT_LT(signedValue(unit, 4328, 0.1), 0) << "charging from mains";
  EXPECT_GT(value(unit, 4333, 1), 0);
  EXPECT_EQ(unit.registers().at(4405), 4) << "grid";
  Unit dark({.id = 32, .family = Family::inverter, .model = "RIV4835CSH1S", .capacity = 100, .charge = 40, .panels = 0, .load = 300, .grid = false}, kMidnight);
  dark.advance(kMinute);
  EXPECT_GT(signedValue(dark, 4328, 0.1), 0) << "discharging";
  EXPECT_EQ(value(dark, 4333, 1), 0);
  EXPECT_EQ(dark.registers().at(4405), 5) << "inverter";
}

TEST(InverterHfModel, ChargesOnMainsAndCarriesTheLoadWithoutThem) {
  for (const bool grid : {true, false}) {
    Unit unit({.id = 32, .family = Family::inverter_hf, .capacity = 200, .charge = 50, .load = 300, .grid = grid}, kMidnight);
    unit.advance(kMinute);
    EXPECT_EQ(unit.registers().at(4301), grid ? 1 : 0);
    EXPECT_EQ(unit.registers().at(4405), grid ? 4 : 5);
    EXPECT_NEAR(value(unit, 4001, 0.1), grid ? 60 : 0, 0.2) << "a frequency, not a current";
    EXPECT_NEAR(signedValue(unit, 4328, 0.1), value(unit, 4412, 0.1) - value(unit, 4003, 0.1), 0.001);
    EXPECT_EQ(signedValue(unit, 4328, 0.1) > 0, grid);
  }
}

TEST(ControllerModel, A24VoltDeviceHasRealVoltsAndThresholdsIn12VoltEquivalents) {
  Unit unit({.id = 1, .model = "RNG-CTRL-RVRPG40", .capacity = 100, .charge = 60, .panels = 400, .load = 40}, Scene{.start_hour = 12});
  unit.advance(kMinute);
  EXPECT_NEAR(value(unit, 0x0101, 0.1), 26.5, 1.5);
  EXPECT_NEAR(value(unit, 0x0109, 1), value(unit, 0x0101, 0.1) * value(unit, 0x0102, 0.01), 0.51);
  EXPECT_EQ(unit.registers().at(0xE005), 156) << "15.6 V, for 31.2 V";
  EXPECT_EQ(unit.registers().at(0xE003) >> 8U, 24);
}

TEST(ShuntFrames, CarryTheValuesAtTheirPlaces) {
  Unit unit({.family = Family::shunt, .capacity = 200, .charge = 70, .panels = 0, .load = 120}, kMidnight);
  unit.advance(kMinute);
  const Bytes frame = shuntFrame(unit.registers());
  const auto three = [&](std::size_t at) { return (frame[at] << 16) | (frame[at + 1] << 8) | frame[at + 2]; };
  const int milliamps = three(21) - (1 << 24);
  EXPECT_NEAR(milliamps / 1000.0, -120 / 13.1, 1.5) << "discharging is negative";
  EXPECT_EQ(static_cast<std::int32_t>(unit.registers().longAt(kShuntCurrent)), milliamps);
  EXPECT_NEAR(three(25) / 1000.0, 13.2, 0.3);
  EXPECT_NEAR((frame[34] << 8) | frame[35], 700, 1);
  EXPECT_EQ((frame[66] << 8) | frame[67], 140);
  Unit without({.family = Family::shunt, .probe = false}, kMidnight);
  EXPECT_EQ(without.registers().at(kShuntTemperature), 0x8000);
}

TEST(ShuntFrames, AreLiveOnesWithHistoryAndPrefixesAmongThem) {
  const Registers registers = shuntRegisters({});
  int live = 0;
  int history = 0;
  int prefixed = 0;
  for (std::uint32_t nth = 0; nth < 70; ++nth) {
    const std::string hex = toHex(shuntSends(registers, nth));
    if (hex.starts_with("42570119")) ++live;
    if (hex.starts_with("4257010b")) ++history;
    if (hex.starts_with("61d2006e42570119")) ++prefixed;
  }
  EXPECT_EQ(history, 14);
  EXPECT_EQ(prefixed, 8);
  EXPECT_EQ(live, 70 - 14 - 8);
}

}  // namespace
}  // namespace blupow::sim
