// What is owed to Home Assistant outlives the program.
#include "homeassistant/debts.hpp"

#include <gmock/gmock.h>

#include "homeassistant/home.hpp"

namespace blupow::homeassistant {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

const std::string kInverterDocument = "homeassistant/device/blupow_AABBCCDDEE01/config";

TEST(Debts, AreTheSameAsText) {
  const Debts debts{.farewells = {{.object_id = "a", .documents = {{"t", "{}"}}, .topics = {"x", "y"}}, {.object_id = "b", .documents = {}, .topics = {}}},
                    .components = {{"c", {{"soc", "sensor"}}}}};
  EXPECT_EQ(parseDebts(debtsText(debts)), debts);
}

TEST(Debts, OfADamagedTextAreThoseThatCanBeRead) {
  for (const char* const text : {"", "{", "[]", "7", R"({"farewells": 3, "components": []})", R"({"farewells": [1, {}, {"object_id": 2}]})"}) {
    EXPECT_EQ(parseDebts(text), Debts{}) << text;
  }
  const Debts some = parseDebts(R"({"farewells": [{"object_id": "a", "documents": {"t": 1}, "topics": ["x", 2]}], "components": {"c": {"k": 1}, "d": 7}})");
  EXPECT_THAT(some.farewells, ElementsAre(Farewell{.object_id = "a", .documents = {}, .topics = {"x"}}));
}

class DebtsTest : public HomeTest {
 protected:
  SampleDevice announced() {
    start();
    connect();
    return settled(inverter(), inverterReadings());
  }

  void expectNothingRetained() const {
    for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains("AA:BB:CC:DD:EE:01") || topic.contains("AABBCCDDEE01")) << topic;
  }
};

TEST_F(DebtsTest, WhatIsOwedToHomeAssistantsNextStartIsPaidByTheNextProcess) {
  const SampleDevice device = announced();
  const std::string document = client.retained.at(kInverterDocument);
  home->deviceRemoved(device.view());
  loop.advance(60s);
  expectNothingRetained();
  startAgain();
  connect();
  loop.advance(10s);
  expectNothingRetained();
  client.published.clear();
  homeAssistantStarts();
  EXPECT_THAT(payloadsOn(kInverterDocument), ElementsAre(document, IsEmpty()));
  EXPECT_EQ(parseDebts(remembered), Debts{});
}

TEST_F(DebtsTest, ADeviceRemovedWhileTheBrokerIsAwayIsEmptiedByTheNextProcess) {
  const SampleDevice device = announced();
  client.disconnect();
  home->deviceRemoved(device.view());
  loop.advance(60s);
  startAgain();
  connect();
  loop.advance(10s);
  expectNothingRetained();
}

TEST_F(DebtsTest, AStopWithoutTheBrokerForgetsNothing) {
  const SampleDevice device = announced();
  client.disconnect();
  home->deviceRemoved(device.view());
  home->stop(1s, [] {});
  loop.settle();
  startAgain();
  connect();
  loop.advance(10s);
  expectNothingRetained();
}

TEST_F(DebtsTest, AKillInTheMiddleOfARemovalLeavesNoTopicBehind) {
  const SampleDevice device = announced();
  home->deviceRemoved(device.view());
  ASSERT_TRUE(client.retained.contains("blupow/AA:BB:CC:DD:EE:01/state"));
  startAgain();
  connect();
  loop.advance(10s);
  expectNothingRetained();
}

TEST_F(DebtsTest, ADeviceThatIsAddedAgainOwesNothing) {
  const SampleDevice device = announced();
  home->deviceRemoved(device.view());
  loop.advance(60s);
  startAgain();
  home->deviceAdded(inverter().view());
  connect();
  EXPECT_EQ(parseDebts(remembered), Debts{});
  settled(inverter(), inverterReadings());
  homeAssistantStarts();
  EXPECT_THAT(payloadsOn(kInverterDocument), testing::Each(Not(IsEmpty())));
}

TEST_F(DebtsTest, WithHomeAssistantThereNothingStaysOwed) {
  start();
  connect();
  homeAssistantStarts();
  const SampleDevice device = settled(inverter(), inverterReadings());
  home->deviceRemoved(device.view());
  EXPECT_NE(parseDebts(remembered), Debts{});  // its topics are emptied a second later
  loop.advance(2s);
  EXPECT_EQ(parseDebts(remembered), Debts{});
}

}  // namespace
}  // namespace blupow::homeassistant
