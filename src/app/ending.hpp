// The end of the service: SIGTERM and SIGINT ask for an orderly stop, and when that takes too long the process ends all the same, whatever hangs.
// It has a thread of its own, so that a loop that is held holds nothing up. Make it first: threads made later inherit that the signals are blocked.
#pragma once

#include <functional>
#include <mutex>
#include <thread>

#include "core/time.hpp"

namespace blupow::app {

class Ending {
 public:
  explicit Ending(Duration bound);
  ~Ending();  // as finish()
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;

  // Calls it at the first signal, on another thread; at once when that came before. Empty = nobody.
  void onSignal(std::function<void()> task);
  bool signalled() const;

  // The orderly stop is done. A signal that comes from now on is not taken: it waits for the program that this process executes next.
  void finish();

  // A stop for another reason begins: last() in place of the end when the bound passes and no signal came.
  void begin(std::function<void()> last);

 private:
  void watch();
  void took();  // a signal
  void late();  // the bound has passed

  const Duration bound_;
  int signals_ = -1;
  int wake_ = -1;
  mutable std::mutex mutex_;
  std::function<void()> task_;
  std::function<void()> last_;
  TimePoint deadline_ = kNever;
  bool signalled_ = false;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace blupow::app
