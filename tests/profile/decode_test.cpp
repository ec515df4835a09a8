#include "profile/decode.hpp"

#include <gmock/gmock.h>

namespace blupow::profile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Words = std::vector<std::uint16_t>;

constexpr std::uint16_t kAddress = 100;

Field fieldOf(Type type, std::uint16_t words = 1) { return {.key = "x", .name = "X", .block = "b", .address = kAddress, .words = words, .type = type}; }

Decoded decodeOne(Field field, const Words& words) {
  Profile profile;
  profile.fields.push_back(std::move(field));
  return decode(profile, kAddress, words);
}

// Its reading; where it is left out, a text that says so.
Value valueOf(Field field, const Words& words) {
  const Decoded decoded = decodeOne(std::move(field), words);
  const auto found = decoded.readings.find("x");
  return found == decoded.readings.end() ? Value(std::string("(left out)")) : found->second;
}

Field scaled(Type type, double scale, int decimals, double offset = 0) {
  Field field = fieldOf(type, type == Type::u32 ? 2 : 1);
  field.scale = scale;
  field.decimals = decimals;
  field.offset = offset;
  return field;
}

const Value kLeftOut = std::string("(left out)");
Value whole(std::int64_t number) { return number; }
Value text(std::string words) { return words; }

TEST(Decode, NumbersOfEveryType) {
  EXPECT_EQ(valueOf(fieldOf(Type::u16), {0xFFFE}), whole(65534));
  EXPECT_EQ(valueOf(fieldOf(Type::s16), {0xFFFE}), whole(-2));
  EXPECT_EQ(valueOf(fieldOf(Type::s16), {0x8000}), whole(-32768));
  EXPECT_EQ(valueOf(fieldOf(Type::u32, 2), {0x0001, 0x0203}), whole(66051)) << "high word first";
  EXPECT_EQ(valueOf(fieldOf(Type::u32, 2), {0xFFFF, 0xFFFF}), whole(4294967295));
  EXPECT_EQ(valueOf(fieldOf(Type::high_byte), {0x181E}), whole(24));
  EXPECT_EQ(valueOf(fieldOf(Type::low_byte), {0x181E}), whole(30));
}

// Temperatures of controllers: bit 7 is the sign. 0x8F is -15, as two's complement it would be -113.
TEST(Decode, SignMagnitudeBytes) {
  EXPECT_EQ(valueOf(fieldOf(Type::high_sign_magnitude), {0x8F19}), whole(-15));
  EXPECT_EQ(valueOf(fieldOf(Type::low_sign_magnitude), {0x198F}), whole(-15));
  EXPECT_EQ(valueOf(fieldOf(Type::low_sign_magnitude), {0x8F19}), whole(25));
  EXPECT_EQ(valueOf(fieldOf(Type::high_sign_magnitude), {0x8000}), whole(0));
}

TEST(Decode, ScaledNumbersAreRoundedToTheirDecimals) {
  EXPECT_EQ(valueOf(scaled(Type::u16, 0.1, 1), {1217}), Value(121.7)) << "not 121.70000000000002";
  EXPECT_EQ(valueOf(scaled(Type::u32, 0.001, 3), {0x0001, 0x0190}), Value(65.936));
  EXPECT_EQ(valueOf(scaled(Type::u16, 0.01, 2), {5997}), Value(59.97));
  EXPECT_EQ(valueOf(scaled(Type::u16, 0.1, 1), {1000}), Value(100.0)) << "a number with decimals stays one";
  EXPECT_EQ(valueOf(scaled(Type::u16, 0.5, 0), {3}), whole(2));
  EXPECT_EQ(valueOf(scaled(Type::s16, -0.1, 1), {0xFE11}), Value(49.5));
  EXPECT_EQ(valueOf(scaled(Type::u16, 1.8, 1, 32), {100}), Value(212.0)) << "offset after scale";
}

