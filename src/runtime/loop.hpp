// The loop that owns everything: time, tasks and timers on one thread, blocking jobs on one worker. Two kinds: Asio's (asio_loop.hpp) and a
// simulated one (simulated_loop.hpp) whose time moves only when a test says so.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "core/time.hpp"

namespace blupow::runtime {

using Task = std::move_only_function<void()>;

// One armed timer. Destroying or moving over it disarms it; its task then never runs. Timers go before their loop.
class Timer {
 public:
  class Handle {
   public:
    virtual ~Handle() = default;
  };

  Timer() = default;
  explicit Timer(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}

  void cancel() { handle_.reset(); }
  explicit operator bool() const { return handle_ != nullptr; }  // armed once (it may have run since)

 private:
  std::unique_ptr<Handle> handle_;
};

class Loop {
 public:
  virtual ~Loop() = default;

  virtual TimePoint now() const = 0;     // monotonic: everything that waits
  virtual WallTime wallNow() const = 0;  // what people read

  // Runs the task on the loop's thread, later, in the order of the posts. From any thread. The name (a literal) stands in the log when a
  // task takes longer than 50 ms.
  virtual void post(std::string_view name, Task task) = 0;

  // Runs the task on the loop's thread at the given time or soon after. Loop thread only.
  [[nodiscard]] virtual Timer at(TimePoint when, std::string_view name, Task task) = 0;

  // Runs the job on the worker thread (it may block; one job at a time, in order), then done on the loop. Loop thread only.
  virtual void work(std::string_view name, Task job, Task done) = 0;
};

}  // namespace blupow::runtime
