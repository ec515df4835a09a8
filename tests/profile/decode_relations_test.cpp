// Values that hang on others: faults out of several registers, counted and scaled fields, values made of others, streams, days of a history.
#include <gmock/gmock.h>

#include "core/bytes.hpp"
#include "profile/decode.hpp"

namespace blupow::profile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Words = std::vector<std::uint16_t>;

Field fieldOf(std::string key, std::uint16_t address, Type type = Type::u16, double scale = 1, int decimals = 0) {
  Field field{.key = std::move(key), .block = "b", .address = address, .type = type, .scale = scale, .decimals = decimals};
  if (type == Type::u32) field.words = 2;
  return field;
}

Field derivedOf(std::string key, Type type, std::vector<std::string> inputs, double scale = 1, int decimals = 0) {
  Field field{.key = std::move(key), .type = type, .scale = scale, .decimals = decimals};
  field.inputs = std::move(inputs);
  return field;
}

Profile profileOf(std::vector<Field> fields) {
  Profile profile;
  profile.fields = std::move(fields);
  return profile;
}

Value whole(std::int64_t number) { return number; }
Value text(std::string words) { return words; }

// As a battery has them: cell alarms in pairs at 5100, status bits at 5106.
Profile alarming() {
  Field faults{.key = "faults", .block = "status", .type = Type::alarms};
  faults.parts = {
      {.address = 5100,
       .words = 2,
       .kind = AlarmPart::Kind::pairs,
       .values = {{.code = 1, .word = "cell # voltage below"}, {.code = 2, .word = "cell # voltage above"}, {.code = 3, .word = "cell # other"}}},
      {.address = 5106, .mask = 0xFFF1, .values = {{.code = 0, .word = "short circuit"}, {.code = 1, .word = "charge mosfet"}, {.code = 15, .word = "low"}}},
      {.address = 5107, .kind = AlarmPart::Kind::code, .values = {{.code = 21, .word = "fan"}, {.code = 3, .word = "low"}}}};
  return profileOf({faults});
}

TEST(DecodeAlarms, JoinsTheWordsOfAllPartsInTheirOrder) {
  const Words words{0x8000, 0x0009, 0, 0, 0, 0, 0x8001, 21};
  EXPECT_EQ(decode(alarming(), 5100, words).readings.at("faults"),
            text("cell 1 voltage below; cell 2 voltage above; cell 16 voltage above; short circuit; low; fan"));
  EXPECT_EQ(decode(alarming(), 5100, Words(8)).readings.at("faults"), text("none"));
}

TEST(DecodeAlarms, BitsOutsideOfTheMaskAreNoFaults) {
  EXPECT_EQ(decode(alarming(), 5106, Words{0x000E}).readings.at("faults"), text("none")) << "a healthy pack: both MOSFETs on, using battery power";
}

TEST(DecodeAlarms, TellsAWordOnlyOnce) { EXPECT_EQ(decode(alarming(), 5106, Words{0x8000, 3}).readings.at("faults"), text("low")); }

TEST(DecodeAlarms, OnlyPartsThatLieWhollyInTheFrameCount) {
  EXPECT_EQ(decode(alarming(), 5101, Words{0xFFFF, 0, 0, 0, 0, 1}).readings.at("faults"), text("short circuit")) << "half of the cells' part";
  EXPECT_THAT(decode(alarming(), 5101, Words{0xFFFF, 0}).readings, IsEmpty());
}

TEST(DecodeAlarms, ACodeWithoutAWordIsUnknownAndNamed) {
  const Decoded decoded = decode(alarming(), 5106, Words{1, 24});
  EXPECT_EQ(decoded.readings.at("faults"), text("short circuit; unknown"));
  EXPECT_THAT(decoded.unknown, ElementsAre("faults code 24"));
}

TEST(DecodeAlarms, APartThatTheDeviceDoesNotHaveDoesNotCount) {
  Profile profile = alarming();
  profile.fields[0].absent = 0xFFFF;
  EXPECT_EQ(decode(profile, 5106, Words{1, 0xFFFF}).readings.at("faults"), text("short circuit"));
  EXPECT_THAT(decode(profile, 5106, Words{0xFFFF, 0xFFFF}).readings, IsEmpty());
}

TEST(DecodeAlarms, WordsThatDoNotFitAreLeftOutWhole) {
  Field faults{.key = "faults", .type = Type::alarms};
  faults.parts = {{.address = 1, .words = 2, .kind = AlarmPart::Kind::pairs, .values = {{.code = 3, .word = "cell # " + std::string(20, 'x')}}}};
  const std::string all = std::get<std::string>(decode(profileOf({faults}), 1, Words{0xFFFF, 0xFFFF}).readings.at("faults"));
  EXPECT_LE(all.size(), 255U);
  EXPECT_TRUE(all.ends_with("; cell 8 " + std::string(20, 'x') + "; ...")) << all;
}