TEST(Decode, ZeroIsNeverNegative) {
  const Value value = valueOf(scaled(Type::s16, -0.1, 1), {0});
  EXPECT_FALSE(std::signbit(std::get<double>(value)));
}

TEST(Decode, AMaskTakesPartOfAWord) {
  Field brightness = fieldOf(Type::u16);
  brightness.mask = 0x7F00;
  brightness.shift = 8;
  EXPECT_EQ(valueOf(brightness, {0xE402}), whole(100));
}

TEST(Decode, TextsLoseFillAtTheirEndsAndWhatCannotBePrinted) {
  EXPECT_EQ(valueOf(fieldOf(Type::ascii, 3), {0x2052, 0x4956, 0x0000}), text("RIV"));
  EXPECT_EQ(valueOf(fieldOf(Type::ascii, 3), {0x5207, 0x4956, 0xFFFF}), text("R?IV"));
  EXPECT_EQ(valueOf(fieldOf(Type::ascii, 2), {0x2020, 0x0000}), kLeftOut) << "a blank text tells nothing";
  EXPECT_EQ(valueOf(fieldOf(Type::ascii, 2), {0xFFFF, 0xFFFF}), kLeftOut);
}

TEST(Decode, NoTextIsLongerThan255Characters) {
  EXPECT_EQ(std::get<std::string>(valueOf(fieldOf(Type::hex, 125), Words(125, 0xABCD))).size(), 255U);
  EXPECT_EQ(std::get<std::string>(valueOf(fieldOf(Type::ascii, 125), Words(125, 0x4142))).size(), 250U);
}

TEST(Decode, VersionsAndHexadecimal) {
  EXPECT_EQ(valueOf(fieldOf(Type::version, 2), {0x0003, 0x0201}), text("V3.2.1"));
  EXPECT_EQ(valueOf(fieldOf(Type::hex, 2), {0x1501, 0xFFFF}), text("1501FFFF"));
}

TEST(Decode, EnumerationsGiveWordsAndUnknownForOtherCodes) {
  Field field = fieldOf(Type::enumeration);
  field.values = {{.code = 0, .word = "custom"}, {.code = 4, .word = "lithium"}, {.code = 5, .word = "custom"}};
  EXPECT_EQ(valueOf(field, {4}), text("lithium"));
  EXPECT_EQ(valueOf(field, {5}), text("custom"));
  const Decoded decoded = decodeOne(field, {9});
  EXPECT_EQ(decoded.readings.at("x"), text("unknown"));
  EXPECT_THAT(decoded.unknown, ElementsAre("x code 9"));
  field.mask = 0xFF;
  EXPECT_EQ(valueOf(field, {0xE404}), text("lithium"));
}

TEST(Decode, BitsGiveTheirWordsLowestFirst) {
  Field field = fieldOf(Type::bits);
  field.values = {{.code = 0, .word = "battery over-discharge"}, {.code = 8, .word = "pv input short circuit"}};
  EXPECT_EQ(valueOf(field, {0x0101}), text("battery over-discharge; pv input short circuit"));
  EXPECT_EQ(valueOf(field, {0x0100}), text("pv input short circuit"));
  EXPECT_EQ(valueOf(field, {0x0000}), text("none"));
  EXPECT_EQ(valueOf(field, {0x8000}), text("none")) << "a bit without a word";
}

TEST(Decode, BitsThatDoNotFitAreLeftOutWhole) {
  Field field = fieldOf(Type::bits);
  for (std::uint32_t bit = 0; bit < 16; ++bit) field.values.push_back({.code = bit, .word = std::string(30, static_cast<char>('a' + bit))});
  const std::string all = std::get<std::string>(valueOf(field, {0xFFFF}));
  EXPECT_EQ(all.size(), 7 * 32 - 2 + 5);
  EXPECT_TRUE(all.ends_with("; " + std::string(30, 'g') + "; ...")) << all;

  field.values.resize(8);
  field.values[7].word = std::string(255 - 7 * 32, 'z');
  EXPECT_EQ(std::get<std::string>(valueOf(field, {0x00FF})).size(), 255U) << "exactly as long as may be: nothing is left out";
}

