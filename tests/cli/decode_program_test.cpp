// Every frame of tests/data/frames.json through the program itself, as a user would paste it.
#include <gmock/gmock.h>

#include <set>

#include "profile/captured.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace blupow::test {
namespace {

using nlohmann::json;

// Printed wrong in the Rover document (3.7, 3.9), and answers to dangerous requests that the program does not know (3.22, 3.23).
const std::set<std::size_t> kNoFrames{20, 22, 37, 38};

class DecodeProgram : public testing::TestWithParam<std::size_t> {
 protected:
  const json& frame() const { return frames().at(GetParam()); }

  Outcome run() const {
    std::vector<std::string> command{
        buildFolder() / "blupow", "decode", "--json", "--profiles", sourceFolder() / "rootfs/usr/share/blupow/profiles", "--data", data_.path()};
    const auto add = [&](const char* option, const std::string& value) {
      if (!value.empty()) command.insert(command.end(), {option, value});
    };
    add("--type", typeOf(frame()));
    add("--model", frame().at("model"));
    add("--name", advertisedNameOf(frame()));
    if (const auto address = registerOf(frame())) add("--register", std::to_string(*address));
    command.push_back(answerOf(frame()));
    return runToEnd(command);
  }

  TempFolder data_;
};

TEST_P(DecodeProgram, PrintsWhatTheFrameIsKnownToSay) {
  if (answerOf(frame()).empty()) return;  // a request only
  const Outcome outcome = run();
  const json document = json::parse(outcome.output);
  if (kNoFrames.contains(GetParam())) {
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(document.contains("error")) << outcome.output;
    return;
  }
  ASSERT_EQ(outcome.status, 0) << outcome.errors;
  const json& fields = document.at("fields");
  EXPECT_EQ(document.size(), typeOf(frame()) == "renogy_shunt" ? 1U : 5U) << "of a stream the fields alone";
  const bool is_read = document.contains("function") ? document.at("function") == 3 && document.at("exception").is_null() : true;
  if (!is_read || GetParam() == kStaleBuffer) {
    EXPECT_EQ(fields, json::object());
    return;
  }
  for (const auto& [key, value] : frame().at("expected").items()) EXPECT_EQ(fields.value(key, json()), value) << key;
}

std::string nameOf(const testing::TestParamInfo<std::size_t>& info) { return "Number" + std::to_string(info.param); }

INSTANTIATE_TEST_SUITE_P(Frames, DecodeProgram, testing::Range<std::size_t>(0, frames().size()), nameOf);

}  // namespace
}  // namespace blupow::test
