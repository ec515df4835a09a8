#include "gateway/connect_arbiter.hpp"

#include <algorithm>

namespace blupow::gateway {

namespace {

constexpr Duration kTryMore = std::chrono::minutes(10);     // another program's links may have gone meanwhile
constexpr Duration kNoSlotPause = std::chrono::seconds(4);  // slots full: wait about 4 s (bleak-retry-connector)
constexpr Duration kTrust = std::chrono::minutes(30);
constexpr int kSuspicious = 4;  // connects in a row that fail while links of ours are up

bool mayMeanFull(FailureKind kind) { return kind == FailureKind::retry_now || kind == FailureKind::retry_later; }

}  // namespace

void ConnectArbiter::enter(Candidate& candidate) { candidates_.push_back(&candidate); }

void ConnectArbiter::leave(Candidate& candidate) {
  std::erase(candidates_, &candidate);
  refusers_.erase(&candidate);
  if (yielding_ == &candidate) yielding_ = nullptr;
  end(candidate);
}

void ConnectArbiter::ask(Candidate& candidate, bool urgent) {
  const auto in = [&](const std::deque<Candidate*>& queue) { return std::ranges::find(queue, &candidate) != queue.end(); };
  if (turn_ == &candidate || in(urgent_) || in(queue_)) return;
  (urgent ? urgent_ : queue_).push_back(&candidate);
  look();
}

void ConnectArbiter::end(Candidate& candidate) {
  std::erase(urgent_, &candidate);
  std::erase(queue_, &candidate);
  if (turn_ == &candidate) turn_ = nullptr;
  look();
}

void ConnectArbiter::connected(Candidate& /*candidate*/) {
  failures_ = 0;
  refusers_.clear();
  suspected_ = false;
  if (limit_ && held() > *limit_) {
    limit_ = held();
    try_more_ = loop_.now() + kTryMore;
  }
}

Failure ConnectArbiter::judge(Candidate& candidate, Failure failure) {
  const std::size_t others = held() - (candidate.holdsLink() ? 1 : 0);
  if (failure.kind == FailureKind::no_slot) {
    full(others);
    return failure;
  }
  if (!mayMeanFull(failure.kind)) return failure;
  if (suspected_) {  // there was room this time, and it failed all the same: it is not the slots
    limit_.reset();
    suspected_ = false;
    trust_ = loop_.now() + kTrust;
    return failure;
  }
  ++failures_;
  refusers_.insert(&candidate);
  if (limit_ || others == 0 || failures_ < kSuspicious || loop_.now() < trust_ || !everyOtherRefuses()) return failure;
  full(others);
  suspected_ = true;
  return {FailureKind::no_slot, failure.text};
}

void ConnectArbiter::linksChanged() { look(); }

void ConnectArbiter::radioGone() {
  limit_.reset();
  suspected_ = false;
  failures_ = 0;
  refusers_.clear();
  not_before_ = TimePoint::min();
  yielding_ = nullptr;
}

// A held link goes to and from idle at every poll: that is nothing to wake for while nobody asks.
void ConnectArbiter::look() {
  if (yielding_ != nullptr && !yielding_->holdsLink()) yielding_ = nullptr;
  if (urgent_.empty() && queue_.empty()) return;
  soon_ = loop_.at(loop_.now(), "connect arbiter", [this] { decide(); });
}

void ConnectArbiter::decide() {
  std::deque<Candidate*>& queue = urgent_.empty() ? queue_ : urgent_;
  if (turn_ != nullptr || queue.empty()) return;
  if (loop_.now() < not_before_) {
    retry_ = loop_.at(not_before_, "connect arbiter", [this] { decide(); });
    return;
  }
  if (!slotFree()) {
    makeRoom();
    return;
  }
  turn_ = queue.front();
  queue.pop_front();
  turn_->turnGranted();
}

std::size_t ConnectArbiter::held() const {
  return static_cast<std::size_t>(std::ranges::count_if(candidates_, [](const Candidate* candidate) { return candidate->holdsLink(); }));
}

bool ConnectArbiter::slotFree() {
  if (!limit_ || held() < *limit_) return true;
  if (loop_.now() < try_more_) return false;
  try_more_ = loop_.now() + kTryMore;
  return true;
}

void ConnectArbiter::makeRoom() {
  if (yielding_ != nullptr) return;
  const auto longest = std::ranges::min_element(candidates_, {}, [](const Candidate* candidate) { return candidate->idleSince(); });
  if (longest == candidates_.end() || (*longest)->idleSince() == kNever) return;  // all at work: linksChanged() comes when one is done
  yielding_ = *longest;
  yielding_->yieldLink();
}

void ConnectArbiter::full(std::size_t links) {
  limit_ = std::max<std::size_t>(links, 1);
  try_more_ = loop_.now() + kTryMore;
  if (links == 0) not_before_ = loop_.now() + kNoSlotPause;
}

bool ConnectArbiter::everyOtherRefuses() const {
  return std::ranges::all_of(candidates_, [this](Candidate* candidate) { return candidate->holdsLink() || refusers_.contains(candidate); });
}

}  // namespace blupow::gateway