// A RBT100LFP12-BT as it was captured: four cells, two temperatures, the other slots zero.
Profile cells() {
  std::vector<Field> fields{fieldOf("cell_count", 5000)};
  for (std::uint16_t cell = 1; cell <= 16; ++cell) {
    Field& field = fields.emplace_back(fieldOf("cell_voltage_" + std::to_string(cell), static_cast<std::uint16_t>(5000 + cell), Type::u16, 0.1, 1));
    field.count = "cell_count";
    field.index = cell;
    field.limits = {.lowest = 1, .highest = 5};
    field.above = 100;
    field.scale_above = 0.001;
    field.decimals_above = 3;
  }
  return profileOf(std::move(fields));
}

TEST(DecodeCounted, OnlySoManyAsTheDeviceCountsAreThere) {
  Words words(17);
  words[0] = 4;
  words[1] = 0x23;
  words[2] = words[3] = words[4] = 0x21;
  const Decoded decoded = decode(cells(), 5000, words);
  EXPECT_THAT(decoded.implausible, IsEmpty()) << "unused slots are zero";
  EXPECT_EQ(decoded.readings,
            (Readings{{"cell_count", whole(4)}, {"cell_voltage_1", 3.5}, {"cell_voltage_2", 3.3}, {"cell_voltage_3", 3.3}, {"cell_voltage_4", 3.3}}));
}

TEST(DecodeCounted, TheCountMayComeFromAnotherFrame) {
  EXPECT_THAT(decode(cells(), 5001, Words{33, 33}).readings, IsEmpty()) << "not known yet";
  EXPECT_EQ(decode(cells(), 5001, Words{33, 33}, {{"cell_count", whole(1)}}).readings, (Readings{{"cell_voltage_1", 3.3}}));
  EXPECT_EQ(decode(cells(), 5000, Words{1, 33, 33}, {{"cell_count", whole(2)}}).readings.size(), 2U) << "this frame's own comes first";
}

TEST(DecodeAbove, LargeRawValuesHaveTheOtherScaleAndItsDecimals) {
  EXPECT_EQ(decode(cells(), 5000, Words{2, 100, 3301}).readings.count("cell_voltage_1"), 0U) << "10.0 V is implausible";
  EXPECT_EQ(decode(cells(), 5000, Words{2, 33, 3301}).readings, (Readings{{"cell_count", whole(2)}, {"cell_voltage_1", 3.3}, {"cell_voltage_2", 3.301}}));
}

// The 24 V system of a RNG-CTRL-RVRPG40: the recognised voltage comes first, then the setting, then the rating; only what a battery can have counts.
Profile thresholds() {
  Field setting = fieldOf("voltage_setting", 0xE003, Type::high_byte);
  Field recognised = fieldOf("recognised_voltage", 0xE003, Type::low_byte);
  setting.published = recognised.published = false;
  Field system = derivedOf("system_voltage", Type::first, {"recognised_voltage", "voltage_setting", "rated_voltage"});
  system.values = {{.code = 12, .word = "12 V"}, {.code = 24, .word = "24 V"}, {.code = 36, .word = "36 V"}, {.code = 48, .word = "48 V"}};
  Field boost = fieldOf("boost_voltage", 0xE008, Type::u16, 0.1, 1);
  boost.times = "system_voltage";
  boost.limits = {.lowest = 7, .highest = 17};
  return profileOf({boost, setting, recognised, fieldOf("rated_voltage", 10, Type::high_byte), system});
}

TEST(DecodeTimes, ThresholdsFor12VoltsAreScaledByTheSystemVoltage) {
  EXPECT_EQ(decode(thresholds(), 0xE008, Words{156}, {{"system_voltage", whole(24)}}).readings, (Readings{{"boost_voltage", 31.2}}));
  EXPECT_EQ(decode(thresholds(), 0xE008, Words{144}, {{"system_voltage", whole(48)}}).readings, (Readings{{"boost_voltage", 57.6}}));
  EXPECT_THAT(decode(thresholds(), 0xE008, Words{156}).readings, IsEmpty()) << "the system voltage is not known";
  EXPECT_THAT(decode(thresholds(), 0xE008, Words{171}, {{"system_voltage", whole(24)}}).implausible, ElementsAre("boost_voltage 17.1 (7 to 17)"));
}

