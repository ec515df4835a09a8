// Every frame in tests/data/frames.json: captured from devices, from vendors' documents, or built from published values. Requests are built byte for byte,
// answers give their words or are refused for the reason that stands in their note, and fields have the values given there.
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>

#include "modbus/assembler.hpp"
#include "modbus/crc16.hpp"
#include "profile/captured.hpp"
#include "profile/decode.hpp"
#include "profile/json/render.hpp"
#include "profile/variant.hpp"
#include "shipped.hpp"

namespace blupow::profile {
namespace {

using modbus::Answer;
using modbus::Request;
using nlohmann::json;
using test::frames;

Bytes bytesOf(const json& frame, const char* key) { return fromHex(frame.at(key).get<std::string>()).value(); }

std::uint16_t wordAt(const Bytes& bytes, std::size_t position) { return static_cast<std::uint16_t>((bytes.at(position) << 8U) | bytes.at(position + 1)); }

bool crcFits(const Bytes& frame) {
  return frame.size() > 2 && modbus::crc16(ByteView(frame).first(frame.size() - 2)) == (frame[frame.size() - 2] | (frame.back() << 8U));
}

// Why an answer is not to be believed; by its place in the file.
const std::map<std::size_t, std::string> kRefused{{18, "number of words 1 instead of 2"},       // "request asks two words, answer shows one"
                                                  {20, "length 9 instead of 7"},                // "byte count 02 with 4 data bytes"
                                                  {22, "length 8 instead of 5"},                // "omits the 3 header bytes"
                                                  {30, "echoed address 256 instead of 266"},    // "shows address 0100 instead of an echo of 010A"
                                                  {31, "echoed address 256 instead of 266"},    // "same document error"
                                                  {32, "echoed address 257 instead of 57345"},  // "answer address 0101: document error"
                                                  {37, "unknown function 120"},                 // factory reset: neither built nor taken
                                                  {38, "unknown function 121"},                 // clear history: likewise
                                                  {test::kWithoutCrc, "length 17 instead of 19"},
                                                  {50, "address not valid (exception 2)"},  // a refusal by the device
                                                  {61, "address not valid (exception 2)"},  //
                                                  {68, "address not valid (exception 2)"},  //
                                                  {84, "address not valid (exception 2)"},  //
                                                  {85, "no Modbus frame"}};                 // the shunt's own stream

// Requests whose CRC is wrong in the document, and those that are never built.
constexpr std::size_t kWithoutByteCount = 34;
bool isForbidden(const Bytes& request) { return request.at(1) == 0x78 || request.at(1) == 0x79; }

// The request as values, from its bytes.
Request requestOf(const Bytes& bytes) {
  const std::uint8_t unit = bytes.at(0);
  const std::uint16_t address = wordAt(bytes, 2);
  const std::uint16_t value = wordAt(bytes, 4);
  if (bytes.at(1) == 0x03) return Request::read(unit, address, value);
  if (bytes.at(1) == 0x06) return Request::writeOne(unit, address, value);
  std::vector<std::uint16_t> values;
  const std::size_t data = bytes.size() - 2 - 2U * value;
  for (std::size_t position = data; position + 2 < bytes.size(); position += 2) values.push_back(wordAt(bytes, position));
  return Request::writeMany(unit, address, std::move(values));
}

// The request of the entry; where it has none, one that its answer fits by length.
Request requestFor(const json& frame) {
  const Bytes request = bytesOf(frame, "request_hex");
  if (!request.empty()) return requestOf(request);
  if (&frame == &frames().at(test::kStaleBuffer)) return Request::read(1, 0x0100, 34);
  const Bytes answer = bytesOf(frame, "response_hex");
  const std::uint16_t count = answer.at(1) == 3 ? answer.at(2) / 2U : 1;
  return Request::read(answer.at(0), frame.value("start_register", std::uint16_t{0}), count);
}

class EveryFrame : public testing::TestWithParam<std::size_t> {
 protected:
  void checkRequest() const;    // it is built byte for byte
  void checkAnswer() const;     // it gives its words, or is refused for its reason
  void checkAssembler() const;  // notifications of twenty bytes give the same
  void checkFields() const;     // they have their values

