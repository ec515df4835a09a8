// Who may connect next on one adapter: one connect at a time, in the order of asking. Controllers carry few links: once one more was refused for
// want of a slot, no more are held at once than were up, and who waits takes the place of the link that has been idle longest. Loop thread.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "core/failure.hpp"
#include "core/time.hpp"
#include "runtime/loop.hpp"

namespace blupow::gateway {

class ConnectArbiter {
 public:
  // A link that may want to connect.
  class Candidate {
   public:
    virtual ~Candidate() = default;
    virtual void turnGranted() = 0;
    virtual void yieldLink() = 0;             // give the link up for another; it is idle
    virtual bool holdsLink() const = 0;       // from Connect until the link is down
    virtual TimePoint idleSince() const = 0;  // kNever unless idle
  };

  explicit ConnectArbiter(runtime::Loop& loop) : loop_(loop) {}
  ConnectArbiter(const ConnectArbiter&) = delete;
  ConnectArbiter& operator=(const ConnectArbiter&) = delete;

  void enter(Candidate& candidate);
  void leave(Candidate& candidate);  // also gives back its turn

  // Never grants inside the call. An urgent one (a person waits) comes before the others.
  void ask(Candidate& candidate, bool urgent);
  void end(Candidate& candidate);  // the turn is over, or is not wanted any more

  void connected(Candidate& candidate);
  // The failure of a connect as the session is to take it: no_slot when the controller is full, whatever the text was.
  Failure judge(Candidate& candidate, Failure failure);

  void linksChanged();  // a link went down or became idle
  void radioGone();     // what was learned of the controller is void

  std::optional<std::size_t> slotLimit() const { return limit_; }

 private:
  void look();  // soon, on the loop
  void decide();
  std::size_t held() const;
  bool slotFree();
  void makeRoom();
  void full(std::size_t links);
  bool everyOtherRefuses() const;

  runtime::Loop& loop_;
  runtime::Timer soon_;
  runtime::Timer retry_;
  std::vector<Candidate*> candidates_;
  std::deque<Candidate*> urgent_;  // first come, first served in each
  std::deque<Candidate*> queue_;
  Candidate* turn_ = nullptr;
  Candidate* yielding_ = nullptr;  // asked to give its link up, still holds it

  std::optional<std::size_t> limit_;         // links at once; nothing = not met yet
  TimePoint try_more_ = kNever;              // then one more than the limit is tried
  TimePoint not_before_ = TimePoint::min();  // no connect before this: there was no slot though no link of ours is up

  bool suspected_ = false;              // the limit was taken from failures with another text
  TimePoint trust_ = TimePoint::min();  // no such suspicion before this: the last one was wrong
  int failures_ = 0;                    // connects in a row that failed
  std::set<Candidate*> refusers_;       // whose
};

}  // namespace blupow::gateway
