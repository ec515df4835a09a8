#include "gateway/connect_arbiter.hpp"

#include <gmock/gmock.h>

#include <deque>
#include <string>
#include <vector>

#include "runtime/simulated_loop.hpp"

namespace blupow::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class Candidate final : public ConnectArbiter::Candidate {
 public:
  Candidate(std::string name, std::vector<std::string>& story) : name_(std::move(name)), story_(story) {}
  void turnGranted() override {
    held = true;
    story_.push_back(name_ + " granted");
  }
  void yieldLink() override { story_.push_back(name_ + " yields"); }
  bool holdsLink() const override { return held; }
  TimePoint idleSince() const override { return idle_since; }

  bool held = false;
  TimePoint idle_since = kNever;

 private:
  std::string name_;
  std::vector<std::string>& story_;
};

class ConnectArbiterTest : public testing::Test {
 protected:
  Candidate& candidate(const std::string& name) {
    Candidate& added = candidates.emplace_back(name, story);
    arbiter.enter(added);
    return added;
  }
  // Connected and at rest since so long.
  void holding(Candidate& which, Duration idle) {
    which.held = true;
    which.idle_since = loop.now() - idle;
  }

  runtime::SimulatedLoop loop;
  std::vector<std::string> story;
  ConnectArbiter arbiter{loop};
  std::deque<Candidate> candidates;
};

const Failure kNoSlot{FailureKind::no_slot, "le-connection-concurrent-connection-limit"};
const Failure kAborted{FailureKind::retry_now, "le-connection-abort-by-local"};

TEST_F(ConnectArbiterTest, GrantsOneTurnAtATimeInTheOrderOfAsking) {
  Candidate& a = candidate("a");
  Candidate& b = candidate("b");
  arbiter.ask(a, false);
  arbiter.ask(b, false);
  arbiter.ask(a, false);
  EXPECT_TRUE(story.empty()) << "granted inside the call";
  loop.settle();
  EXPECT_THAT(story, ElementsAre("a granted"));
  arbiter.end(a);
  loop.settle();
  EXPECT_THAT(story, ElementsAre("a granted", "b granted"));
}

TEST_F(ConnectArbiterTest, LetsAnUrgentOneGoFirst) {
  Candidate& a = candidate("a");
  Candidate& b = candidate("b");
  Candidate& c = candidate("c");
  arbiter.ask(a, false);
  loop.settle();
  arbiter.ask(b, false);
  arbiter.ask(c, true);
  arbiter.end(a);
  loop.settle();
  EXPECT_THAT(story, ElementsAre("a granted", "c granted"));
}

TEST_F(ConnectArbiterTest, PassesTheTurnOnWhenItsOwnerLeaves) {
  Candidate& a = candidate("a");
  Candidate& b = candidate("b");
  arbiter.ask(a, false);
  loop.settle();
  arbiter.ask(b, false);
  arbiter.leave(a);
  loop.settle();
  EXPECT_THAT(story, ElementsAre("a granted", "b granted"));
}

TEST_F(ConnectArbiterTest, MakesTheLinkThatIsIdleLongestYieldWhenTheSlotsAreFull) {
  Candidate& a = candidate("a");
  Candidate& b = candidate("b");
  Candidate& c = candidate("c");
  holding(a, 5s);
  holding(b, 9s);
  arbiter.ask(c, false);
  loop.settle();
  EXPECT_EQ(arbiter.judge(c, kNoSlot), kNoSlot);
  c.held = false;
  arbiter.end(c);
  EXPECT_EQ(arbiter.slotLimit(), 2U);
  arbiter.ask(c, false);
  loop.settle();
  EXPECT_THAT(story, ElementsAre("c granted", "b yields"));
  b.held = false;
  b.idle_since = kNever;
  arbiter.linksChanged();
  loop.settle();
  EXPECT_THAT(story, ElementsAre("c granted", "b yields", "c granted"));
}

TEST_F(ConnectArbiterTest, LetsALinkYieldAgainThoughNobodyWaitedWhenItWentDown) {
  Candidate& a = candidate("a");
  Candidate& b = candidate("b");
  holding(a, 5s);
  (void)arbiter.judge(b, kNoSlot);
  arbiter.ask(b, false);
  loop.settle();
  ASSERT_THAT(story, ElementsAre("a yields"));
  arbiter.end(b);
  a.held = false;
  arbiter.linksChanged();
  loop.settle();
  holding(a, 0s);
  arbiter.linksChanged();
  arbiter.ask(b, false);
  loop.settle();
  EXPECT_THAT(story, ElementsAre("a yields", "a yields"));
}