TEST(DecodeTimes, TheSystemVoltageOfTheSameFrameComesFirst) {
  const Words words{0x1818, 0, 0, 0, 0, 144};
  EXPECT_EQ(decode(thresholds(), 0xE003, words, {{"system_voltage", whole(12)}}).readings.at("boost_voltage"), Value(28.8));
  EXPECT_EQ(decode(thresholds(), 0xE003, words, {}).readings.at("system_voltage"), whole(24));
}

TEST(DecodeFirst, TakesTheFirstInputThatIsKnownAndListed) {
  EXPECT_EQ(decode(thresholds(), 0xE003, Words{0x1800}).readings.at("system_voltage"), whole(24)) << "0 is not recognised yet";
  EXPECT_EQ(decode(thresholds(), 0xE003, Words{0xFF00}, {{"rated_voltage", whole(48)}}).readings.at("system_voltage"), whole(48)) << "255 is automatic";
  EXPECT_FALSE(decode(thresholds(), 0xE003, Words{0xFF00}).readings.contains("system_voltage"));
  EXPECT_EQ(decode(thresholds(), 10, Words{0x0C14}, {{"recognised_voltage", whole(24)}}).readings.at("system_voltage"), whole(24))
      << "an earlier input of another frame comes before this frame's own";
}

TEST(DecodePublished, WhatIsForTheProfilesOwnUseIsTakenOut) {
  const Readings readings = decode(thresholds(), 0xE003, Words{0x1818}).readings;
  EXPECT_EQ(readings.size(), 3U);
  EXPECT_EQ(published(thresholds(), readings), (Readings{{"system_voltage", whole(24)}}));
}

Profile pack() {
  Field soc = derivedOf("soc", Type::ratio, {"remaining_ah", "capacity_ah"}, 100, 1);
  soc.limits = {.lowest = 0, .highest = 100};
  return profileOf({fieldOf("current", 5042, Type::s16, 0.01, 2), fieldOf("voltage", 5043, Type::u16, 0.1, 1),
                    fieldOf("remaining_ah", 5044, Type::u32, 0.001, 3), fieldOf("capacity_ah", 5046, Type::u32, 0.001, 3),
                    derivedOf("power", Type::product, {"voltage", "current"}, 1, 2), soc});
}

// 30 03 0e ffaa 0088 00017bb0 000186a0 000f, a RBT100LFP12-BT.
TEST(DecodeDerived, ProductAndRatioOfACapturedFrame) {
  const Decoded decoded = decode(pack(), 5042, Words{0xFFAA, 0x0088, 0x0001, 0x7BB0, 0x0001, 0x86A0, 15});
  EXPECT_EQ(decoded.readings.at("power"), Value(-11.7)) << "13.6 x -0.86, rounded to two decimals";
  EXPECT_EQ(decoded.readings.at("soc"), Value(97.2));
}

TEST(DecodeDerived, NeedsAllOfItsInputs) {
  EXPECT_EQ(decode(pack(), 5042, Words{100}, {{"voltage", 13.0}}).readings, (Readings{{"current", 1.0}})) << "of this very frame";
}

TEST(DecodeDerived, ARatioByNothingIsLeftOut) { EXPECT_FALSE(decode(pack(), 5044, Words{0, 1, 0, 0}).readings.contains("soc")); }

TEST(DecodeDerived, AnImplausibleOneEmptiesTheBlock) {
  const Decoded decoded = decode(pack(), 5044, Words{0, 3000, 0, 2000});
  EXPECT_THAT(decoded.readings, IsEmpty());
  EXPECT_THAT(decoded.implausible, ElementsAre("soc 150 (0 to 100)"));
}

TEST(Derive, PutsValuesOfAWholeSnapshotInPlaceOrTakesThemAway) {
  Readings readings{{"voltage", 13.0}, {"current", -2.0}, {"remaining_ah", 50.0}, {"capacity_ah", 100.0}};
  derive(pack(), readings);
  EXPECT_EQ(readings.at("power"), Value(-26.0));
  EXPECT_EQ(readings.at("soc"), Value(50.0));
  readings.erase("current");
  readings["remaining_ah"] = 101.0;
  derive(pack(), readings);
  EXPECT_FALSE(readings.contains("power"));
  EXPECT_FALSE(readings.contains("soc")) << "101 % is implausible";
}

TEST(Derive, AValueMayBeMadeOfDerivedOnesBeforeIt) {
  const Profile profile = profileOf({derivedOf("double", Type::product, {"x", "two"}), derivedOf("fourfold", Type::product, {"double", "two"})});
  Readings readings{{"x", whole(3)}, {"two", whole(2)}};
  derive(profile, readings);
  EXPECT_EQ(readings.at("fourfold"), whole(12));
}

