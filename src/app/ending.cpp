#include "app/ending.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <utility>

namespace blupow::app {

namespace {

sigset_t endSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

// As poll() takes it: rounded up, so that the deadline has passed when it returns.
int millisecondsUntil(TimePoint deadline) {
  if (deadline == kNever) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

}  // namespace

Ending::Ending(Duration bound) : bound_(bound) {
  const sigset_t set = endSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  wake_ = eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] { watch(); });
}

Ending::~Ending() {
  finish();
  close(wake_);
  close(signals_);
}

void Ending::finish() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  eventfd_write(wake_, 1);
  thread_.join();
}

void Ending::onSignal(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  task_ = std::move(task);
  if (signalled_ && task_) task_();
}

bool Ending::signalled() const {
  const std::lock_guard lock(mutex_);
  return signalled_;
}

void Ending::begin(std::function<void()> last) {
  {
    const std::lock_guard lock(mutex_);
    last_ = std::move(last);
    deadline_ = std::min(deadline_, Clock::now() + bound_);
  }
  eventfd_write(wake_, 1);
}

void Ending::watch() {
  while (true) {
    TimePoint deadline;
    {
      const std::lock_guard lock(mutex_);
      if (done_) return;
      deadline = deadline_;
    }
    std::array<pollfd, 2> waiting{{{.fd = signals_, .events = POLLIN, .revents = 0}, {.fd = wake_, .events = POLLIN, .revents = 0}}};
    poll(waiting.data(), waiting.size(), millisecondsUntil(deadline));
    signalfd_siginfo info{};
    if (waiting[0].revents != 0 && read(signals_, &info, sizeof info) == sizeof info) took();
    eventfd_t ignored = 0;
    if (waiting[1].revents != 0) eventfd_read(wake_, &ignored);
    if (Clock::now() >= deadline) late();
  }
}

void Ending::took() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(signalled_, true)) return;
  deadline_ = std::min(deadline_, Clock::now() + bound_);
  if (task_) task_();
}

// Nothing is logged here: the thread that hangs may hold the log.
void Ending::late() {
  const std::lock_guard lock(mutex_);
  if (done_) return;
  if (last_ && !signalled_) last_();
  _exit(0);
}

}  // namespace blupow::app
