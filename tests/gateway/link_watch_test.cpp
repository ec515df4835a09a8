// How one link fares, and when that is told.
#include "gateway/link_watch.hpp"

#include <gtest/gtest.h>

#include "runtime/simulated_loop.hpp"

namespace blupow::gateway {
namespace {

using namespace std::chrono_literals;

class LinkWatchTest : public testing::Test {
 protected:
  // How often it was told in this time.
  int toldIn(Duration time) {
    const int before = told_;
    if (time == Duration()) {
      loop_.settle();
    } else {
      loop_.advance(time);
    }
    return told_ - before;
  }

  runtime::SimulatedLoop loop_;
  int told_ = 0;
  LinkWatch watch_{loop_, [this] { ++told_; }};
};

TEST_F(LinkWatchTest, KnowsNothingAtFirst) {
  const LinkStatus& status = watch_.status();
  EXPECT_FALSE(status.handed_over);
  EXPECT_FALSE(status.rssi || status.success_rate || status.poll_duration || status.last_success || status.released_until);
  EXPECT_EQ(status.reconnects, 0U);
  EXPECT_EQ(status.last_write, "");
  EXPECT_EQ(toldIn(1h), 0);
}

TEST_F(LinkWatchTest, IsToldOnceAMinuteWhilePollsGoOn) {
  for (int second = 0; second < 599; ++second) {
    watch_.polled(true, 250ms);
    loop_.advance(1s);
  }
  EXPECT_EQ(told_, 10);
  EXPECT_DOUBLE_EQ(watch_.status().poll_duration.value_or(0), 0.25);
  EXPECT_EQ(watch_.status().last_success, loop_.wallNow() - 1s);
}

TEST_F(LinkWatchTest, IsToldAtOnceOfWhatAPersonWaitsFor) {
  watch_.polled(true, 250ms);
  EXPECT_EQ(toldIn({}), 1);
  watch_.polled(true, 250ms);
  EXPECT_EQ(toldIn(10s), 0);
  watch_.reasonChanged();
  EXPECT_EQ(toldIn({}), 1);
  watch_.handedOver(loop_.wallNow() + 15min);
  EXPECT_EQ(toldIn({}), 1);
  watch_.takenBack();
  EXPECT_EQ(toldIn({}), 1);
  watch_.written("limit was set to 5.");
  watch_.written("limit was set to 6.");
  EXPECT_EQ(toldIn({}), 1) << "what comes together is told together";
  EXPECT_EQ(toldIn(5min), 0) << "nothing changed since";
}

TEST_F(LinkWatchTest, ASignalThatStaysTheSameIsNoNews) {
  watch_.heard(-60);
  EXPECT_EQ(toldIn({}), 1);
  for (int second = 0; second < 120; ++second) {
    watch_.heard(-60);
    loop_.advance(1s);
  }
  EXPECT_EQ(told_, 1);
  watch_.heard(-70);
  EXPECT_EQ(toldIn({}), 1);
  EXPECT_EQ(watch_.status().rssi, -70);
}

TEST_F(LinkWatchTest, TheSuccessRateIsThatOfTheLastHundredPolls) {
  for (int poll = 0; poll < 50; ++poll) watch_.polled(false, 9s);
  EXPECT_DOUBLE_EQ(watch_.status().success_rate.value_or(-1), 0);
  EXPECT_FALSE(watch_.status().poll_duration) << "a poll that failed took as long as it was waited for";
  for (int poll = 0; poll < 25; ++poll) watch_.polled(true, 1s);
  EXPECT_DOUBLE_EQ(watch_.status().success_rate.value_or(-1), 33.3);
  for (int poll = 0; poll < 75; ++poll) watch_.polled(true, 1s);
  EXPECT_DOUBLE_EQ(watch_.status().success_rate.value_or(-1), 100);
}

TEST_F(LinkWatchTest, OnlyALinkThatBrokeIsReconnected) {
  watch_.broken();
  watch_.up();
  EXPECT_EQ(watch_.status().reconnects, 0U) << "the first link";
  watch_.up();
  EXPECT_EQ(watch_.status().reconnects, 0U) << "given up by us between two polls";
  for (int time = 1; time <= 3; ++time) {
    watch_.broken();
    watch_.broken();
    watch_.up();
    EXPECT_EQ(watch_.status().reconnects, static_cast<std::uint64_t>(time));
  }
}

TEST_F(LinkWatchTest, ALongSentenceIsCutBetweenCharacters) {
  std::string text(251, 'x');
  watch_.written(text + "€€");
  EXPECT_EQ(watch_.status().last_write, text + "...");
  text.resize(255, 'x');
  watch_.written(text);
  EXPECT_EQ(watch_.status().last_write, text);
}

}  // namespace
}  // namespace blupow::gateway
