// The simulator's own loop, on Boost.Asio, on one thread: everything in sim/ runs on it. A task that throws ends the program: it is a bug.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace blupow::sim {

using Milliseconds = std::chrono::milliseconds;

// A task that waits; destroying the handle cancels it.
class Timer {
 public:
  class Handle {
   public:
    virtual ~Handle() = default;
  };

  Timer() = default;
  explicit Timer(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}

  void cancel() { handle_.reset(); }

 private:
  std::unique_ptr<Handle> handle_;
};

class Loop {
 public:
  using Task = std::function<void()>;

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void post(Task task);
  [[nodiscard]] Timer after(Milliseconds delay, Task task);  // the task may replace its own timer
  std::chrono::steady_clock::time_point now() const;

  void run();  // until stop()
  void stop();
  void onTermination(Task task);  // SIGTERM or SIGINT

  boost::asio::io_context& context();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace blupow::sim
