#include "app/decode_frame.hpp"

#include <gmock/gmock.h>

#include "app/profiles.hpp"
#include "support/places.hpp"
#include "support/temp_folder.hpp"

namespace blupow::app {
namespace {

// Words of the Rover at 0x0100 (captured, tests/data).
constexpr std::string_view kRover =
    "ff03440064009000040e1900000000000000e8000400010000008f009100110000000100000000000000000000022b000100000000137c00000000000101900000000000040000a3d2";

class DecodeFrame : public testing::Test {
 protected:
  Result<DecodedFrame> decode(std::string_view hex, std::string_view type = {}, std::optional<std::uint16_t> address = {}) const {
    return decodeFrame({.bytes = *fromHex(hex), .family = catalogue_.find(type), .model = {}, .name = {}, .address = address});
  }

  test::TempFolder data_;
  profile::Catalogue catalogue_ = loadProfiles(test::sourceFolder() / "rootfs/usr/share/blupow/profiles", data_.path()).catalogue;
};

TEST_F(DecodeFrame, GivesWordsAndFieldsOfASoundAnswer) {
  const auto frame = decode(kRover, "renogy_controller", 0x0100);
  ASSERT_TRUE(frame.has_value()) << frame.error().text;
  EXPECT_EQ(frame->answer->unit, 255);
  EXPECT_EQ(frame->answer->words.size(), 34U);
  EXPECT_EQ(frame->decoded.readings.at("battery_voltage"), profile::Value(14.4));
  EXPECT_EQ(frame->decoded.readings.at("charging_status"), profile::Value("boost"));
}

// 0xE003 tells by what the thresholds behind it are scaled; the state has the thresholds alone. (CRC computed.)
TEST_F(DecodeFrame, GivesOnlyWhatTheStateHas) {
  const auto frame = decode("ff030c180c00050064006400640064d92a", "renogy_controller", 0xE003);
  ASSERT_TRUE(frame.has_value()) << frame.error().text;
  EXPECT_EQ(frame->decoded.readings, (profile::Readings{{"battery_type", "custom"},
                                                        {"overvoltage_threshold", 20.0},
                                                        {"charging_limit_voltage", 20.0},
                                                        {"equalizing_voltage", 20.0},
                                                        {"boost_voltage", 20.0}}));
}

TEST_F(DecodeFrame, GivesTheWordsAloneWithoutTypeOrRegister) {
  for (const auto& frame : {decode(kRover), decode(kRover, "renogy_controller"), decode(kRover, {}, 0x0100)}) {
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(frame->answer->words.size(), 34U);
    EXPECT_TRUE(frame->decoded.readings.empty());
  }
}

TEST_F(DecodeFrame, TakesAnExceptionForAGoodFrame) {
  const auto frame = decode("ff8302a101", "renogy_controller", 0x0100);
  ASSERT_TRUE(frame.has_value()) << frame.error().text;
  EXPECT_EQ(frame->answer->function, 3);
  EXPECT_EQ(frame->answer->exception, 2);
  EXPECT_TRUE(frame->decoded.readings.empty());
}

// The first 56 of the 110 bytes of a Smart Shunt 300 (captured, tests/data).
constexpr std::string_view kShunt = "4257011901001630a0240806a1230836a202137fa4ffddf1a60033e5a6100000a70003c5a7100000a80bc6b0a9000001aa04e800f8010000";

TEST_F(DecodeFrame, GivesTheFieldsOfAPieceOfAStream) {
  const auto frame = decode("a900000161d20001" + std::string(kShunt), "renogy_shunt");
  ASSERT_TRUE(frame.has_value()) << frame.error().text;
  EXPECT_FALSE(frame->answer.has_value());
  EXPECT_EQ(frame->decoded.readings,
            (profile::Readings{{"current", -8.719}, {"power", -115.832}, {"soc", 96.5}, {"starter_voltage", 0.0}, {"voltage", 13.285}}));
}

TEST_F(DecodeFrame, ReadsAPieceOfAStreamNoFurtherThanTheNextHeader) {
  const auto frame = decode(std::string(kShunt.substr(0, 56)) + std::string(kShunt), "renogy_shunt");
  ASSERT_TRUE(frame.has_value()) << frame.error().text;
  EXPECT_THAT(frame->decoded.readings, testing::UnorderedElementsAre(testing::Key("current"), testing::Key("voltage"), testing::Key("power")));
}

TEST_F(DecodeFrame, RefusesAPieceOfAStreamWithoutAHeader) {
  for (const std::string_view piece : {kShunt.substr(8), std::string_view("4257010b01001630")}) {
    const auto frame = decode(piece, "renogy_shunt");
    ASSERT_FALSE(frame.has_value());
    EXPECT_EQ(frame.error(), (Failure{FailureKind::protocol, "no frame begins in it (header 42570119)"}));
  }
}

TEST_F(DecodeFrame, RefusesAWrongCrcAndAWrongLength) {
  EXPECT_FALSE(decode("ff03020010905d").has_value());
  EXPECT_FALSE(decode("ff0302001090").has_value());
  EXPECT_FALSE(decode("ff03020010905c00").has_value());
}

}  // namespace
}  // namespace blupow::app