// The beginning of a Smart Shunt 300's live frame, as it was captured.
Profile shunt() {
  Field temperature = fieldOf("temperature", 66, Type::s16, 0.1, 1);
  temperature.absent = 0x8000;
  Profile profile =
      profileOf({fieldOf("current", 21, Type::s24, 0.001, 3), fieldOf("voltage", 25, Type::u24, 0.001, 3), fieldOf("starter_voltage", 30, Type::u16, 0.001, 3),
                 fieldOf("soc", 34, Type::u16, 0.1, 1), temperature, derivedOf("power", Type::product, {"voltage", "current"}, 1, 2)});
  profile.stream = Stream{.header = {0x42, 0x57, 0x01, 0x19}, .length = 110};
  return profile;
}

Bytes shuntFrame() {
  Bytes frame(110);
  std::ranges::copy(Bytes{0x42, 0x57, 0x01, 0x19}, frame.begin());
  std::ranges::copy(Bytes{0xA4, 0xFF, 0xDD, 0xF1, 0xA6, 0x00, 0x33, 0xE5}, frame.begin() + 20);
  std::ranges::copy(Bytes{0x03, 0xC5}, frame.begin() + 34);
  frame[66] = 0x80;
  return frame;
}

TEST(DecodeStream, AWholeFrame) {
  EXPECT_EQ(decodeStream(shunt(), shuntFrame()).readings,
            (Readings{{"current", -8.719}, {"power", -115.83}, {"soc", 96.5}, {"starter_voltage", 0.0}, {"voltage", 13.285}}))
      << "0x8000 is no probe";
}

TEST(DecodeStream, APieceGivesTheFieldsWhoseBytesAreThere) {
  const Bytes frame = shuntFrame();
  EXPECT_EQ(decodeStream(shunt(), ByteView(frame).first(28)).readings, (Readings{{"current", -8.719}, {"power", -115.83}, {"voltage", 13.285}}));
  EXPECT_EQ(decodeStream(shunt(), ByteView(frame).first(27)).readings, (Readings{{"current", -8.719}}));
  EXPECT_THAT(decodeStream(shunt(), ByteView(frame).first(3)).readings, IsEmpty());
}

TEST(DecodeStream, AnotherHeaderTellsNothing) {
  Bytes frame = shuntFrame();
  frame[3] = 0x0B;  // its history
  EXPECT_THAT(decodeStream(shunt(), frame).readings, IsEmpty());
  EXPECT_THAT(decode(shunt(), 21, Words{1, 2, 3}).readings, IsEmpty()) << "offsets are no registers";
}

TEST(DecodeHistory, ADayOfTenWords) {
  Profile profile;
  profile.history = History{.address = 0xF000, .words = 10};
  profile.history->fields = {fieldOf("battery_min_voltage", 0, Type::u16, 0.1, 1), fieldOf("power_generation", 8, Type::u16, 0.001, 3)};
  profile.history->fields[0].limits = {.lowest = 5, .highest = 70};
  EXPECT_EQ(decodeHistory(profile, Words{126, 144, 500, 0, 700, 0, 135, 0, 1754, 0}).readings,
            (Readings{{"battery_min_voltage", 12.6}, {"power_generation", 1.754}}));
  const Decoded unused = decodeHistory(profile, Words(10));
  EXPECT_THAT(unused.readings, IsEmpty()) << "a day of zeros was never recorded";
  EXPECT_THAT(unused.implausible, IsEmpty());
  EXPECT_THAT(decodeHistory(profile, Words{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}).implausible, ElementsAre("battery_min_voltage 0.1 (5 to 70)"));
  EXPECT_THAT(decodeHistory(Profile(), Words{1}).readings, IsEmpty());
}

TEST(ProfileTells, AFieldNeedsItsBlockAndADerivedOneThoseOfItsInputs) {
  Profile profile = pack();
  profile.fields[0].block = "current";
  EXPECT_TRUE(profile.tells(*profile.field("voltage"), {"b"}));
  EXPECT_FALSE(profile.tells(*profile.field("power"), {"b"}));
  EXPECT_TRUE(profile.tells(*profile.field("power"), {"b", "current"}));
  const Profile first = profileOf({fieldOf("x", 1), derivedOf("any", Type::first, {"missing", "x"})});
  EXPECT_TRUE(first.tells(first.fields[1], {"b"}));
  EXPECT_FALSE(first.tells(first.fields[1], {}));
}

}  // namespace
}  // namespace blupow::profile
