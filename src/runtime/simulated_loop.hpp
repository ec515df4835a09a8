// A loop for tests whose time moves only when the test says so. Same order of tasks and timers for the same calls. One thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <utility>

#include "runtime/loop.hpp"

namespace blupow::runtime {

class SimulatedLoop final : public Loop {
 public:
  explicit SimulatedLoop(WallTime start = WallTime(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)));

  TimePoint now() const override { return now_; }
  WallTime wallNow() const override;
  void post(std::string_view name, Task task) override;
  [[nodiscard]] Timer at(TimePoint when, std::string_view name, Task task) override;
  void work(std::string_view name, Task job, Task done) override;  // the job runs as a posted task

  // Runs what is queued and due without moving time.
  void settle();
  // Moves time on, running everything that falls due on the way in order of time.
  void advance(Duration by);
  // Somebody sets the clock that people read.
  void stepWallClock(Duration by) { start_ += std::chrono::duration_cast<std::chrono::milliseconds>(by); }

 private:
  struct Queue;
  TimePoint now_;
  WallTime start_;
  std::deque<Task> tasks_;
  std::shared_ptr<Queue> queue_;
};

}  // namespace blupow::runtime
