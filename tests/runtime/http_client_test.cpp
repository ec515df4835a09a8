// The client against a look-alike Supervisor that answers, refuses and misbehaves; what a room makes of it is that room's test.
#include "runtime/http_client.hpp"

#include <gmock/gmock.h>

#include "runtime/asio_loop.hpp"
#include "support/supervisor.hpp"

namespace blupow::runtime {
namespace {

using namespace std::chrono_literals;

class HttpClientTest : public testing::Test {
 protected:
  HttpQuestion question(std::string target = "/services/mqtt") const {
    const std::string authority = supervisor.url().substr(std::string_view("http://").size());
    return {.host = "127.0.0.1",
            .port = static_cast<std::uint16_t>(std::stoi(authority.substr(authority.find(':') + 1))),
            .authority = authority,
            .target = std::move(target),
            .token = std::string(test::Supervisor::kToken),
            .bound = 10s,
            .largest = 1U << 20U};
  }

  static HttpFailureKind failureOf(const HttpOutcome& outcome) {
    EXPECT_FALSE(outcome.has_value());
    return outcome ? HttpFailureKind::unreachable : outcome.error().kind;
  }

  HttpFailureKind failureWith(std::string_view fault) {
    supervisor.fail(fault);
    return failureOf(askByHttpAndWait(question()));
  }

  test::Supervisor supervisor;
};

TEST_F(HttpClientTest, TheTokenIsSentWhereOneIsGiven) {
  HttpQuestion asked = question();
  EXPECT_EQ(askByHttpAndWait(asked)->status, 400U) << "no broker: it takes the token";
  asked.token.clear();
  EXPECT_EQ(askByHttpAndWait(asked)->status, 401U);
}

TEST_F(HttpClientTest, ANameIsLookedUp) {
  HttpQuestion asked = question("/addons/self/info");
  asked.host = "localhost";
  const HttpOutcome outcome = askByHttpAndWait(asked);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().what;
  EXPECT_THAT(outcome->body, testing::HasSubstr("a0d7b954_blupow"));
}

TEST_F(HttpClientTest, AnAnswerMayBeAsLargeAsSaidAndNoLarger) {
  HttpQuestion asked = question("/addons/self/info");
  const std::size_t size = askByHttpAndWait(asked)->body.size();
  asked.largest = static_cast<std::uint32_t>(size);
  EXPECT_EQ(askByHttpAndWait(asked)->body.size(), size);
  asked.largest -= 1;
  EXPECT_EQ(failureOf(askByHttpAndWait(asked)), HttpFailureKind::too_large);
}

TEST_F(HttpClientTest, WhatComesInsteadOfAnAnswerIsToldApart) {
  EXPECT_EQ(failureWith("close"), HttpFailureKind::hung_up);
  EXPECT_EQ(failureWith("cut off"), HttpFailureKind::hung_up);
  EXPECT_EQ(failureWith("garbage"), HttpFailureKind::no_http);
  EXPECT_EQ(failureWith("huge"), HttpFailureKind::too_large);
  EXPECT_EQ(failureWith("huge head"), HttpFailureKind::too_large);
  HttpQuestion nobody = question();
  nobody.port = 1;
  EXPECT_EQ(failureOf(askByHttpAndWait(nobody)), HttpFailureKind::refused);
}

TEST_F(HttpClientTest, AnAnswerThatIsSentSlowlyIsNotWaitedForLonger) {
  supervisor.fail("drip");
  HttpQuestion asked = question();
  asked.bound = 300ms;
  EXPECT_EQ(failureOf(askByHttpAndWait(asked)), HttpFailureKind::silent);
}

TEST_F(HttpClientTest, TheNextQuestionMayBeAskedFromWithinAnAnswer) {
  AsioLoop loop;
  HttpRequest request;
  std::vector<unsigned> answers;
  const auto heard = [&](const HttpOutcome& outcome) {
    answers.push_back(outcome ? outcome->status : 0);
    loop.stop();
  };
  request = askByHttp(loop, question(), [&](const HttpOutcome& outcome) {
    answers.push_back(outcome ? outcome->status : 0);
    request = askByHttp(loop, question("/addons/self/info"), heard);
  });
  EXPECT_TRUE(answers.empty()) << "never from within";
  loop.run();
  EXPECT_EQ(answers, (std::vector<unsigned>{400, 200}));
}

}  // namespace
}  // namespace blupow::runtime