TEST(Decode, WhatTheDeviceDoesNotHaveIsLeftOut) {
  Field field = fieldOf(Type::high_byte);
  field.absent = 255;
  EXPECT_EQ(valueOf(field, {0xFF1E}), kLeftOut);
  EXPECT_EQ(valueOf(field, {0x1EFF}), whole(30));
  Field masked = fieldOf(Type::enumeration);
  masked.mask = 0xFF;
  masked.absent = 0xFFFF;
  masked.values = {{.code = 1, .word = "one"}};
  EXPECT_EQ(valueOf(masked, {0xFFFF}), kLeftOut) << "before the mask";
  EXPECT_EQ(valueOf(masked, {0xFF01}), text("one"));
}

TEST(Decode, AnAnswerOfFillOnlyTellsNothingWhereAFieldSaysSo) {
  Profile profile;
  profile.fields = {fieldOf(Type::u16), fieldOf(Type::s16)};
  profile.fields[0].absent = 0xFFFF;
  profile.fields[1].key = "current";
  profile.fields[1].address = kAddress + 1;
  EXPECT_THAT(decode(profile, kAddress, Words{0xFFFF, 0xFFFF}).readings, IsEmpty());
  EXPECT_EQ(decode(profile, kAddress, Words{0xFFFF, 0xFFFE}).readings.at("current"), whole(-2));
  EXPECT_EQ(decode(profile, kAddress, Words{1, 0xFFFF}).readings.at("current"), whole(-1));
}

TEST(Decode, AnImplausibleValueEmptiesTheBlock) {
  Profile profile;
  profile.fields = {scaled(Type::u16, 0.1, 1), fieldOf(Type::u16)};
  profile.fields[0].limits = {.lowest = 5, .highest = 70};
  profile.fields[0].unit = "V";
  profile.fields[1].key = "soc";
  profile.fields[1].limits = {.lowest = 0, .highest = 100};
  profile.fields[1].address = kAddress + 1;
  const Decoded decoded = decode(profile, kAddress, Words{8224, 101});
  EXPECT_THAT(decoded.readings, IsEmpty());
  EXPECT_THAT(decoded.implausible, ElementsAre("x 822.4 V (5 to 70)", "soc 101 (0 to 100)"));
  EXPECT_EQ(decode(profile, kAddress, Words{700, 0}).readings.size(), 2U) << "limits are inside";
  EXPECT_EQ(decode(profile, kAddress, Words{50, 100}).readings.size(), 2U);
  EXPECT_THAT(decode(profile, kAddress, Words{49, 100}).readings, IsEmpty());
}

TEST(Decode, OnlyFieldsThatLieWhollyInTheWordsAreDecoded) {
  Profile profile;
  profile.fields = {fieldOf(Type::u16), fieldOf(Type::u32, 2), fieldOf(Type::u16)};
  profile.fields[1].key = "total";
  profile.fields[1].address = kAddress + 1;
  profile.fields[2].key = "last";
  profile.fields[2].address = 65535;
  const auto keys = [&](std::uint16_t address, const Words& words) {
    std::vector<std::string> found;
    for (const auto& [key, value] : decode(profile, address, words).readings) found.push_back(key);
    return found;
  };
  EXPECT_THAT(keys(kAddress, {1, 2}), ElementsAre("x"));
  EXPECT_THAT(keys(kAddress, {1, 2, 3}), ElementsAre("total", "x"));
  EXPECT_THAT(keys(kAddress + 1, {2, 3}), ElementsAre("total"));
  EXPECT_THAT(keys(kAddress + 2, {3}), IsEmpty());
  EXPECT_THAT(keys(65535, {1}), ElementsAre("last"));
  EXPECT_THAT(keys(kAddress, {}), IsEmpty());
}

}  // namespace
}  // namespace blupow::profile
