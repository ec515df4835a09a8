#include "app/ending.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <latch>

namespace blupow::app {
namespace {

using namespace std::chrono_literals;

// Each in a process of its own: a signal and an end concern the whole of it.
class EndingDeathTest : public testing::Test {
 protected:
  EndingDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(EndingDeathTest, ASignalAsksForAnOrderlyStop) {
  EXPECT_EXIT(
      {
        Ending ending(20s);
        std::latch asked(1);
        ending.onSignal([&] { asked.count_down(); });
        kill(getpid(), SIGTERM);
        asked.wait();
        _exit(ending.signalled() ? 7 : 1);
      },
      testing::ExitedWithCode(7), "");
}

TEST_F(EndingDeathTest, ASignalThatCameBeforeIsNotLost) {
  EXPECT_EXIT(
      {
        Ending ending(20s);
        kill(getpid(), SIGINT);
        while (!ending.signalled()) std::this_thread::yield();
        ending.onSignal([] { _exit(7); });
        _exit(1);
      },
      testing::ExitedWithCode(7), "");
}

TEST_F(EndingDeathTest, AStopThatHangsEndsWithStatusZero) {
  EXPECT_EXIT(
      {
        Ending ending(50ms);
        kill(getpid(), SIGTERM);
        std::latch(1).wait();
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(EndingDeathTest, ARestartThatHangsIsDoneAllTheSame) {
  EXPECT_EXIT(
      {
        Ending ending(50ms);
        ending.begin([] { _exit(7); });
        std::latch(1).wait();
      },
      testing::ExitedWithCode(7), "");
}

TEST_F(EndingDeathTest, ASignalDuringARestartEndsTheProcess) {
  EXPECT_EXIT(
      {
        Ending ending(50ms);
        ending.begin([] { _exit(7); });
        kill(getpid(), SIGTERM);
        std::latch(1).wait();
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(EndingDeathTest, ASignalAfterTheStopWaitsForTheNextProgram) {
  EXPECT_EXIT(
      {
        Ending ending(20s);
        ending.finish();
        kill(getpid(), SIGTERM);
        sigset_t waiting;
        sigpending(&waiting);
        _exit(sigismember(&waiting, SIGTERM) == 1 && !ending.signalled() ? 7 : 1);
      },
      testing::ExitedWithCode(7), "");
}

TEST_F(EndingDeathTest, AnOrderlyStopInTimeIsLeftAlone) {
  EXPECT_EXIT(
      {
        {
          Ending ending(20s);
          kill(getpid(), SIGTERM);
          while (!ending.signalled()) std::this_thread::yield();
        }
        _exit(7);
      },
      testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace blupow::app