TEST_F(ConnectArbiterTest, WaitsForABusyLinkToBecomeIdle) {
  Candidate& a = candidate("a");
  Candidate& b = candidate("b");
  a.held = true;
  arbiter.ask(b, false);
  loop.settle();
  (void)arbiter.judge(b, kNoSlot);
  b.held = false;
  arbiter.end(b);
  arbiter.ask(b, false);
  loop.settle();
  EXPECT_THAT(story, ElementsAre("b granted"));
  a.idle_since = loop.now();
  arbiter.linksChanged();
  loop.settle();
  EXPECT_THAT(story, ElementsAre("b granted", "a yields"));
}

TEST_F(ConnectArbiterTest, PausesWhenThereIsNoSlotThoughNoLinkOfOursIsUp) {
  Candidate& a = candidate("a");
  arbiter.ask(a, false);
  loop.settle();
  (void)arbiter.judge(a, kNoSlot);
  a.held = false;
  arbiter.end(a);
  arbiter.ask(a, false);
  loop.advance(3900ms);
  EXPECT_EQ(story.size(), 1U);
  loop.advance(200ms);
  EXPECT_THAT(story, ElementsAre("a granted", "a granted"));
}

TEST_F(ConnectArbiterTest, TriesOneMoreLinkAfterTenMinutes) {
  Candidate& a = candidate("a");
  Candidate& b = candidate("b");
  a.held = true;
  (void)arbiter.judge(b, kNoSlot);
  loop.advance(10min);
  arbiter.ask(b, false);
  loop.settle();
  EXPECT_THAT(story, ElementsAre("b granted"));
  arbiter.connected(b);
  EXPECT_EQ(arbiter.slotLimit(), 2U);
}

TEST_F(ConnectArbiterTest, TakesFailuresOfEveryOtherDeviceForFullSlotsWhateverTheirText) {
  Candidate& up = candidate("up");
  holding(up, 1s);
  Candidate& a = candidate("a");
  Candidate& b = candidate("b");
  EXPECT_EQ(arbiter.judge(a, kAborted).kind, FailureKind::retry_now);
  EXPECT_EQ(arbiter.judge(b, kAborted).kind, FailureKind::retry_now);
  EXPECT_EQ(arbiter.judge(a, kAborted).kind, FailureKind::retry_now);
  EXPECT_EQ(arbiter.judge(b, kAborted).kind, FailureKind::no_slot);
  EXPECT_EQ(arbiter.slotLimit(), 1U);
}

TEST_F(ConnectArbiterTest, GivesThatSuspicionUpWhenAFreedSlotDoesNotHelp) {
  Candidate& up = candidate("up");
  holding(up, 1s);
  Candidate& a = candidate("a");
  for (int attempt = 0; attempt < 4; ++attempt) (void)arbiter.judge(a, kAborted);
  ASSERT_EQ(arbiter.slotLimit(), 1U);
  up.held = false;
  EXPECT_EQ(arbiter.judge(a, kAborted).kind, FailureKind::retry_now);
  EXPECT_FALSE(arbiter.slotLimit().has_value());
  up.held = true;
  for (int attempt = 0; attempt < 9; ++attempt) EXPECT_EQ(arbiter.judge(a, kAborted).kind, FailureKind::retry_now);
}

TEST_F(ConnectArbiterTest, SuspectsNothingWhileAnotherDeviceWasNotTried) {
  Candidate& up = candidate("up");
  holding(up, 1s);
  Candidate& a = candidate("a");
  candidate("not tried");
  for (int attempt = 0; attempt < 9; ++attempt) EXPECT_EQ(arbiter.judge(a, kAborted).kind, FailureKind::retry_now);
}

TEST_F(ConnectArbiterTest, ForgetsTheLimitWithTheRadio) {
  Candidate& a = candidate("a");
  (void)arbiter.judge(a, kNoSlot);
  ASSERT_TRUE(arbiter.slotLimit().has_value());
  arbiter.radioGone();
  EXPECT_FALSE(arbiter.slotLimit().has_value());
}

}  // namespace
}  // namespace blupow::gateway
