// A removal: what it leaves at the broker, whoever is away meanwhile.
#include <gmock/gmock.h>

#include "homeassistant/home_assistant_fixture.hpp"

namespace blupow::homeassistant {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST_F(HomeAssistantTest, RemovalEmptiesEveryTopicOfTheDeviceDocumentsFirst) {
  start();
  connect();
  client.receive("homeassistant/status", "online");
  loop.advance(5s);
  const SampleDevice device = settled(inverter(), inverterReadings());
  const auto before = client.retained;
  home->deviceRemoved(device.view());
  EXPECT_FALSE(client.retained.contains(kInverterDocument));
  EXPECT_TRUE(client.retained.contains(kInverter + "/state"));  // its entities may still listen, and an empty state is an error to them
  loop.advance(2s);
  for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains("AA:BB:CC:DD:EE:01") || topic.contains("AABBCCDDEE01")) << topic;
  client.published.clear();
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  EXPECT_THAT(client.on(kInverterDocument), IsEmpty());
}

TEST_F(HomeAssistantTest, WhatWasRemovedWhileHomeAssistantMayBeDownIsShownAndEmptiedAfterItsStart) {
  start();
  connect();
  const SampleDevice device = settled(inverter(), inverterReadings());
  const std::string document = client.retained.at(kInverterDocument);
  home->deviceRemoved(device.view());
  loop.advance(60s);
  client.published.clear();
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  const auto again = client.on(kInverterDocument);
  ASSERT_THAT(again, SizeIs(2));
  EXPECT_EQ(again[0].payload, document);
  EXPECT_EQ(again[1].payload, "");
  EXPECT_EQ(again[1].at - again[0].at, 1s);
  EXPECT_FALSE(client.retained.contains(kInverterDocument));
  client.published.clear();
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  EXPECT_THAT(client.on(kInverterDocument), IsEmpty());
}

TEST_F(HomeAssistantTest, ADeviceThatWentWhileWeDidNotRunLeavesNothingEither) {
  client.retained = {{kInverterDocument, "{}"}, {kInverter + "/state", "{}"}, {kInverter + "/status", "offline"}};
  start();
  home->deviceRemoved(inverter().view());
  connect();
  loop.advance(5s);
  for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains("AA:BB:CC:DD:EE:01") || topic.contains("AABBCCDDEE01")) << topic;
}

// What is shown once more must be taken back while somebody hears it.
class OwedRemovalTest : public HomeAssistantTest {
 protected:
  void removeAndShowOnceMore() {
    start();
    connect();
    const SampleDevice device = settled(inverter(), inverterReadings());
    home->deviceRemoved(device.view());
    loop.advance(60s);
    client.receive("homeassistant/status", "online");
    client.published.clear();
    ASSERT_TRUE(advanceUntilPublished(kInverterDocument));
  }

  // It was not emptied after that; Home Assistant is shown and told it all at its next birth.
  void expectStillOwed() {
    EXPECT_THAT(client.on(kInverterDocument), SizeIs(1));

    client.published.clear();
    client.receive("homeassistant/status", "online");
    loop.advance(20s);
    EXPECT_THAT(payloadsOn(kInverterDocument), ElementsAre(Not(IsEmpty()), IsEmpty()));
  }
};

TEST_F(OwedRemovalTest, StaysOwedWhenHomeAssistantGoesBeforeTheDocumentIsEmptiedAgain) {
  ASSERT_NO_FATAL_FAILURE(removeAndShowOnceMore());
  client.receive("homeassistant/status", "offline");
  loop.advance(20s);
  expectStillOwed();
}

TEST_F(OwedRemovalTest, StaysOwedWhenTheBrokerGoesBeforeTheDocumentIsEmptiedAgain) {
  ASSERT_NO_FATAL_FAILURE(removeAndShowOnceMore());
  client.disconnect();
  loop.advance(5s);
  connect();
  loop.advance(20s);
  expectStillOwed();
}

// A Home Assistant on the same broker comes back seconds after us, and until then hears nothing.
TEST_F(HomeAssistantTest, WhatWasRemovedBeforeHomeAssistantIsBackOnTheBrokerIsShownAndEmptiedThen) {
  start();
  connect();
  client.receive("homeassistant/status", "online");
  const SampleDevice device = settled(inverter(), inverterReadings());
  client.disconnect();
  connect();
  loop.advance(5s);
  home->deviceRemoved(device.view());
  loop.advance(5s);
  client.published.clear();
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  EXPECT_THAT(payloadsOn(kInverterDocument), ElementsAre(Not(IsEmpty()), IsEmpty()));
}

TEST_F(HomeAssistantTest, StopEndsARemovalThatIsUnderWay) {
  start();
  connect();
  client.receive("homeassistant/status", "online");
  const SampleDevice device = settled(inverter(), inverterReadings());
  home->deviceRemoved(device.view());
  home->stop(3s, [] {});
  loop.settle();
  for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains("AA:BB:CC:DD:EE:01") || topic.contains("AABBCCDDEE01")) << topic;
}

TEST_F(HomeAssistantTest, ADeviceRemovedWhileTheBrokerIsAwayIsEmptiedWhenItIsBack) {
  start();
  connect();
  const SampleDevice device = settled(inverter(), inverterReadings());
  client.disconnect();
  home->deviceRemoved(device.view());
  loop.advance(60s);
  connect();
  loop.advance(5s);
  for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains("AA:BB:CC:DD:EE:01") || topic.contains("AABBCCDDEE01")) << topic;
}

TEST_F(HomeAssistantTest, AStopInTheMiddleOfARemovalLeavesNoTopicBehind) {
  start();
  connect();
  const SampleDevice device = settled(inverter(), inverterReadings());
  home->deviceRemoved(device.view());
  ASSERT_TRUE(client.retained.contains(kInverter + "/state"));
  home->stop(3s, [] {});
  for (const auto& [topic, payload] : client.retained) EXPECT_FALSE(topic.contains("AA:BB:CC:DD:EE:01") || topic.contains("AABBCCDDEE01")) << topic;
}

TEST_F(HomeAssistantTest, ADeviceAddedAgainAtOnceStays) {
  start();
  connect();
  SampleDevice device = settled(inverter(), inverterReadings());
  home->deviceRemoved(device.view());
  SampleDevice again = settled(inverter(), inverterReadings());
  EXPECT_EQ(client.retained[kInverter + "/status"], "online");
  EXPECT_TRUE(client.retained.contains(kInverter + "/state"));
  client.receive("homeassistant/status", "online");
  loop.advance(20s);
  EXPECT_TRUE(client.retained.contains(kInverterDocument));
}

}  // namespace
}  // namespace blupow::homeassistant
