#include "runtime/asio_loop.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <thread>

#include "support/log_capture.hpp"

namespace blupow::runtime {
namespace {

using namespace std::chrono_literals;

class AsioLoopTest : public testing::Test {
 protected:
  // Runs until stop() is called; a test that forgets it fails after the bound instead of hanging.
  void runBounded() {
    const Timer bound = loop.at(loop.now() + 5s, "bound", [this] {
      ADD_FAILURE() << "not stopped within 5 s";
      loop.stop();
    });
    loop.run();
  }

  AsioLoop loop;
};

TEST_F(AsioLoopTest, ATimerRunsNotBeforeItsTime) {
  const auto due = loop.now() + 20ms;
  const Timer timer = loop.at(due, "due", [&] {
    EXPECT_GE(loop.now(), due);
    loop.stop();
  });
  runBounded();
}

TEST_F(AsioLoopTest, ADestroyedTimerNeverRunsEvenWhenItIsDue) {
  Timer victim;
  const Timer first = loop.at(loop.now(), "first", [&] { victim.cancel(); });
  victim = loop.at(loop.now(), "victim", [] { ADD_FAILURE() << "ran after its end"; });
  const Timer end = loop.at(loop.now() + 5ms, "end", [&] { loop.stop(); });
  runBounded();
}

TEST_F(AsioLoopTest, WorkRunsOffTheLoopAndEndsOnIt) {
  const auto here = std::this_thread::get_id();
  loop.work(
      "job", [here] { EXPECT_NE(std::this_thread::get_id(), here); },
      [&, here] {
        EXPECT_EQ(std::this_thread::get_id(), here);
        loop.stop();
      });
  runBounded();
}

TEST_F(AsioLoopTest, ASignalIsATaskOfTheLoop) {
  loop.onSignal([&](int number) {
    EXPECT_EQ(number, SIGTERM);
    loop.stop();
  });
  loop.post("raise", [] { std::raise(SIGTERM); });
  runBounded();
}

// A busy machine holds any program up for a moment: that is for whoever looks for the cause, and no warning to a user.
TEST_F(AsioLoopTest, WhatHoldsTheLoopIsNamedAndAWarningOnlyWhenItIsLong) {
  const test::LogCapture log;
  for (const auto time : {60ms, 1000ms}) {
    loop.post("a look", [&, time] {
      const auto until = loop.now() + time;
      while (loop.now() < until) {
      }
    });
  }
  loop.post("stop", [&] { loop.stop(); });
  runBounded();
  const std::vector<std::string> held = log.all();
  ASSERT_EQ(held.size(), 2U) << testing::PrintToString(held);
  for (const std::string& line : held) {
    const auto digits = line.find_first_of("0123456789");
    ASSERT_NE(digits, std::string::npos) << line;
    const int taken = std::stoi(line.substr(digits));
    EXPECT_EQ(line, (taken < 1000 ? "debug: " : "warning: ") + std::string("the loop was held for ") + std::to_string(taken) + " ms by 'a look'");
  }
  EXPECT_THAT(held.back(), testing::StartsWith("warning: "));
}

}  // namespace
}  // namespace blupow::runtime
