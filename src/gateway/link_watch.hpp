// How one link fares: counts what happens to it and says when its status is to be told: at once after a change of reason, a hand-over, a resume or
// a write, else at most once a minute and only on change. Loop thread.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "gateway/events.hpp"
#include "runtime/loop.hpp"

namespace blupow::gateway {

class LinkWatch {
 public:
  // tell: the status is to be published. Never called inside a call of the watch.
  LinkWatch(runtime::Loop& loop, std::function<void()> tell);

  const LinkStatus& status() const { return status_; }

  void heard(int rssi);
  void up();      // a link was made, or one that was up is used
  void broken();  // it was lost, or a step of making it failed: the next one is a reconnect
  void polled(bool ok, Duration taken);
  void reasonChanged() { tellSoon(); }
  void handedOver(WallTime until);
  void takenBack();
  void written(std::string sentence);  // what became of the last write; longer than 255 characters it is cut

 private:
  void tellSoon();
  void tellLater();
  void tellAt(TimePoint when);

  runtime::Loop& loop_;
  std::function<void()> tell_;
  LinkStatus status_;
  std::deque<bool> polls_;  // the last ones, whether they were answered
  bool was_up_ = false;
  bool broken_ = false;
  TimePoint told_;  // begins a minute ago: the first change is told at once
  TimePoint due_ = kNever;
  runtime::Timer timer_;
};

}  // namespace blupow::gateway
