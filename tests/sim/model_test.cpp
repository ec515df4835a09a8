// Live units: a day's values are plausible and agree with each other, and the same seed gives the same day.
#include "sim/day.hpp"

namespace blupow::sim {
namespace {

TEST(ControllerModel, PowerIsVoltageTimesCurrentAllDayLong) {
  Unit unit({.id = 16, .capacity = 100, .charge = 40, .panels = 400, .load = 40}, kMidnight);
  day(unit, [&](int minute) {
    EXPECT_NEAR(value(unit, 0x0109, 1), value(unit, 0x0101, 0.1) * value(unit, 0x0102, 0.01), 0.51) << minute;
    EXPECT_NEAR(value(unit, 0x0106, 1), value(unit, 0x0104, 0.1) * value(unit, 0x0105, 0.01), 0.51) << minute;
    EXPECT_NEAR(value(unit, 0x0109, 1), value(unit, 0x0107, 0.1) * value(unit, 0x0108, 0.01), 0.51) << minute;
    EXPECT_LE(value(unit, 0x0100, 1), 100) << minute;
    EXPECT_GT(value(unit, 0x0101, 0.1), 11) << minute;
    EXPECT_LT(value(unit, 0x0101, 0.1), 15) << minute;
  });
}

TEST(ControllerModel, ChargesByDayAndRestsAtNight) {
  Unit unit({.id = 16, .capacity = 100, .charge = 40, .panels = 400, .load = 20}, kMidnight);
  double at_sunrise = 0;
  double most = 0;
  day(unit, [&](int minute) {
    const double hour = minute / 60.0;
    const unsigned state = unit.registers().at(0x0120) & 0xFFU;
    if (hour < 6 || hour > 18) {
      EXPECT_EQ(value(unit, 0x0107, 1), 0) << minute;
      EXPECT_EQ(state, 0U) << minute;
      if (hour < 6) at_sunrise = value(unit, 0x0100, 1);
    }
    if (minute == 12 * 60) {
      EXPECT_NE(state, 0U);
    }
    most = std::max(most, value(unit, 0x0100, 1));
  });
  EXPECT_LT(at_sunrise, 40) << "the load draws at night";
  EXPECT_GT(most, 90) << "the sun fills the battery";
}

TEST(ControllerModel, CountsTheDayAndFilesItAtMidnight) {
  Unit unit({.id = 16, .capacity = 100, .charge = 40, .panels = 400, .load = 40}, kMidnight);
  const std::uint16_t days = unit.registers().at(0x0115);
  const std::uint32_t total = unit.registers().longAt(0x011C);
  double last = 0;
  day(unit, [&](int minute) {
    EXPECT_GE(value(unit, 0x0113, 1), last) << minute;
    last = value(unit, 0x0113, 1);
  });
  EXPECT_GT(last, 500);
  EXPECT_NEAR(unit.registers().longAt(0x011C) - total, last, 1);
  EXPECT_EQ(unit.registers().read(0xF000, 10)->at(8), last);
  unit.advance(2 * kMinute);
  EXPECT_EQ(value(unit, 0x0113, 1), 0);
  EXPECT_EQ(unit.registers().at(0x0115), days + 1);
  EXPECT_NEAR(unit.registers().read(0xF001, 10)->at(8), last, 1) << "yesterday";
}

TEST(ControllerModel, SwitchesItsLoad) {
  Unit unit({.id = 16, .load = 40}, kMidnight);
  EXPECT_EQ(unit.registers().at(0x0120) >> 8U, 0xE4U) << "on, brightness 100 %, as in the ROVER document's example";
  EXPECT_EQ(toHex(*unit.answer(*parseRequest(*fromHex("ff06010a0000bdea")))), "ff06010a0000bdea");
  EXPECT_EQ(unit.registers().at(0x0120) >> 8U, 0x64U);
  EXPECT_EQ(unit.registers().at(0x0105), 0);
  EXPECT_EQ(unit.registers().at(0x0106), 0);
}

TEST(InverterModel, ValuesAgreeWithEachOther) {
  for (const bool grid : {true, false}) {
    Unit unit({.id = 32, .family = Family::inverter, .capacity = 400, .charge = 50, .panels = 1200, .load = 300, .grid = grid}, kMidnight);
    day(unit, [&](int minute) {
      const auto amps = static_cast<std::int16_t>(unit.registers().at(4328)) * 0.1;
      EXPECT_NEAR(value(unit, 4410, 1), value(unit, 4002, 0.1) * value(unit, 4003, 0.01), 0.51) << minute;
      EXPECT_LE(value(unit, 4409, 1), value(unit, 4410, 1)) << minute;
      EXPECT_NEAR(value(unit, 4408, 0.1), value(unit, 4003, 0.01), 0.051) << minute;
      EXPECT_NEAR(value(unit, 4331, 1), value(unit, 4329, 0.1) * value(unit, 4330, 0.1), 0.51) << minute;
      EXPECT_NEAR(value(unit, 4333, 1), std::max(0.0, value(unit, 4005, 0.1) * amps), 0.51) << minute;
      EXPECT_EQ(unit.registers().at(4332) == 0, amps <= 0) << minute;
      EXPECT_EQ(unit.registers().at(4000) == 0, !grid) << minute;
      EXPECT_EQ(unit.registers().at(4009) == 0, !grid) << minute;
      EXPECT_LE(value(unit, 4327, 1), 100) << minute;
    });
  }
}

TEST(Models, AreTheSameForTheSameSeedAndDifferForAnother) {
  const UnitScene scene{.id = 16, .load = 40};
  Unit one(scene, {.seed = 3});
  Unit same(scene, {.seed = 3});
  Unit other(scene, {.seed = 4});
  bool differs = false;
  for (int minute = 0; minute < 120; ++minute) {
    for (Unit* unit : {&one, &same, &other}) unit->advance(kMinute);
    EXPECT_EQ(one.registers().read(0x0100, 35), same.registers().read(0x0100, 35));
    differs = differs || one.registers().read(0x0100, 35) != other.registers().read(0x0100, 35);
  }
  EXPECT_TRUE(differs);
}

TEST(Scenes, BuiltInOnesAreSound) {
  for (const auto& [name, devices] : {std::pair{"two", 2U}, {"families", 16U}, {"hub", 1U}, {"demo", 12U}}) {
    const auto scene = parseScene(builtInScene(name));
    ASSERT_TRUE(scene) << name << ": " << scene.error();
    EXPECT_EQ(scene->devices.size(), devices) << name;
  }
  EXPECT_TRUE(builtInScene("none").empty());
}

TEST(Scenes, TellWhatIsWrongWithPlaceAndRule) {
  const auto error = [](std::string_view json) { return parseScene(json).error(); };
  EXPECT_EQ(error("{"), "the scene is no JSON");
  EXPECT_EQ(error("[]"), "the scene must be an object");
  EXPECT_EQ(error(R"({"sed":1})"), "sed is not known");
  EXPECT_EQ(error(R"({"devices":[{"address":"x"}]})"), "devices[0].address must be an address such as 80:6F:B0:0E:7B:91");
  EXPECT_EQ(error(R"({"devices":[{"address":"80:6F:B0:0E:7B:91","units":[{"family":"car"}]}]})"), "devices[0].units[0].family is no word known here");
  EXPECT_EQ(error(R"({"devices":[{"address":"80:6F:B0:0E:7B:91","units":[{"registers":{"4000":[70000]}}]}]})"),
            "devices[0].units[0].registers must be lists of words by address");
  EXPECT_EQ(error(R"({"timing":{"advertise_ms":0}})"), "timing.advertise_ms must not be 0");
}

}  // namespace
}  // namespace blupow::sim
