// BackOff, Exchange, PollPlan and the tables, each by itself.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "device/back_off.hpp"
#include "device/exchange.hpp"
#include "device/frames.hpp"
#include "device/poll_plan.hpp"
#include "device/transitions.hpp"
#include "support/places.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;
using test::answerTo;
using test::corrupted;

constexpr TimePoint kStart{};

TEST(BackOff, StaysBelowTwentySecondsFiveTimesAndBelowItsCapEver) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    BackOff back_off(5min, seed);
    Duration before{};
    for (int i = 0; i < 5; ++i) {
      const Duration wait = back_off.next();
      EXPECT_LT(wait, 20s);
      EXPECT_GT(wait, before);
      before = wait;
    }
    for (int i = 0; i < 100; ++i) EXPECT_LE(back_off.next(), 5min);
    EXPECT_EQ(back_off.next(), 5min);
    back_off.reset();
    EXPECT_LT(back_off.next(), 4s);
  }
}

TEST(BackOff, JitterDiffersBySeedAndIsTheSameForTheSameSeed) {
  std::set<Duration> waits;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Duration wait = BackOff(5min, seed * 1'000'000'007).next();
    EXPECT_EQ(wait, BackOff(5min, seed * 1'000'000'007).next());
    waits.insert(wait);
  }
  EXPECT_GT(waits.size(), 15U);
}

const modbus::Request kLive = modbus::Request::read(32, 4000, 10);
const modbus::Request kSameLength = modbus::Request::read(32, 5000, 10);
const modbus::Request kOther = modbus::Request::read(32, 4327, 7);

TEST(Exchange, GivesTheAnswerOfSeveralNotificationsOnce) {
  Exchange exchange;
  EXPECT_EQ(toHex(exchange.begin(kLive, 3s, kStart)), toHex(modbus::encode(kLive)));
  const Bytes frame = answerTo(32, std::vector<std::uint16_t>(10, 7));
  EXPECT_FALSE(exchange.feed(ByteView(frame).first(9), 0s, kStart + 20ms));
  const auto answer = exchange.feed(ByteView(frame).subspan(9), 0s, kStart + 40ms);
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->words, std::vector<std::uint16_t>(10, 7));
  EXPECT_FALSE(exchange.busy());
  EXPECT_EQ(exchange.deadline(), kNever);
}

TEST(Exchange, HoldsBackWhatALateAnswerCouldBeTakenForAndNothingElse) {
  Exchange exchange;
  (void)exchange.begin(kLive, 3s, kStart);
  EXPECT_FALSE(exchange.expire(kStart + 3s));
  EXPECT_EQ(exchange.deadline(), kStart + 3s + Exchange::kQuiet);
  const auto failure = exchange.expire(exchange.deadline());
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, FailureKind::retry_later);
  const TimePoint now = kStart + 4s;
  EXPECT_TRUE(exchange.held(kLive, now));
  EXPECT_TRUE(exchange.held(kSameLength, now));
  EXPECT_TRUE(exchange.held(modbus::Request::read(modbus::kAnyUnit, 1, 10), now));
  EXPECT_FALSE(exchange.held(kOther, now));
  EXPECT_FALSE(exchange.held(modbus::Request::read(33, 4000, 10), now));
  EXPECT_EQ(exchange.freeAt(kSameLength, now), kStart + 10s);
  EXPECT_FALSE(exchange.held(kLive, kStart + 10s));
  exchange.reset(now);
  EXPECT_FALSE(exchange.held(kLive, now));
}

TEST(Exchange, TakesALateAnswerThatFallsIntoTheDrain) {
  Exchange exchange;
  (void)exchange.begin(kLive, 3s, kStart);
  const auto answer = exchange.feed(answerTo(32, std::vector<std::uint16_t>(10, 1)), 0s, kStart + 3s + 200ms);
  EXPECT_TRUE(answer && *answer);
}

TEST(Exchange, NeverTakesAnAnswerOfAnotherLengthOrUnit) {
  Exchange exchange;
  (void)exchange.begin(kLive, 3s, kStart);
  EXPECT_FALSE(exchange.feed(answerTo(32, std::vector<std::uint16_t>(7, 1)), 0s, kStart + 20ms));
  EXPECT_FALSE(exchange.feed(answerTo(33, std::vector<std::uint16_t>(10, 1)), 0s, kStart + 30ms));
  EXPECT_TRUE(exchange.feed(answerTo(32, std::vector<std::uint16_t>(10, 1)), 0s, kStart + 40ms));
}

TEST(Exchange, DoesNotWaitOutACorruptAnswerAndOwesNothingThen) {
  Exchange exchange;
  (void)exchange.begin(kLive, 3s, kStart);
  EXPECT_FALSE(exchange.feed(corrupted(answerTo(32, std::vector<std::uint16_t>(10, 1))), 0s, kStart + 20ms));
  EXPECT_EQ(exchange.deadline(), kStart + 20ms + Exchange::kQuiet);
  const auto failure = exchange.expire(exchange.deadline());
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, FailureKind::protocol);
  EXPECT_FALSE(exchange.held(kLive, kStart + 1s));
}

