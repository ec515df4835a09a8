// When the Supervisor is asked and what is said, in simulated time.
#include "homeassistant/supervisor/supervised_client.hpp"

#include <gmock/gmock.h>

#include "homeassistant/fake_client.hpp"
#include "homeassistant/supervisor/add_on_page.hpp"
#include "homeassistant/supervisor/fake_api.hpp"
#include "support/log_capture.hpp"

namespace blupow::homeassistant::supervisor {
namespace {

using namespace std::chrono_literals;
using mqtt::TroubleKind::login_refused;
using mqtt::TroubleKind::unreachable;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Outcome entry(const std::string& password, int port = 1883) {
  return Answer{.status = 200,
                .body = R"({"result": "ok", "data": {"host": "core-mosquitto", "port": )" + std::to_string(port) + R"(, "username": "addons", "password": ")" +
                        password + R"(", "ssl": false, "protocol": "3.1.1"}})"};
}

Outcome refusal(unsigned status, const std::string& message) {
  return Answer{.status = status, .body = R"({"result": "error", "message": ")" + message + "\"}"};
}

Outcome away() { return std::unexpected(Trouble{.kind = TroubleKind::unreachable, .what = "the Supervisor is not reachable at http://supervisor: no"}); }

class SupervisedClientTest : public testing::Test, public mqtt::ClientObserver {
 protected:
  void mqttConnected() override { ++connections; }
  void mqttDisconnected() override { ++losses; }
  void mqttReceived(const mqtt::Message& /*message*/) override {}
  void mqttSubscribed(std::uint32_t /*id*/) override {}
  void mqttFailed(const mqtt::Trouble& /*trouble*/) override { ++failures; }

  void start() {
    client.start(*this);
    loop.settle();
  }

  std::size_t asked() const { return api.askedFor(kBrokerPath); }
  std::vector<Duration> pauses() const {
    std::vector<Duration> between;
    for (std::size_t index = 1; index < api.asked.size(); ++index) between.push_back(api.asked[index].at - api.asked[index - 1].at);
    return between;
  }
  void nothingSecretWasSaid() const {
    for (const std::string& line : log.all()) EXPECT_THAT(line, Not(HasSubstr("p4ss")));
  }

  test::LogCapture log;
  runtime::SimulatedLoop loop;
  FakeClient inner{loop};
  FakeApi api{loop};
  TroubleLog troubles{true};
  SupervisedClient client{loop, inner, api, troubles, {.client_id = "shed"}};
  int connections = 0;
  int losses = 0;
  int failures = 0;
};

TEST_F(SupervisedClientTest, TakesTheBrokerThatTheSupervisorNames) {
  api.broker = entry("p4ss");
  start();
  ASSERT_EQ(inner.used.size(), 1U);
  EXPECT_EQ(inner.used[0], (mqtt::BrokerSettings{.host = "core-mosquitto", .port = 1883, .username = "addons", .password = "p4ss", .client_id = "shed"}));
  inner.connect();
  EXPECT_EQ(connections, 1);
  loop.advance(24h);
  EXPECT_EQ(asked(), 1U) << "nothing is asked while all is well";
  EXPECT_THAT(log.lines(), ElementsAre("info: the Supervisor names the MQTT broker core-mosquitto:1883"));
  nothingSecretWasSaid();
}

TEST_F(SupervisedClientTest, WaitsForABrokerAndSaysSoOnce) {
  start();
  loop.advance(10min);
  EXPECT_THAT(log.lines(), ElementsAre(AllOf(HasSubstr("knows of no MQTT broker"), HasSubstr("Mosquitto broker add-on"), HasSubstr("mqtt.host"))));
  const auto between = pauses();
  EXPECT_THAT(std::vector<Duration>(between.begin(), between.begin() + 6), ElementsAre(1s, 2s, 4s, 8s, 16s, 20s));
  EXPECT_EQ(between.back(), 20s);
  api.broker = entry("p4ss");
  loop.advance(20s);
  EXPECT_EQ(inner.used.size(), 1U);
  EXPECT_EQ(log.lines().size(), 2U);
}

