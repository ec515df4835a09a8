// The simulator's own frames and registers against captured ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "sim/renogy/shunt.hpp"
#include "sim/renogy/wire.hpp"
#include "sim/unit.hpp"
#include "support/places.hpp"
#include "support/temp_folder.hpp"

namespace blupow::sim {
namespace {

using nlohmann::json;

json capturedFrames() { return json::parse(test::readFile(test::sourceFolder() / "tests/data/frames.json")); }

Bytes bytesOf(const json& entry, const char* key) { return *fromHex(entry.value(key, std::string())); }

Words wordsOf(const Bytes& answer) {
  Words words;
  for (std::size_t at = 3; at + 3 < answer.size(); at += 2) words.push_back(static_cast<std::uint16_t>((answer[at] << 8U) | answer[at + 1]));
  return words;
}

TEST(SimulatedWire, AcceptsEachCapturedRequestWhoseChecksumIsRight) {
  int seen = 0;
  for (const json& entry : capturedFrames()) {
    const Bytes frame = bytesOf(entry, "request_hex");
    if (frame.empty()) continue;
    const auto request = parseRequest(frame);
    // The document's example 3.19 lacks the byte count, and its checksum fits the defective frame.
    const bool sound = entry.value("request_crc_ok", false) && entry.value("model", std::string()) != "Rover doc example 3.19";
    EXPECT_EQ(request.has_value(), sound) << entry.dump();
    if (!request || request->function != kReadWords || !entry.contains("start_register")) continue;
    EXPECT_EQ(request->address, entry.at("start_register").get<int>());
    EXPECT_EQ(request->count, entry.at("words").get<int>());
    ++seen;
  }
  EXPECT_GT(seen, 20);
}

TEST(SimulatedWire, BuildsEachCapturedReadAnswerByteForByte) {
  int seen = 0;
  for (const json& entry : capturedFrames()) {
    const Bytes frame = bytesOf(entry, "response_hex");
    if (!entry.contains("start_register") || !entry.value("response_crc_ok", false) || frame.empty() || frame[1] != kReadWords) continue;
    EXPECT_EQ(toHex(readAnswer(frame[0], wordsOf(frame))), toHex(frame)) << entry.dump();
    ++seen;
  }
  EXPECT_GT(seen, 20);
}

TEST(SimulatedWire, BuildsCapturedExceptionsAndEchoes) {
  EXPECT_EQ(toHex(exceptionAnswer(0x30, kReadWords, kNoAddress)), "308302913e");
  EXPECT_EQ(toHex(exceptionAnswer(0x20, kReadWords, kNoAddress)), "20830290fb");
  const auto load = parseRequest(*fromHex("ff06010a00017c2a"));
  ASSERT_TRUE(load);
  EXPECT_EQ(toHex(writeAnswer(0xFF, *load)), "ff06010a00017c2a");
  const auto many = parseRequest(*fromHex("0110e015000810000400640000004b0004003200000019957f"));
  ASSERT_TRUE(many);
  EXPECT_EQ(toHex(writeAnswer(0x01, *many)), "0110e0150008e7cb");
}

// Each captured answer of a device that the built-in scenes have comes out of the simulator unchanged.
struct Captured {
  const char* model;
  UnitScene unit;
  std::vector<std::string> other_moments{};  // answers of the same device at another time, or made up by a test's author
};

void PrintTo(const Captured& captured, std::ostream* out) { *out << captured.model; }  // GoogleTest's name for it

class StaticUnit : public testing::TestWithParam<Captured> {};

TEST_P(StaticUnit, GivesExactlyTheCapturedAnswers) {
  const Scene world;
  Unit unit(GetParam().unit, world);
  int seen = 0;
  for (const json& entry : capturedFrames()) {
    if (entry.value("model", std::string()) != GetParam().model || !entry.contains("start_register")) continue;
    if (entry.at("request_hex") == "" ||
        std::ranges::find(GetParam().other_moments, entry.value("response_hex", std::string())) != GetParam().other_moments.end())
      continue;
    const auto request = parseRequest(bytesOf(entry, "request_hex"));
    ASSERT_TRUE(request) << entry.dump();
    const auto answer = unit.answer(*request);
    ASSERT_TRUE(answer) << entry.dump();
    EXPECT_EQ(toHex(*answer), entry.at("response_hex").get<std::string>()) << entry.dump();
    ++seen;
  }
  EXPECT_GT(seen, 0);
}

const std::vector<Captured> kCaptured = {
    {"RNG-CTRL-RVR40", {.id = 0x10, .is_static = true}},
    {"Rover/Wanderer via BT-1", {.id = 0x01, .model = "RNG-CTRL-ADV30", .is_static = true}},
    {"RNG-CTRL-WND30", {.id = 0x01, .model = "RNG-CTRL-WND30", .is_static = true}},
    {"RNG-CTRL-RVRPG40 (24 V system)", {.id = 0x01, .model = "RNG-CTRL-RVRPG40", .is_static = true}},
    {"RBC50D1S-G1", {.id = 0x60, .family = Family::dcc, .is_static = true}},
    {"DCC30S via BT-2", {.id = 0x01, .family = Family::dcc, .model = "DCC30S", .is_static = true}},
    {"RBT100LFP12S-G1", {.id = 0x30, .family = Family::battery, .is_static = true}},
    {"RBT100LFP12-BT",
     {.id = 0x30, .family = Family::battery, .model = "RBT100LFP12-BT", .is_static = true},
     {"3003100000000000000000000000000000000096a1", "300310ffffffffffffffffffffffffffffffffd6d1"}},
    {"RBT100LFP12SH-G1", {.id = 247, .family = Family::battery, .model = "RBT100LFP12SH-G1", .is_static = true}, {"f7030e05ca008800016b48000186a00000418e"}},
    {"Pro battery (name unknown)", {.id = 0x30, .family = Family::battery, .variant = Variant::pro, .is_static = true}},
    {"RBT12500LFP-SHBT", {.id = 0x30, .family = Family::battery, .variant = Variant::rngpro, .is_static = true}},
    {"RIV1230RCH-SPS", {.id = 0x20, .family = Family::inverter, .is_static = true}},
    {"RIV4835CSH1S", {.id = 0x20, .family = Family::inverter, .model = "RIV4835CSH1S", .is_static = true}, {"20031004d3000004af000a177201f5010900003052"}},
};

INSTANTIATE_TEST_SUITE_P(Families, StaticUnit, testing::ValuesIn(kCaptured), [](const auto& instance) {
  std::string name = instance.param.model;
  std::erase_if(name, [](char character) { return std::isalnum(static_cast<unsigned char>(character)) == 0; });
  return name;
});

// The captured answer lacks its checksum, and its request is not known.
TEST(StaticUnits, GiveTheCapturedStatusOfADcc50) {
  Unit unit({.id = 0x01, .family = Family::dcc, .model = "RBC2125DS-21W", .is_static = true}, Scene{});
  const auto answer = unit.answer({.unit = 0xFF, .function = kReadWords, .address = 0x0120, .count = 7});
  int seen = 0;
  for (const json& entry : capturedFrames()) {
    if (entry.value("model", std::string()) != "DCC50S (RBC2125DS-21W)") continue;
    EXPECT_EQ(toHex(*answer).substr(0, 34), entry.at("response_hex").get<std::string>());
    ++seen;
  }
  EXPECT_EQ(seen, 1);
}

TEST(StaticUnits, GiveTheFirstHalfOfTheCapturedShuntFrame) {
  const Bytes frame = shuntFrame(shuntRegisters({}));
  EXPECT_EQ(frame.size(), 110U);
  for (const json& entry : capturedFrames()) {
    if (entry.at("family") != "shunt") continue;
    EXPECT_EQ(toHex(frame).substr(0, 112), entry.at("response_hex").get<std::string>());
  }
}

TEST(StaticUnits, RefuseRegistersOfOtherFamiliesAsTheCapturedBatteriesDo) {
  Unit battery({.id = 0x30, .family = Family::battery, .universal = Universal::own, .is_static = true}, Scene{});
  EXPECT_EQ(toHex(*battery.answer(*parseRequest(*fromHex("30030088001e41c9")))), "308302913e");
  EXPECT_EQ(toHex(*battery.answer(*parseRequest(*fromHex("ff030000000191d4")))), "308302913e") << "asked as 255 it answers with its own id";
  EXPECT_FALSE(battery.answer(*parseRequest(*fromHex("310314020008e5cc")))) << "another id";
}

}  // namespace
}  // namespace blupow::sim