TEST(Exchange, EndsTheDrainOfALineThatNeverGetsQuiet) {
  Exchange exchange;
  (void)exchange.begin(kLive, 3s, kStart);
  for (Duration at = 100ms; at < 4900ms; at += 100ms) {
    (void)exchange.feed(Bytes{0x00}, 0s, kStart + at);
    EXPECT_FALSE(exchange.expire(kStart + at));
  }
  EXPECT_TRUE(exchange.expire(kStart + 5s));
}

TEST(Exchange, RepeatsARefusedWriteThreeTimes) {
  Exchange exchange;
  const Bytes bytes = exchange.begin(kLive, 3s, kStart);
  TimePoint now = kStart;
  for (int i = 0; i < Exchange::kRewrites; ++i) {
    EXPECT_TRUE(exchange.rewriteLater(now));
    EXPECT_FALSE(exchange.rewrite(now));
    now = exchange.deadline();
    EXPECT_EQ(exchange.rewrite(now), bytes);
  }
  EXPECT_FALSE(exchange.rewriteLater(now));
}

TEST(Exchange, PausesBetweenRequestsWhenAsked) {
  Exchange exchange;
  exchange.reset(kStart + 1s);
  EXPECT_EQ(exchange.freeAt(kLive, kStart), kStart + 1s);
  (void)exchange.begin(kLive, 3s, kStart + 1s);
  (void)exchange.feed(answerTo(32, std::vector<std::uint16_t>(10, 1)), 300ms, kStart + 2s);
  EXPECT_EQ(exchange.freeAt(kOther, kStart + 2s), kStart + 2s + 300ms);
}

std::vector<profile::Block> blocks() {
  return {{"fast", 1, 2, profile::Interval::fast}, {"slow", 2, 3, profile::Interval::slow}, {"once", 3, 4, profile::Interval::once}};
}

TEST(PollPlan, AsksEachIntervalInItsTime) {
  PollPlan plan(blocks());
  EXPECT_EQ(plan.due(kStart), (std::vector<std::size_t>{0, 1, 2}));
  for (std::size_t i = 0; i < 3; ++i) plan.answered(i, kStart);
  EXPECT_EQ(plan.due(kStart + 30s), (std::vector<std::size_t>{0}));
  EXPECT_EQ(plan.due(kStart + 10min), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(plan.due(kStart + 24h), (std::vector<std::size_t>{0, 1}));
}

TEST(PollPlan, LeavesOutAfterThreeFailuresForThePauseIfThereIsOne) {
  PollPlan plan(blocks());
  EXPECT_FALSE(plan.failed(0, 60min, kStart));
  EXPECT_FALSE(plan.failed(0, 60min, kStart));
  EXPECT_TRUE(plan.failed(0, 0min, kStart));
  EXPECT_EQ(plan.due(kStart).front(), 0U);
  EXPECT_FALSE(plan.failed(0, 60min, kStart));
  EXPECT_EQ(plan.due(kStart + 59min), (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(plan.due(kStart + 60min).size(), 3U);
  EXPECT_FALSE(plan.failed(0, 60min, kStart + 60min));
  EXPECT_EQ(plan.due(kStart + 61min).size(), 2U);
  plan.answered(0, kStart + 120min);
  EXPECT_EQ(plan.due(kStart + 121min).size(), 3U);
}

TEST(PollPlan, BeginsWithWhatAnsweredLastTime) {
  PollPlan plan(blocks());
  (void)plan.failed(0, 60min, kStart);
  plan.answered(1, kStart);
  EXPECT_EQ(plan.due(kStart + 10min), (std::vector<std::size_t>{1, 0, 2}));
}

std::string shown(const Transition& row) {
  return "| " + std::string(name(row.from)) + " | " + std::string(words(row.cause)) + " | " + std::string(name(row.to)) + " |";
}

TEST(Transitions, AreTheOnesOfTheDocument) {
  std::ifstream file(blupow::test::sourceFolder() / "docs/session.md");
  ASSERT_TRUE(file);
  std::vector<std::string> documented;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "| from | cause | to |") {
      inside = true;
    } else if (inside && !line.starts_with("|")) {
      break;
    } else if (inside && !line.starts_with("|-")) {
      documented.push_back(line);
    }
  }
  std::vector<std::string> coded;
  for (const Transition& row : kTransitions) coded.push_back(shown(row));
  EXPECT_EQ(documented, coded);
}

TEST(Transitions, ReachEveryStateAndLeaveEveryStateButTheLast) {
  for (int i = 0; i <= static_cast<int>(State::stopping); ++i) {
    const auto state = static_cast<State>(i);
    EXPECT_FALSE(name(state).empty());
    EXPECT_TRUE(std::ranges::any_of(kTransitions, [&](const auto& row) { return row.to == state; })) << name(state);
    EXPECT_EQ(std::ranges::any_of(kTransitions, [&](const auto& row) { return row.from == state; }), state != State::stopping) << name(state);
  }
}

TEST(Transitions, HaveOneTargetForAStateAndACause) {
  std::set<std::pair<State, Cause>> seen;
  for (const Transition& row : kTransitions) EXPECT_TRUE(seen.emplace(row.from, row.cause).second) << shown(row);
}

}  // namespace
}  // namespace blupow::device
