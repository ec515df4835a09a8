// Session: a link whose unit speaks unasked. Nothing is ever written to it: the first frame that can be believed identifies it, a poll takes the newest.
#include <algorithm>
#include <utility>

#include "device/session.hpp"
#include "profile/decode.hpp"

namespace blupow::device {

namespace {
using std::chrono::seconds;

constexpr Duration kFirstFrame = seconds(10);  // of a device not yet known; a whole frame has come within 3 s (renogy-ble)
constexpr Duration kStaleLink = seconds(5);    // on a link found up
constexpr Duration kSilence = seconds(30);
constexpr Duration kFresh = seconds(5);  // a poll waits for the next frame when the newest is older
}  // namespace

// The link's characteristics are those of its candidates: if one of them is a stream's, all are.
void Session::startStream() {
  stream_.reset();
  frame_.reset();
  frame_implausible_ = false;
  if (candidates_.empty() || !candidates_.front()->stream) return;
  stream_.emplace(*candidates_.front()->stream);
  const bool unknown = units_.empty() || identify_wanted_;
  frame_by_ = now_ + (link_ == LinkUse::adopted ? kStaleLink : unknown ? kFirstFrame : kSilence);
}

void Session::streamed(ByteView bytes) {
  if (!in({State::identifying, State::polling, State::idle})) return;
  const auto frame = stream_->feed(bytes);
  if (!frame) return;
  const profile::Profile& family = state_ == State::identifying ? *candidates_.front() : units_.front().variant();
  profile::Decoded decoded = profile::decodeStream(family, frame->bytes);
  if (!decoded.implausible.empty()) {
    if (!std::exchange(frame_implausible_, true)) say(true, "a frame is implausible and not believed: " + decoded.implausible.front());
    return;
  }
  if (decoded.readings.empty()) return;
  if (std::exchange(frame_implausible_, false)) say(true, "frames are plausible again");
  frame_ = HeardFrame{.decoded = std::move(decoded), .whole = frame->whole, .at = now_};
  frame_by_ = now_ + kSilence;
  if (link_ == LinkUse::adopted) link_ = LinkUse::ours;
}

// Identifying: whether the first frame is still waited for, or was in vain.
bool Session::awaitFrame() {
  if (frame_) return false;
  ask_at_ = frame_by_;
  if (now_ < frame_by_) return true;
  if (link_ == LinkUse::adopted) {
    failed({FailureKind::retry_later, "the link that was up is silent"});
    return true;
  }
  const Failure failure = frame_implausible_ ? Failure{FailureKind::protocol, "corrupt frames only"} : Failure{FailureKind::retry_later, "it says nothing"};
  notIdentified(failure, "waited for a frame of " + candidates_.front()->name + ": " + failure.text);
  return true;
}

void Session::pollStream() {
  if (frame_ && now_ - frame_->at <= kFresh) {
    units_.front().streamed(frame_->decoded, frame_->whole, frame_->at);
    frame_.reset();
    alive();
    while (!to_ask_.empty()) endUnit();
    endPoll();
    return;
  }
  ask_at_ = frame_by_;
  if (now_ < frame_by_) return;
  if (link_ == LinkUse::adopted) {
    failed({FailureKind::retry_later, "the link that was up is silent"});
    return;
  }
  to_ask_.clear();
  poll_ok_ = false;
  poll_corrupt_ = frame_implausible_;
  endPoll();
}

}  // namespace blupow::device
