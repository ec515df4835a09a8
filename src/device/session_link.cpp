// Session: getting the link up and down, and what follows a failure.
#include <algorithm>
#include <iterator>
#include <utility>

#include "device/session.hpp"

namespace blupow::device {

namespace {
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kResolve = seconds(20);
constexpr Duration kDisconnect = seconds(5);
constexpr Duration kTurn = seconds(60);         // queueing for a turn; then asked anew, should the answer have got lost
constexpr Duration kHeardLately = seconds(30);  // our discovery pauses while others connect
constexpr Duration kLockout = seconds(3);       // modules refuse for some seconds after a failed attempt or a disconnect
constexpr Duration kAtOnce = milliseconds(250);
constexpr int kQuickFailures = 3;            // in a row that are retried at once
constexpr Duration kSlotAgain = seconds(1);  // the gateway makes room meanwhile
constexpr Duration kRadioAgain = seconds(15);
// A device that advertises all the while is tried again after this at the latest: longer than the 8 s for which a module may refuse after a failure.
constexpr Duration kHeardCut = seconds(12);
}  // namespace

bool Session::heardLately() const { return heard_at_ && now_ - *heard_at_ <= kHeardLately; }

void Session::seekLink() {
  if (link_ != LinkUse::none || now_ < wanted_from_ || now_ < lockout_until_) return;
  if (present_) {
    endTurn();
    present_ = false;
    link_ = LinkUse::adopted;
    move(Cause::present, State::resolving);
    resolve();
    return;
  }
  if (turn_ == Turn::asked && now_ >= turn_by_) endTurn();
  if (turn_ == Turn::none && heardLately()) {
    turn_ = Turn::asked;
    turn_by_ = now_ + kTurn;
    out_.push_back(action::AskTurn{});
  }
}

TimePoint Session::seekDeadline() const {
  if (link_ != LinkUse::none) return kNever;
  if (turn_ == Turn::asked) return turn_by_;
  const TimePoint from = std::max(wanted_from_, lockout_until_);
  return from > now_ ? from : kNever;  // else an advertisement is awaited
}

// Those that a device not yet known may be of.
std::vector<profile::ProfilePtr> Session::families() const {
  if (config_.type) return {config_.type};
  std::vector<profile::ProfilePtr> all;
  // A device that speaks unasked may have the characteristics of the others as well: its own are looked for first.
  for (const bool unasked : {true, false}) {
    std::ranges::copy_if(catalogue_.all(), std::back_inserter(all),
                         [&](const auto& family) { return family->stream.has_value() == unasked && (unasked || !family->identify.empty()); });
  }
  return all;
}

// Those of them that speak through the characteristics of this link.
std::vector<profile::ProfilePtr> Session::familiesHere() const {
  std::vector<profile::ProfilePtr> here = families();
  std::erase_if(here, [this](const auto& family) { return family->gatt != gatt_; });
  return here;
}

void Session::resolve() {
  if (units_.empty() || identify_wanted_) {
    candidates_ = families();
  } else {
    candidates_.clear();
    for (const UnitPoller& unit : units_) candidates_.push_back(unit.identity().family);
  }
  paths_.clear();
  for (const auto& family : candidates_) {
    if (std::ranges::find(paths_, family->gatt) == paths_.end()) paths_.push_back(family->gatt);
  }
  step_by_ = now_ + kResolve;
  out_.push_back(action::Resolve{paths_});
}

void Session::endTurn() {
  if (std::exchange(turn_, Turn::none) != Turn::none) out_.push_back(action::EndTurn{});
}

// A turn that was granted ends with the link: until then the connect may go on below.
void Session::closeLink(bool lockout) {
  exchange_.reset(now_);
  identification_.reset();
  if (turn_ == Turn::asked) endTurn();
  if (link_ == LinkUse::none) return;
  lock_after_ = lockout;
  if (link_ == LinkUse::closing) return;
  was_up_ = state_ != State::connecting;
  link_ = LinkUse::closing;
  down_by_ = now_ + kDisconnect;
  out_.push_back(action::Disconnect{});
}

void Session::linkDown() {
  link_ = LinkUse::none;
  present_ = false;
  down_by_ = kNever;
  quiet_since_ = now_;
  endTurn();
  if (std::exchange(lock_after_, false)) lockout_until_ = now_ + kLockout;
}

void Session::failed(const Failure& failure) {
  const bool adopted = link_ == LinkUse::adopted;
  say(false, std::string(name(state_)) + ": " + failure.text);
  if (in({State::connecting, State::resolving, State::subscribing}) && !adopted) judgeConnectFailure();
  abortPoll();
  if (adopted && failure.kind == FailureKind::in_use) {
    // Another program on this host works with the device: its link is left alone.
    link_ = LinkUse::none;
    present_ = true;
    exchange_.reset(now_);
  } else {
    closeLink(failure.kind != FailureKind::retry_now && failure.kind != FailureKind::no_slot);
    const bool radio = failure.kind == FailureKind::adapter_gone || failure.kind == FailureKind::daemon_gone || failure.kind == FailureKind::access_denied;
    if (adopted && !radio) {
      move(Cause::stale_link, State::waiting);
      return;
    }
  }
  afterFailure(failure);
}

void Session::afterFailure(const Failure& failure) {
  switch (failure.kind) {
    case FailureKind::adapter_gone:
    case FailureKind::daemon_gone:
    case FailureKind::access_denied:
      standing_ = failure.kind == FailureKind::adapter_gone  ? ConnectionReason::adapter_off
                  : failure.kind == FailureKind::daemon_gone ? ConnectionReason::bluetoothd_not_running
                                                             : ConnectionReason::access_denied;
      retry_at_ = now_ + kRadioAgain;
      move(Cause::radio_gone, State::absent);
      break;
    case FailureKind::no_slot:
      standing_ = ConnectionReason::connecting;
      wanted_from_ = std::max(wanted_from_, now_ + kSlotAgain);
      move(Cause::no_slot, State::waiting);
      break;
    case FailureKind::device_absent:
      heard_at_.reset();
      move(Cause::absent_device, State::waiting);
      break;
    case FailureKind::in_use:
      standing_ = ConnectionReason::used_by_another_program;
      backOff(failure, Cause::failed);
      break;
    default:
      backOff(failure, Cause::failed);
      break;
  }
}

void Session::backOff(const Failure& failure, Cause cause) {
  if (failure.kind == FailureKind::retry_now && quick_failures_ < kQuickFailures) {
    ++quick_failures_;
    resume_at_ = cut_from_ = now_ + kAtOnce;
  } else {
    const Duration wait = back_off_.next();
    resume_at_ = now_ + wait;
    // Advertising does not make one of our devices out of a stranger.
    const bool stranger = failure.kind == FailureKind::rejected && units_.empty();
    cut_from_ = stranger ? resume_at_ : now_ + std::min(wait, kHeardCut);
  }
  move(cause, State::backing_off);
}

void Session::leaveRelease() {
  wanted_from_ = quiet_since_ = next_poll_ = now_;
  standing_ = ConnectionReason::connecting;
  if (radio_.state == RadioState::ready) {
    move(Cause::resumed, State::waiting);
  } else {
    move(Cause::radio_gone, State::absent);
  }
}

}  // namespace blupow::device
