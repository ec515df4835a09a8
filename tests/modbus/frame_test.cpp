#include "modbus/frame.hpp"

#include <gtest/gtest.h>

#include "modbus/crc16.hpp"

namespace blupow::modbus {
namespace {

Bytes bytesOf(std::string_view hex) { return fromHex(hex).value(); }

Bytes sealed(std::string_view hex) {
  Bytes bytes = bytesOf(hex);
  const std::uint16_t crc = crc16(bytes);
  bytes.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  bytes.push_back(static_cast<std::uint8_t>(crc >> 8U));
  return bytes;
}

TEST(Crc16, IsTheOneOfModbus) {
  EXPECT_EQ(crc16(bytesOf("ff0301000022")), 0xF1D1);
  EXPECT_EQ(crc16(bytesOf("313233343536373839")), 0x4B37) << "the check value of CRC-16/MODBUS";
  EXPECT_EQ(crc16({}), 0xFFFF);
}

// As the Rover Modbus document and captures have them.
TEST(Frame, RequestsAreBuiltByteForByte) {
  EXPECT_EQ(toHex(encode(Request::read(0x20, 4000, 10))), "20030fa0000ac04a");
  EXPECT_EQ(toHex(encode(Request::writeOne(0xFF, 0x010A, 1))), "ff06010a00017c2a");
  EXPECT_EQ(toHex(encode(Request::writeMany(1, 0xE015, {4, 0x64, 0, 0x4B, 4, 0x32, 0, 0x19}))), "0110e015000810000400640000004b0004003200000019957f");
}

// The document's example lacks the byte count; its right form ends in 96 76.
TEST(Frame, SixteenValuesAreWrittenWithTheirByteCount) {
  const std::vector<std::uint16_t> values{0xAA, 0x9B, 0x92, 0x90, 0x8A, 0x84, 0x7E, 0x78, 0x6E, 0x69, 0x6432, 5, 0x3C, 0x3C, 0x1E, 5};
  EXPECT_TRUE(toHex(encode(Request::writeMany(1, 0xE005, values))).ends_with("001e00059676"));
}

TEST(Frame, AnAnswerToAReadGivesItsWords) {
  const Result<Answer> answer = parseAnswer(bytesOf("20030e003cfe1102690069028a000209e7e8e0"));
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->unit, 0x20);
  EXPECT_EQ(answer->function, 3);
  EXPECT_EQ(answer->words, (std::vector<std::uint16_t>{0x3C, 0xFE11, 0x269, 0x69, 0x28A, 2, 0x9E7}));
  EXPECT_FALSE(answer->exception);
}

TEST(Frame, AnExceptionIsASoundFrame) {
  const Result<Answer> answer = parseAnswer(bytesOf("308302913e"));
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->function, 3) << "without bit 7";
  EXPECT_EQ(answer->exception, 2);
}

TEST(Frame, EveryFlippedBitIsFound) {
  const Bytes sound = bytesOf("20030e003cfe1102690069028a000209e7e8e0");
  for (std::size_t bit = 0; bit < 8 * sound.size(); ++bit) {
    Bytes wrong = sound;
    wrong[bit / 8] = static_cast<std::uint8_t>(wrong[bit / 8] ^ (1U << (bit % 8)));
    const Result<Answer> answer = parseAnswer(wrong);
    ASSERT_FALSE(answer) << "bit " << bit;
    EXPECT_EQ(answer.error().kind, FailureKind::protocol);
  }
}

TEST(Frame, EveryOtherLengthIsRefused) {
  const Bytes sound = bytesOf("20030e003cfe1102690069028a000209e7e8e0");
  for (std::size_t length = 0; length < sound.size(); ++length) EXPECT_FALSE(parseAnswer(ByteView(sound).first(length))) << length;
  Bytes longer = sound;
  longer.push_back(0);
  EXPECT_EQ(parseAnswer(longer).error().text, "length 20 instead of 19");
}

TEST(Frame, WhatMakesNoWordsIsRefused) {
  EXPECT_EQ(parseAnswer(sealed("010300")).error().text, "byte count 0 makes no words");
  EXPECT_EQ(parseAnswer(sealed("010303000000")).error().text, "byte count 3 makes no words");
  EXPECT_EQ(parseAnswer(sealed("017800000001")).error().text, "unknown function 120") << "factory reset";
}

TEST(Frame, AnAnswerIsMatchedByIdFunctionAndNumberOfWords) {
  const Answer answer{.unit = 0x30, .function = 3, .words = {1, 2}};
  EXPECT_TRUE(matches(Request::read(0x30, 7, 2), answer));
  EXPECT_TRUE(matches(Request::read(kAnyUnit, 7, 2), answer)) << "a device asked as 0xFF answers with its own id";
  EXPECT_EQ(matches(Request::read(0x31, 7, 2), answer).error(), (Failure{FailureKind::protocol, "id 48 instead of 49"}));
  EXPECT_EQ(matches(Request::read(0x30, 7, 3), answer).error(), (Failure{FailureKind::protocol, "number of words 2 instead of 3"}));
  EXPECT_EQ(matches(Request::writeOne(0x30, 7, 3), answer).error(), (Failure{FailureKind::protocol, "function 3 instead of 6"}));
}

TEST(Frame, AnEchoIsMatchedByAddressAndValue) {
  const Answer one{.unit = 1, .function = 6, .address = 0x010A, .value = 1};
  EXPECT_TRUE(matches(Request::writeOne(1, 0x010A, 1), one));
  EXPECT_FALSE(matches(Request::writeOne(1, 0x0100, 1), one));
  EXPECT_FALSE(matches(Request::writeOne(1, 0x010A, 0), one));
  const Answer many{.unit = 1, .function = 16, .address = 0xE005, .value = 2};
  EXPECT_TRUE(matches(Request::writeMany(1, 0xE005, {9, 9}), many));
  EXPECT_FALSE(matches(Request::writeMany(1, 0xE005, {9}), many));
}

TEST(Frame, AnExceptionToTheRequestIsARejection) {
  const Answer answer{.unit = 0x30, .function = 3, .exception = 2};
  EXPECT_EQ(matches(Request::read(0x30, 7, 2), answer).error(), (Failure{FailureKind::rejected, "address not valid (exception 2)"}));
  EXPECT_EQ(matches(Request::read(0x31, 7, 2), answer).error().kind, FailureKind::protocol) << "somebody else's";
  EXPECT_EQ(matches(Request::writeOne(0x30, 7, 2), answer).error().kind, FailureKind::protocol) << "to another function";
}

TEST(Frame, EveryExceptionCodeHasAText) {
  EXPECT_EQ(exceptionText(1), "function not supported (exception 1)");
  EXPECT_EQ(exceptionText(11), "not permitted (exception 11)");
  EXPECT_EQ(exceptionText(0), "refused (exception 0)");
  EXPECT_EQ(exceptionText(200), "refused (exception 200)");
}

}  // namespace
}  // namespace blupow::modbus
