#include "gateway/json/command_executor.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "gateway/fake_commands.hpp"
#include "runtime/simulated_loop.hpp"

namespace blupow::gateway {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class CommandExecutorTest : public testing::Test {
 protected:
  void ask(const std::string& text) {
    executor.execute(parseCommand(text).command, [this](const std::string& answer) { answers.push_back(json::parse(answer)); });
  }

  runtime::SimulatedLoop loop;
  test::FakeCommands commands;
  int restarts = 0;
  std::vector<json> answers;
  CommandExecutor executor{loop, commands, [this] { ++restarts; }};
};

TEST_F(CommandExecutorTest, AnswersFromMemoryAtOnce) {
  commands.summaries.push_back({.address = MacAddress::parse("AA:BB:CC:DD:EE:01").value(), .name = "Shed", .connection_reason = "connected"});
  ask(R"({"command": "get_devices"})");
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].at("devices").at(0).at("name"), "Shed");
}

TEST_F(CommandExecutorTest, AnswersOnceWhateverComesLater) {
  ask(R"({"command": "add_device", "address": "AA:BB:CC:DD:EE:01", "name": "Shed"})");
  EXPECT_THAT(commands.asked, ElementsAre("add AA:BB:CC:DD:EE:01  Shed"));
  EXPECT_THAT(answers, IsEmpty());
  loop.advance(28s);
  EXPECT_THAT(answers, IsEmpty());
  loop.advance(2s);
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].at("reason"), "failed");
  commands.added(DeviceSummary{});
  loop.advance(1s);
  EXPECT_THAT(answers, SizeIs(1));
}

TEST_F(CommandExecutorTest, GivesTheReasonOfARefusal) {
  ask(R"({"command": "remove_device", "address": "AA:BB:CC:DD:EE:01"})");
  commands.removed(std::unexpected(CommandFailure{Refusal::not_allowed, "it stands in the options"}));
  EXPECT_THAT(answers, ElementsAre(json{{"status", "failure"}, {"reason", "not_allowed"}, {"message", "it stands in the options"}}));
}

TEST_F(CommandExecutorTest, AnswersWhatIsNoCommand) {
  ask("{");
  ask(R"({"command": "dance"})");
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_EQ(answers[0].at("reason"), "bad_json");
  EXPECT_EQ(answers[1].at("reason"), "unknown_command");
  EXPECT_THAT(commands.asked, IsEmpty());
}

TEST_F(CommandExecutorTest, RestartsAfterTheAnswer) {
  executor.execute(parseCommand(R"({"command": "restart_gateway"})").command, [this](const std::string& /*answer*/) { EXPECT_EQ(restarts, 0); });
  EXPECT_EQ(restarts, 1);
}

TEST_F(CommandExecutorTest, RefusesMoreThanAHundredAtOnce) {
  for (int count = 0; count < 100; ++count) ask(R"({"command": "discover_devices"})");
  EXPECT_THAT(answers, IsEmpty());
  ask(R"({"command": "discover_devices"})");
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].at("reason"), "busy");
}

TEST_F(CommandExecutorTest, AnswersWhatIsOpenWhenItStops) {
  ask(R"({"command": "discover_devices"})");
  executor.stop();
  ask(R"({"command": "get_devices"})");
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_EQ(answers[0].at("message"), "the gateway stops");
  EXPECT_EQ(answers[1].at("message"), "the gateway stops");
  commands.discovered(std::vector<HeardDevice>{});
  EXPECT_THAT(answers, SizeIs(2));
}

}  // namespace
}  // namespace blupow::gateway
