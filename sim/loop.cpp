#include "sim/loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>

namespace blupow::sim {

namespace asio = boost::asio;

namespace {

// Asio calls the handler of a timer that was cancelled too late as well: the flag tells.
class AsioTimer final : public Timer::Handle {
 public:
  AsioTimer(asio::io_context& context, Milliseconds delay, Loop::Task task) : state_(std::make_shared<State>(context, std::move(task))) {
    state_->timer.expires_after(delay);
    state_->timer.async_wait([state = state_](const boost::system::error_code& error) {
      if (!error && !state->cancelled) state->task();
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
    State(asio::io_context& context, Loop::Task what) : timer(context), task(std::move(what)) {}
    asio::steady_timer timer;
    Loop::Task task;
    bool cancelled = false;
  };
  std::shared_ptr<State> state_;
};

}  // namespace

struct Loop::Parts {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
  asio::signal_set signals{context};
};

Loop::Loop() : parts_(std::make_unique<Parts>()) {}
Loop::~Loop() = default;

void Loop::post(Task task) { asio::post(parts_->context, std::move(task)); }

Timer Loop::after(Milliseconds delay, Task task) { return Timer(std::make_unique<AsioTimer>(parts_->context, delay, std::move(task))); }

std::chrono::steady_clock::time_point Loop::now() const { return std::chrono::steady_clock::now(); }

void Loop::run() { parts_->context.run(); }

void Loop::stop() { parts_->context.stop(); }

void Loop::onTermination(Task task) {
  parts_->signals.add(SIGTERM);
  parts_->signals.add(SIGINT);
  parts_->signals.async_wait([task = std::move(task)](const boost::system::error_code& error, int) {
    if (!error) task();
  });
}

asio::io_context& Loop::context() { return parts_->context; }

}  // namespace blupow::sim
