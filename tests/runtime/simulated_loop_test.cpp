#include "runtime/simulated_loop.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace blupow::runtime {
namespace {

using namespace std::chrono_literals;

class SimulatedLoopTest : public testing::Test {
 protected:
  Task note(int number) {
    return [this, number] { seen.push_back(number); };
  }

  SimulatedLoop loop;
  std::vector<int> seen;
};

TEST_F(SimulatedLoopTest, TasksRunInTheOrderOfTheirPostsOnlyWhenSettled) {
  loop.post("one", note(1));
  loop.post("two", note(2));
  EXPECT_TRUE(seen.empty());
  loop.settle();
  EXPECT_EQ(seen, (std::vector{1, 2}));
}

TEST_F(SimulatedLoopTest, TimersRunInTheOrderOfTheirTimes) {
  const Timer late = loop.at(loop.now() + 2s, "late", note(2));
  const Timer early = loop.at(loop.now() + 1s, "early", note(1));
  loop.advance(999ms);
  EXPECT_TRUE(seen.empty());
  loop.advance(10s);
  EXPECT_EQ(seen, (std::vector{1, 2}));
}

TEST_F(SimulatedLoopTest, ADestroyedTimerNeverRuns) {
  {
    const Timer timer = loop.at(loop.now() + 1s, "gone", note(1));
  }
  loop.advance(2s);
  EXPECT_TRUE(seen.empty());
}

TEST_F(SimulatedLoopTest, ATimerMayArmItselfAnew) {
  Timer timer;
  std::move_only_function<void()> again = [&] {
    seen.push_back(static_cast<int>(seen.size()));
    timer = loop.at(loop.now() + 1s, "again", [&] { again(); });
  };
  again();
  loop.advance(3s);
  EXPECT_EQ(seen.size(), 4U);
}

TEST_F(SimulatedLoopTest, WallClockMovesWithTime) {
  const auto before = loop.wallNow();
  loop.advance(90s);
  EXPECT_EQ(loop.wallNow() - before, 90s);
}

TEST_F(SimulatedLoopTest, WorkRunsItsJobThenItsEnd) {
  loop.work("job", note(1), note(2));
  loop.settle();
  EXPECT_EQ(seen, (std::vector{1, 2}));
}

}  // namespace
}  // namespace blupow::runtime