TEST_F(SupervisedClientTest, AsksAgainWhenTheBrokerIsLostAndTakesAnotherPassword) {
  api.broker = entry("p4ss1");
  start();
  inner.connect();
  inner.disconnect();
  EXPECT_EQ(losses, 1);
  api.broker = refusal(400, "Service not enabled");
  loop.advance(1s);
  EXPECT_EQ(asked(), 2U);
  loop.advance(1s);
  api.broker = entry("p4ss2");
  loop.advance(2s);
  ASSERT_EQ(inner.used.size(), 2U);
  EXPECT_EQ(inner.used[1].password, "p4ss2");
  inner.connect();
  const std::size_t before = asked();
  loop.advance(1h);
  EXPECT_EQ(asked(), before);
  EXPECT_EQ(connections, 2);
  EXPECT_EQ(log.linesOf("knows of no MQTT broker").size(), 1U);
  EXPECT_EQ(log.linesOf("names the MQTT broker").size(), 2U);
  EXPECT_EQ(log.lines().size(), 3U);
  nothingSecretWasSaid();
}

TEST_F(SupervisedClientTest, ARefusedLoginIsAskedForAtOnce) {
  api.broker = entry("p4ss1");
  start();
  loop.advance(10min);  // by now it is asked every 20 s
  api.broker = entry("p4ss2");
  inner.fail(login_refused);
  loop.settle();
  ASSERT_EQ(inner.used.size(), 2U);
  EXPECT_EQ(failures, 1);
  const std::size_t before = asked();
  for (int second = 0; second < 60; ++second) {
    inner.fail(login_refused);  // the same entry again and again
    loop.advance(1s);
  }
  EXPECT_LE(asked() - before, 8U) << "with back-off all the same";
  EXPECT_EQ(inner.used.size(), 2U);
}

TEST_F(SupervisedClientTest, TheOldBrokerStaysGoodWhileThereIsNoOther) {
  api.broker = entry("p4ss");
  start();
  inner.connect();
  inner.disconnect();
  api.broker = away();
  loop.advance(1min);
  EXPECT_EQ(inner.used.size(), 1U);
  inner.connect();
  EXPECT_EQ(connections, 2);
  loop.advance(1h);
  EXPECT_EQ(log.lines().size(), 2U) << "the client itself says that the broker is back";
}

TEST_F(SupervisedClientTest, ASilentSupervisorHoldsNothingUp) {
  api.hangs = true;
  start();
  inner.fail(unreachable);
  inner.fail(login_refused);
  loop.advance(1min);
  EXPECT_EQ(asked(), 1U) << "one question at a time";
  bool done = false;
  client.stop(1s, [&done] { done = true; });
  loop.settle();
  EXPECT_TRUE(done);
  loop.advance(1h);
  EXPECT_EQ(asked(), 1U);
}

TEST_F(SupervisedClientTest, AnAnswerThatComesAfterTheBrokerAcceptedIsDropped) {
  api.broker = entry("p4ss1");
  start();
  inner.connect();
  inner.disconnect();
  api.broker = entry("p4ss2");
  api.hangs = true;
  loop.advance(1s);
  EXPECT_EQ(asked(), 2U);
  inner.connect();
  loop.advance(1h);
  EXPECT_EQ(inner.used.size(), 1U);
  EXPECT_EQ(asked(), 2U);
}

