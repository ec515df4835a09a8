// A device's link: what is told of it, and how it is given to another program and taken back.
#include <gmock/gmock.h>

#include "e2e/running_house.hpp"

namespace blupow::test {
namespace {

using Json = nlohmann::json;

const std::string kLink = "blupow/" + kController + "/link";
const std::string kStatus = "blupow/" + kController + "/status";
const std::string kState = "blupow/" + kController + "/state";
constexpr std::chrono::seconds kBoundOfALink{60};

class HandOver : public RunningHouse {
 protected:
  void startPolled(int poll_interval = 5) {
    ASSERT_TRUE(start({{"poll_interval", poll_interval}, {"devices", {{{"address", kController}}}}}));
    ASSERT_TRUE(ear->waitFor(kStatus, "online", 0, kBoundOfALink));
    ASSERT_TRUE(isTold("connected", "on", 0));
  }
  // The link's topic says so from position on.
  bool isTold(const std::string& reason, const std::string& bluetooth, std::size_t from, Seconds bound = kBoundOfALink) {
    const auto says = [&](const Json& link) { return link.value("connection_reason", "") == reason && link.value("bluetooth", "") == bluetooth; };
    return hears(kLink, says, from, bound);
  }
  bool connected() {
    const Json list = Json::parse(simulator.tell(R"({"do":"list"})"));
    for (const Json& entry : list.at("devices")) {
      if (entry.at("address") == kController) return entry.at("connected");
    }
    return false;
  }
  void release(int minutes) {
    const Json answer = command("release_device", {{"address", kController}, {"minutes", minutes}});
    ASSERT_EQ(answer.value("status", ""), "success") << answer;
    EXPECT_FALSE(connected()) << "answered when the link is down";
  }
  void resume(std::size_t from) {
    EXPECT_EQ(commanded("resume_device", kController).value("status", ""), "success");
    EXPECT_TRUE(ear->waitFor(kStatus, "online", from, kBoundOfALink));
    EXPECT_TRUE(isTold("connected", "on", from));
    EXPECT_FALSE(last(kLink).contains("released_until"));
  }
};

TEST_F(HandOver, AnotherProgramGetsInUntilTheDeviceIsTakenBack) {
  startPolled();
  if (HasFatalFailure()) return;
  std::size_t position = ear->count();
  release(30);
  EXPECT_TRUE(ear->waitFor(kStatus, "offline", position));
  EXPECT_TRUE(isTold("handed over", "off", position));
  EXPECT_THAT(last(kLink).value("released_until", ""), testing::MatchesRegex("20..-..-..T..:..:..Z"));
  EXPECT_EQ(device(kController).at("connection_reason"), "handed over");
  for (const char* name : {"refresh_device", "identify_device"}) EXPECT_EQ(commanded(name, kController).value("reason", ""), "busy") << name;
  position = ear->count();
  ear->say("blupow/" + kController + "/set/load_status", "on");
  EXPECT_TRUE(hears(kLink, [](const Json& link) { return link.value("last_write", "").contains("handed over"); }, position)) << ear->last(kLink);
  EXPECT_EQ(simulator.writes().size(), 0U);
  EXPECT_FALSE(connected()) << "nobody made a link for all that";

  const Answer read = ask({"read", kController, "--seconds", "18"});
  EXPECT_EQ(read.status, 0) << read.errors << "another program on this host";
  simulator.tell(R"({"do":"hold","device":")" + kController + "\"}");  // a phone
  simulator.tell(R"({"do":"hold","on":false,"device":")" + kController + "\"}");
  resume(ear->count());
}

TEST_F(HandOver, ComesBackByItself) {
  startPolled();
  if (HasFatalFailure()) return;
  const std::size_t position = ear->count();
  release(1);
  ASSERT_TRUE(isTold("handed over", "off", position));
  EXPECT_TRUE(ear->waitFor(kStatus, "online", position, std::chrono::minutes(1) + kBoundOfALink));
  EXPECT_TRUE(isTold("connected", "on", position));
}

TEST_F(HandOver, OutlivesTheProcess) {
  startPolled();
  if (HasFatalFailure()) return;
  release(30);
  ASSERT_TRUE(hears(kLink, [](const Json& link) { return link.contains("released_until"); }));
  const Json until = last(kLink).at("released_until");
  const std::size_t position = ear->count();
  ASSERT_TRUE(startAnew(SIGKILL));
  ASSERT_TRUE(isTold("handed over", "off", position));
  EXPECT_EQ(last(kLink).at("released_until"), until);
  EXPECT_EQ(commanded("refresh_device", kController).value("reason", ""), "busy");
  EXPECT_FALSE(connected());
  EXPECT_EQ(ear->last(kStatus), "offline");
  resume(ear->count());
}

TEST_F(HandOver, TheSwitchInHomeAssistantDoesTheSame) {
  startPolled();
  if (HasFatalFailure()) return;
  const std::string wish = "blupow/" + kController + "/set/bluetooth_connection";
  std::size_t position = ear->count();
  ear->say(wish, "off");
  EXPECT_TRUE(isTold("handed over", "off", position));
  position = ear->count();
  ear->say(wish, "perhaps");
  EXPECT_TRUE(isTold("handed over", "off", position)) << "what is so is said again";
  position = ear->count();
  ear->say(wish, "ON");
  EXPECT_TRUE(isTold("connected", "on", position));
  EXPECT_TRUE(ear->waitFor(kStatus, "online", position, kBoundOfALink));
}

TEST_F(HandOver, TheRefreshButtonPollsNow) {
  startPolled(3600);
  if (HasFatalFailure()) return;
  ASSERT_TRUE(hears(kState, [](const Json& state) { return state.contains("faults") && state.contains("boost_voltage"); }));
  simulator.setWords(kController, 16, 0x0101, {137});
  const std::size_t position = ear->count();
  ear->say("blupow/" + kController + "/set/refresh", "PRESS");
  EXPECT_TRUE(hears(kState, [](const Json& state) { return state.value("battery_voltage", 0.0) == 13.7; }, position));
}

TEST_F(HandOver, TheLinkTellsHowItFares) {
  startPolled();
  if (HasFatalFailure()) return;
  const auto whole = [](const Json& link) {
    const bool numbers = link.contains("rssi") && link.at("rssi").is_number() && link.at("rssi") < 0 && link.value("success_rate", 0.0) == 100;
    return numbers && link.value("poll_duration", 0.0) > 0 && link.contains("last_success") && !link.contains("last_write");
  };
  EXPECT_TRUE(hears(kLink, whole, 0, kBoundOfALink)) << ear->last(kLink);
  EXPECT_EQ(last(kLink).at("reconnects"), 0);

  std::size_t position = ear->count();
  simulator.tell(R"({"do":"drop","device":")" + kController + "\"}");
  EXPECT_TRUE(hears(
      kLink, [](const Json& link) { return link.at("reconnects") == 1 && link.at("connection_reason") == "connected"; }, position, kBoundOfALink))
      << ear->last(kLink);

  position = ear->count();
  simulator.tell(R"({"do":"silence","device":")" + kController + "\"}");
  simulator.tell(R"({"do":"drop","device":")" + kController + "\"}");
  EXPECT_TRUE(isTold("not heard", "on", position, Seconds(90))) << "read while the device is away: " << ear->last(kLink);
  EXPECT_TRUE(ear->waitFor(kStatus, "offline", position, kBoundOfALink));
  position = ear->count();
  simulator.tell(R"({"do":"silence","on":false,"device":")" + kController + "\"}");
  EXPECT_TRUE(isTold("connected", "on", position));
}

}  // namespace
}  // namespace blupow::test
