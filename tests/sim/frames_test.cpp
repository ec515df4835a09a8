// The simulator's own frames and registers against captured ones.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <ostream>

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
};

void PrintTo(const Captured& captured, std::ostream* out) { *out << captured.model; }  // GoogleTest's name for it

class StaticUnit : public testing::TestWithParam<Captured> {};

TEST_P(StaticUnit, GivesExactlyTheCapturedAnswers) {
  const Scene world;
  Unit unit(GetParam().unit, world);
  int seen = 0;
  for (const json& entry : capturedFrames()) {
    if (entry.value("model", std::string()) != GetParam().model || !entry.contains("start_register")) continue;
    const auto request = parseRequest(bytesOf(entry, "request_hex"));
    ASSERT_TRUE(request) << entry.dump();
    const auto answer = unit.answer(*request);
    ASSERT_TRUE(answer) << entry.dump();
    EXPECT_EQ(toHex(*answer), entry.at("response_hex").get<std::string>()) << entry.dump();
    ++seen;
  }
  EXPECT_GT(seen, 0);
}

INSTANTIATE_TEST_SUITE_P(Families, StaticUnit,
                         testing::Values(Captured{"RNG-CTRL-RVR40", {.id = 0x10, .is_static = true}},
                                         Captured{"RNG-CTRL-WND30", {.id = 0x01, .model = "RNG-CTRL-WND30", .is_static = true}},
                                         Captured{"RIV1230RCH-SPS", {.id = 0x20, .family = Family::inverter, .is_static = true}}),
                         [](const auto& instance) {
                           std::string name = instance.param.model;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace blupow::sim