TEST_F(SupervisedClientTest, EachTroubleIsSaidOnceAndItsEndOnce) {
  const std::vector<std::pair<Outcome, std::string>> kinds{
      {refusal(400, "System is not ready with state: setup"), "not ready"}, {Answer{.status = 403, .body = "403: Forbidden"}, "refuses this add-on's token"},
      {refusal(403, "No access to mqtt service!"), "services: mqtt:want"},  {away(), "not reachable"},
      {Answer{.status = 200, .body = "<html>"}, "cannot be used"},          {refusal(400, "Service not enabled"), "knows of no MQTT broker"}};
  for (const auto& [outcome, words] : kinds) {
    FakeApi answers(loop);
    FakeClient broker(loop);
    TroubleLog once(true);
    const std::size_t before = log.lines().size();
    SupervisedClient subject(loop, broker, answers, once, {});
    answers.broker = outcome;
    subject.start(*this);
    loop.advance(1h);
    EXPECT_EQ(log.lines().size(), before + 1) << words;
    EXPECT_THAT(log.lines().back(), HasSubstr(words));
    answers.broker = entry("p4ss");
    loop.advance(5min);
    EXPECT_EQ(log.lines().size(), before + 2) << words;
    EXPECT_THAT(log.lines().back(), HasSubstr("names the MQTT broker core-mosquitto:1883"));
  }
  nothingSecretWasSaid();
}

TEST_F(SupervisedClientTest, ACauseThatBecomesAnotherIsSaid) {
  api.broker = Answer{.status = 200, .body = "<html>"};
  start();
  loop.advance(1min);
  api.broker = entry("p4ss", 0);
  loop.advance(1min);
  api.broker = away();
  loop.advance(1min);
  EXPECT_THAT(log.lines(), ElementsAre(HasSubstr("no JSON object"), HasSubstr("port"), HasSubstr("not reachable")));
}

TEST_F(SupervisedClientTest, OneThatRefusesUsIsAskedRarely) {
  api.broker = Answer{.status = 403, .body = "403: Forbidden"};
  start();
  loop.advance(24h);
  EXPECT_LT(asked(), 300U) << "the Supervisor logs each";
}

class AddOnPageTest : public testing::Test {
 protected:
  void start(bool waits_for_broker = false) {
    troubles = std::make_unique<TroubleLog>(waits_for_broker);
    page = std::make_unique<AddOnPage>(loop, api, *troubles, [this](std::string found) { pages.push_back(std::move(found)); });
    page->start();
    loop.settle();
  }

  test::LogCapture log;
  runtime::SimulatedLoop loop;
  FakeApi api{loop};
  std::unique_ptr<TroubleLog> troubles;
  std::unique_ptr<AddOnPage> page;
  std::vector<std::string> pages;
};

TEST_F(AddOnPageTest, IsAskedForOnce) {
  start();
  loop.advance(24h);
  EXPECT_THAT(pages, ElementsAre("homeassistant://hassio/ingress/a0d7b954_blupow"));
  EXPECT_EQ(api.asked.size(), 1U);
  EXPECT_TRUE(log.lines().empty());
}

TEST_F(AddOnPageTest, IsAskedForUntilItIsKnown) {
  const Outcome good = std::exchange(api.page, away());
  start();
  loop.advance(1h);
  EXPECT_TRUE(pages.empty());
  EXPECT_THAT(log.lines(), ElementsAre(HasSubstr("not reachable")));
  EXPECT_THAT(log.lines().front(), Not(HasSubstr("mqtt.host"))) << "that would not help";
  api.page = good;
  loop.advance(20s);
  EXPECT_EQ(pages.size(), 1U);
  EXPECT_EQ(log.lines().size(), 2U);
  EXPECT_THAT(log.lines().back(), HasSubstr("answers again"));
}

TEST_F(AddOnPageTest, OneCauseIsSaidOnceForBothQuestions) {
  const Outcome good = std::exchange(api.page, away());
  api.broker = away();
  start(true);
  BrokerSource source(loop, api, *troubles, {}, [](const mqtt::BrokerSettings&) {});
  source.start();
  loop.advance(1h);
  EXPECT_EQ(log.lines().size(), 1U);
  api.page = good;
  api.broker = entry("p4ss");
  loop.advance(20s);
  EXPECT_EQ(log.lines().size(), 2U);
}

TEST_F(AddOnPageTest, NothingComesAfterTheStop) {
  api.hangs = true;
  start();
  page->stop();
  loop.advance(1h);
  EXPECT_EQ(api.asked.size(), 1U);
  EXPECT_TRUE(pages.empty());
}

}  // namespace
}  // namespace blupow::homeassistant::supervisor
