// The client on the real loop against the look-alike Supervisor, and against whatever else may listen there.
#include "homeassistant/supervisor/http_api.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "homeassistant/supervisor/answers.hpp"
#include "support/supervisor.hpp"

namespace blupow::homeassistant::supervisor {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class HttpApiTest : public testing::Test {
 protected:
  Outcome ask(std::string_view path = kBrokerPath, Duration bound = kAnswerBound) { return askAs(test::Supervisor::kToken, path, bound); }

  Outcome askAs(std::string_view token, std::string_view path = kBrokerPath, Duration bound = kAnswerBound) {
    return askAt(*parseUrl(supervisor.url()), token, path, bound);
  }

  Outcome askAt(const Address& address, std::string_view token, std::string_view path, Duration bound) {
    HttpApi api(loop, address, std::string(token), bound);
    std::optional<Outcome> answer;
    const Request request = api.get(path, [&answer](const Outcome& outcome) { answer = outcome; });
    EXPECT_FALSE(answer.has_value()) << "never from within";
    const TimePoint end = loop.now() + 20s;
    while (!answer && loop.now() < end) loop.context().run_one_for(100ms);
    EXPECT_TRUE(answer.has_value());
    return answer.value_or(Answer{});
  }

  // The trouble with which the Supervisor's fault is told, within the bound.
  Trouble troubleOf(std::string_view fault, Duration bound = kAnswerBound) {
    supervisor.fail(fault);
    const auto entry = brokerOf(ask(kBrokerPath, bound));
    EXPECT_FALSE(entry.has_value()) << fault;
    return entry ? Trouble{} : entry.error();
  }

  test::Supervisor supervisor;
  runtime::AsioLoop loop;
};

TEST_F(HttpApiTest, AsksForTheBrokerAndForTheAddOn) {
  supervisor.nameBroker(1883, "p4ss");
  EXPECT_EQ(brokerOf(ask()), (BrokerEntry{.host = "127.0.0.1", .port = 1883, .username = "addons", .password = "p4ss"}));
  EXPECT_EQ(slugOf(ask(kAddOnPath)), "a0d7b954_blupow");
  EXPECT_TRUE(supervisor.waitFor("/addons/self/info 200"));
  EXPECT_THAT(supervisor.asked(), testing::ElementsAre("/services/mqtt 200", "/addons/self/info 200"));
}

TEST_F(HttpApiTest, TheSupervisorsRefusalsAreToldApart) {
  const auto kind = [this](const Outcome& outcome) { return brokerOf(outcome).error().kind; };
  EXPECT_EQ(kind(ask()), TroubleKind::no_broker);
  EXPECT_EQ(kind(askAs("another")), TroubleKind::token_refused);
  supervisor.change(R"({"declared": false})");
  EXPECT_EQ(kind(ask()), TroubleKind::not_declared);
  supervisor.change(R"({"state": "setup"})");
  EXPECT_EQ(kind(ask()), TroubleKind::not_ready);
  supervisor.change(R"({"state": "startup"})");
  EXPECT_EQ(kind(ask()), TroubleKind::not_declared) << "in which it starts add-ons";
}

TEST_F(HttpApiTest, WhatIsNoSoundAnswerIsTrouble) {
  EXPECT_EQ(troubleOf("close").kind, TroubleKind::unreachable);
  EXPECT_EQ(troubleOf("cut off").kind, TroubleKind::unreachable);
  EXPECT_EQ(troubleOf("garbage").kind, TroubleKind::no_http);
  EXPECT_EQ(troubleOf("no json").kind, TroubleKind::unusable);
  EXPECT_EQ(troubleOf("list").kind, TroubleKind::unusable);
  EXPECT_EQ(troubleOf("bad gateway").kind, TroubleKind::unusable);
  EXPECT_EQ(troubleOf("elsewhere").kind, TroubleKind::unusable) << "the token goes nowhere else";
}

TEST_F(HttpApiTest, AnswersAreLimitedInSize) {
  EXPECT_EQ(troubleOf("huge").kind, TroubleKind::too_large);
  EXPECT_EQ(troubleOf("huge head").kind, TroubleKind::too_large);
}

TEST_F(HttpApiTest, AnswersAreLimitedInTime) {
  for (const char* const fault : {"hang", "drip"}) {
    const TimePoint begin = loop.now();
    const Trouble trouble = troubleOf(fault, 1s);
    EXPECT_EQ(trouble.kind, TroubleKind::silent);
    EXPECT_THAT(trouble.what, HasSubstr("within 1 s"));
    EXPECT_LT(loop.now() - begin, 3s) << fault;
  }
}

TEST_F(HttpApiTest, ASupervisorThatIsNotThereIsNamed) {
  const Address nobody{.host = "127.0.0.1", .port = 1};
  const auto refused = brokerOf(askAt(nobody, "t0ken", kBrokerPath, kAnswerBound)).error();
  EXPECT_EQ(refused.kind, TroubleKind::unreachable);
  EXPECT_THAT(refused.what, HasSubstr("http://127.0.0.1:1: Connection refused"));
  EXPECT_THAT(refused.what, Not(HasSubstr("t0ken")));
  const auto unknown = brokerOf(askAt({.host = "supervisor.invalid"}, "t0ken", kBrokerPath, 5s)).error();
  EXPECT_THAT(unknown.kind, testing::AnyOf(TroubleKind::unreachable, TroubleKind::silent));
}

TEST_F(HttpApiTest, AQuestionThatIsCalledOffIsNotAnswered) {
  supervisor.fail("hang");
  HttpApi api(loop, *parseUrl(supervisor.url()), std::string(test::Supervisor::kToken), 1s);
  int answers = 0;
  Request request = api.get(kBrokerPath, [&answers](const Outcome&) { ++answers; });
  while (supervisor.asked().empty()) loop.context().run_one_for(100ms);
  request.cancel();
  const TimePoint end = loop.now() + 1500ms;
  while (loop.now() < end) loop.context().run_one_for(100ms);
  EXPECT_EQ(answers, 0);
}

TEST_F(HttpApiTest, ALoopMayGoWhileQuestionsAreOpen) {
  supervisor.fail("hang");
  runtime::AsioLoop shortLived;
  HttpApi api(shortLived, *parseUrl(supervisor.url()), std::string(test::Supervisor::kToken));
  int answers = 0;
  std::vector<Request> requests;
  for (int count = 0; count < 3; ++count) requests.push_back(api.get(kBrokerPath, [&answers](const Outcome&) { ++answers; }));
  const TimePoint end = loop.now() + 200ms;
  while (loop.now() < end) shortLived.context().run_one_for(50ms);
  EXPECT_EQ(answers, 0);
}

}  // namespace
}  // namespace blupow::homeassistant::supervisor