  const json& frame() const { return frames().at(GetParam()); }
  bool isShunt() const { return frame().at("family") == "shunt"; }
};

void EveryFrame::checkRequest() const {
  const Bytes request = bytesOf(frame(), "request_hex");
  if (request.empty()) return;  // an answer only
  EXPECT_EQ(crcFits(request), frame().at("request_crc_ok").get<bool>());
  if (isForbidden(request)) {
    EXPECT_EQ(modbus::parseAnswer(request).error().text, kRefused.at(GetParam()));
    return;
  }
  const Bytes built = modbus::encode(requestOf(request));
  if (GetParam() == kWithoutByteCount) {
    EXPECT_EQ(toHex(built), "0110e00500102000aa009b00920090008a0084007e0078006e006964320005003c003c001e00059676");
  } else if (crcFits(request)) {
    EXPECT_EQ(toHex(built), toHex(request));
  } else {
    EXPECT_EQ(toHex(ByteView(built).first(6)), toHex(ByteView(request).first(6))) << "right but for its CRC";
  }
}

void EveryFrame::checkAnswer() const {
  const Bytes answer = bytesOf(frame(), "response_hex");
  if (answer.empty()) return;  // a request only
  const auto refused = kRefused.find(GetParam());
  const Result<Answer> parsed = modbus::parseAnswer(answer);
  if (isShunt()) {
    EXPECT_FALSE(parsed);
    return;
  }
  const Result<> ours = parsed ? modbus::matches(requestFor(frame()), *parsed) : Result<>();
  if (refused != kRefused.end()) {
    EXPECT_EQ(parsed ? ours.error().text : parsed.error().text, refused->second);
    return;
  }
  ASSERT_TRUE(parsed) << parsed.error().text;
  ASSERT_TRUE(ours) << ours.error().text;
  if (answer.at(1) == 3) {
    ASSERT_EQ(parsed->words.size(), (answer.size() - 5) / 2);
    for (std::size_t word = 0; word < parsed->words.size(); ++word) EXPECT_EQ(parsed->words[word], wordAt(answer, 3 + 2 * word));
  }
}

void EveryFrame::checkAssembler() const {
  const Bytes answer = bytesOf(frame(), "response_hex");
  if (answer.empty() || isShunt() || isForbidden(answer)) return;
  const Request request = requestFor(frame());
  modbus::Assembler assembler;
  assembler.expect(request);
  std::optional<Result<Answer>> found;
  for (std::size_t at = 0; at < answer.size() && !found; at += 20)
    found = assembler.feed(ByteView(answer).subspan(at, std::min<std::size_t>(20, answer.size() - at)));

  const Result<Answer> parsed = modbus::parseAnswer(answer);
  if (parsed && modbus::matches(request, *parsed)) {
    EXPECT_EQ(found, parsed);
  } else if (parsed && parsed->exception) {
    ASSERT_TRUE(found);
    EXPECT_EQ(found->error(), (Failure{FailureKind::rejected, kRefused.at(GetParam())}));
  } else {
    EXPECT_FALSE(found) << "it is not the answer to its request";
  }
}

void EveryFrame::checkFields() const {
  const std::string type = test::typeOf(frame());
  const std::string hex = test::answerOf(frame());
  if (type.empty() || hex.empty() || GetParam() == test::kStaleBuffer) return;
  const ProfilePtr variant = variantFor(shipped(type), frame().at("model").get<std::string>(), test::advertisedNameOf(frame()));
  Decoded decoded;
  if (isShunt()) {
    decoded = decodeStream(*variant, fromHex(hex).value());
  } else {
    const Result<Answer> parsed = modbus::parseAnswer(fromHex(hex).value());
    if (!parsed || parsed->words.empty()) return;  // refused, or an echo: the other tests
    decoded = decode(*variant, requestFor(frame()).address, parsed->words);
  }
  EXPECT_THAT(decoded.implausible, testing::IsEmpty());
  EXPECT_THAT(decoded.unknown, testing::IsEmpty());
  const json readings = toJson(decoded.readings);
  for (const auto& [key, value] : frame().at("expected").items()) EXPECT_EQ(readings.value(key, json()), value) << key;
}

// One test a frame: a process for each of its four parts would cost more than the parts.
TEST_P(EveryFrame, IsBuiltAssembledAndDecodedAsItsEntrySays) {
  checkRequest();
  checkAnswer();
  checkAssembler();
  checkFields();
}

TEST(Frames, TheStaleBufferIsSoundAndDroppedByPlausibility) {
  const json& frame = frames().at(test::kStaleBuffer);
  const Result<Answer> answer = modbus::parseAnswer(bytesOf(frame, "response_hex"));
  ASSERT_TRUE(answer) << answer.error().text;
  const Decoded decoded = decode(*shipped("renogy_controller"), 0x0100, answer->words);
  EXPECT_THAT(decoded.readings, testing::IsEmpty());
  EXPECT_THAT(decoded.implausible, testing::Contains("battery_soc 8224 % (0 to 100)"));
}

std::string nameOf(const testing::TestParamInfo<std::size_t>& info) { return "Number" + std::to_string(info.param); }

INSTANTIATE_TEST_SUITE_P(Frames, EveryFrame, testing::Range<std::size_t>(0, frames().size()), nameOf);

}  // namespace
}  // namespace blupow::profile
