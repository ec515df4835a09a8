#include "runtime/asio_loop.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

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

}  // namespace
}  // namespace blupow::runtime
