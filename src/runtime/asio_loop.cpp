#include "runtime/asio_loop.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>

namespace blupow::runtime {

namespace asio = boost::asio;

namespace {

constexpr auto kSlow = std::chrono::milliseconds(50);
constexpr auto kTooSlow = std::chrono::seconds(1);  // devices' answers may be late by it

// A busy machine holds every program up for a moment, which no user can change: a warning is what lasts.
void runTimed(std::string_view name, Task& task) {
  const auto begin = Clock::now();
  task();
  const auto taken = Clock::now() - begin;
  if (taken <= kSlow) return;
  const auto level = taken < kTooSlow ? spdlog::level::debug : spdlog::level::warn;
  spdlog::log(level, "the loop was held for {} ms by '{}'", std::chrono::duration_cast<std::chrono::milliseconds>(taken).count(), name);
}

// The timer outlives its handle by a moment: Asio calls the handler of a cancelled wait too. The flag tells the two apart.
class AsioTimer final : public Timer::Handle {
 public:
  AsioTimer(asio::io_context& context, TimePoint when, std::string_view name, Task task) : state_(std::make_shared<State>(context, std::move(task))) {
    state_->timer.expires_at(when);
    state_->timer.async_wait([state = state_, name](const boost::system::error_code& error) {
      if (error || state->cancelled) return;
      runTimed(name, state->task);
    });
  }
  ~AsioTimer() override {
    state_->cancelled = true;
    state_->timer.cancel();
  }
  AsioTimer(const AsioTimer&) = delete;
  AsioTimer& operator=(const AsioTimer&) = delete;

 private:
  struct State {
    State(asio::io_context& context, Task what) : timer(context), task(std::move(what)) {}
    asio::steady_timer timer;
    Task task;
    bool cancelled = false;
  };
  std::shared_ptr<State> state_;
};

}  // namespace

struct AsioLoop::Parts {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
  asio::signal_set signals{context};
  asio::thread_pool worker{1};
  std::move_only_function<void(int)> signalTask;

  void waitForSignal() {
    signals.async_wait([this](const boost::system::error_code& error, int number) {
      if (error) return;
      if (signalTask) signalTask(number);
      waitForSignal();
    });
  }
};

AsioLoop::AsioLoop() : parts_(std::make_unique<Parts>()) {}

AsioLoop::~AsioLoop() {
  parts_->worker.stop();
  parts_->worker.join();
}

TimePoint AsioLoop::now() const { return Clock::now(); }

WallTime AsioLoop::wallNow() const { return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

void AsioLoop::post(std::string_view name, Task task) {
  asio::post(parts_->context, [name, task = std::move(task)]() mutable { runTimed(name, task); });
}

Timer AsioLoop::at(TimePoint when, std::string_view name, Task task) {
  return Timer(std::make_unique<AsioTimer>(parts_->context, when, name, std::move(task)));
}

void AsioLoop::work(std::string_view name, Task job, Task done) {
  asio::post(parts_->worker, [this, name, job = std::move(job), done = std::move(done)]() mutable {
    job();
    post(name, std::move(done));
  });
}

void AsioLoop::run() { parts_->context.run(); }

void AsioLoop::stop() { parts_->context.stop(); }

void AsioLoop::onSignal(std::move_only_function<void(int)> task) {
  const bool first = !parts_->signalTask;
  parts_->signalTask = std::move(task);
  if (!first) return;
  parts_->signals.add(SIGTERM);
  parts_->signals.add(SIGINT);
  parts_->waitForSignal();
}

asio::io_context& AsioLoop::context() { return parts_->context; }

}  // namespace blupow::runtime
