// Session: what is said over the link, identification and polls.
#include <algorithm>
#include <utility>

#include "device/session.hpp"

namespace blupow::device {

namespace {
constexpr std::size_t kSilencesOfAStaleLink = 2;  // probes on a link found up
constexpr int kSilentPolls = 3;                   // in a row; then the unit may have another id and is recognised anew
constexpr int kAllDays = 1000;                    // of all units: before a link is given up
}  // namespace

// Whether the line is taken: an answer is awaited. A request that was given up by now is told in expired.
bool Session::lineBusy(std::optional<Failure>& expired) {
  if (!exchange_.busy()) return false;
  expired = exchange_.expire(now_);
  if (expired) return false;
  if (auto bytes = exchange_.rewrite(now_)) out_.push_back(action::Write{std::move(*bytes)});
  return true;
}

void Session::answered(const Result<modbus::Answer>& result) {
  if (state_ == State::identifying) {
    if (result) {
      identification_->answered(*result);
    } else {
      identification_->failed(result.error());
    }
  } else if (asked_ != Asked::block) {
    errandAnswered(result);
  } else if (result) {
    units_[asked_unit_].answered(result->words, now_);
    alive();
  } else {
    units_[asked_unit_].failed(result.error());
  }
  if (link_ == LinkUse::adopted) link_ = LinkUse::ours;
}

// A device of ours says something that is to be believed.
void Session::alive() {
  back_off_.reset();
  quick_failures_ = connect_failures_ = silent_polls_ = 0;
  standing_ = ConnectionReason::connected;
}

void Session::ask(Asked asked, const modbus::Request& request, Duration timeout) {
  asked_ = asked;
  out_.push_back(action::Write{exchange_.begin(request, timeout, now_)});
}

void Session::startIdentifying(Cause cause) {
  candidates_ = families();
  std::erase_if(candidates_, [&](const auto& family) { return family->gatt != gatt_; });
  const std::string first = units_.empty() ? catalogue_.guess(config_.advertised_name) : units_.front().identity().family->type;
  identification_.emplace(candidates_, first);
  move(cause, State::identifying);
}

void Session::identify() {
  if (stream_ && awaitFrame()) return;
  std::optional<Failure> expired;
  if (lineBusy(expired)) return;
  if (expired) identification_->failed(*expired);
  if (identification_->done()) {
    if (identification_->found().empty()) {
      notIdentified(identification_->failure(), identification_->answers());
    } else {
      identified();
    }
    return;
  }
  if (link_ == LinkUse::adopted && identification_->silences() >= kSilencesOfAStaleLink) {
    failed({FailureKind::retry_later, "the link that was up does not answer"});
    return;
  }
  const modbus::Request request = identification_->next();
  ask_at_ = exchange_.readyAt();
  if (now_ < ask_at_) return;
  pause_ = candidates_.front()->pause_between_requests;
  out_.push_back(action::Write{exchange_.begin(request, Identification::kProbeTimeout, now_)});
}

void Session::identified() {
  std::vector<UnitPoller> former = std::exchange(units_, {});
  for (const UnitIdentity& identity : identification_->found()) {
    UnitPoller unit(identity, config_.advertised_name);
    const auto same = std::ranges::find_if(former, [&](const UnitPoller& known) { return known.identity().family->type == identity.family->type; });
    if (same != former.end()) {
      unit.inherit(std::move(*same));
      former.erase(same);
    }
    units_.push_back(std::move(unit));
  }
  identification_.reset();
  identify_wanted_ = false;
  silent_polls_ = 0;
  exchange_.reset(exchange_.readyAt());  // the unit that answered is none of those that were silent
  out_.push_back(action::Identified{});
  startPoll(Cause::recognised);
}

void Session::notIdentified(const Failure& failure, const std::string& answers) {
  out_.push_back(action::NotIdentified{failure, answers});
  identification_.reset();
  if (!units_.empty()) {
    // Known from earlier: perhaps only this time it was not understood.
    identify_wanted_ = false;
    silent_polls_ = 0;
    exchange_.reset(exchange_.readyAt());
    startPoll(Cause::units_known);
    return;
  }
  standing_ = failure.kind == FailureKind::protocol ? ConnectionReason::corrupt_answers : ConnectionReason::no_answer;
  closeLink(true);
  backOff(failure, Cause::not_recognised);
}

// A held link is polled from start to start; one that is made for each poll from the moment at which it was wanted.
void Session::startPoll(Cause cause) {
  poll_started_ = now_;
  poll_from_ = config_.keep_connected ? now_ : std::max(wanted_from_, now_ - pace_.interval());
  next_poll_ = poll_from_ + pace_.interval();
  poll_ok_ = poll_running_ = true;
  days_left_ = config_.keep_connected ? 1 : kAllDays;
  poll_alive_ = poll_corrupt_ = false;
  asked_unit_ = 0;
  for (UnitPoller& unit : units_) unit.begin(now_);
  move(cause, State::polling);
}

void Session::poll() {
  std::optional<Failure> expired;
  if (lineBusy(expired)) return;
  if (expired) {
    if (asked_ == Asked::block) {
      units_[asked_unit_].failed(*expired);
    } else {
      errandAnswered(std::unexpected(*expired));
    }
    if (link_ == LinkUse::adopted) {
      failed({FailureKind::retry_later, "the link that was up does not answer"});
      return;
    }
  }
  if (startWrite()) return;
  if (stream_ && poll_running_) {
    pollStream();
    return;
  }
  while (asked_unit_ < units_.size()) {
    const auto request = units_[asked_unit_].next(exchange_, now_);
    if (!request) {
      endUnit();
      continue;
    }
    ask_at_ = exchange_.freeAt(*request, now_);
    if (now_ < ask_at_) {
      ask_at_ = std::min(ask_at_, writesAt());
      return;
    }
    const profile::Profile& variant = units_[asked_unit_].variant();
    pause_ = variant.pause_between_requests;
    ask(Asked::block, *request, variant.answer_timeout);
    return;
  }
  endPoll();
}

void Session::endUnit() {
  UnitPoller& unit = units_[asked_unit_];
  const UnitPoller::Ended ended = unit.end(now_);
  for (action::Note& note : unit.takeNotes()) out_.push_back(std::move(note));
  poll_ok_ = poll_ok_ && ended.ok;
  poll_alive_ = poll_alive_ || ended.ok;
  poll_corrupt_ = poll_corrupt_ || ended.corrupt;
  if (ended.changed) out_.push_back(action::Identified{});
  if (ended.brought) {
    out_.push_back(action::UnitPolled{asked_unit_, ended.complete});
    if (!unit.online()) {
      unit.setOnline(true);
      out_.push_back(action::UnitOnline{asked_unit_, true});
    }
  }
  ++asked_unit_;
}

// Every unit has been asked, or there was none to ask.
void Session::endPoll() {
  if (std::exchange(poll_running_, false)) {
    out_.push_back(action::PollEnded{poll_ok_, now_ - poll_started_});
    pace_.polled(std::ranges::any_of(units_, [](const UnitPoller& unit) { return unit.online() && powered(unit.variant(), unit.readings()); }));
    next_poll_ = poll_from_ + pace_.interval();
    if (!poll_alive_) {
      silentPoll();
      return;
    }
  }
  if (startDay()) return;
  leavePolling();
}

void Session::leavePolling() {
  if (identify_wanted_ && !writing_) {
    startIdentifying(Cause::identify);
  } else if (config_.keep_connected) {
    move(Cause::poll_done, State::idle);
  } else if (writing_ || !wishes_.empty()) {
    ask_at_ = writesAt();
  } else {
    wanted_from_ = next_poll_;
    closeLink(true);
    move(Cause::poll_done_down, State::waiting);
  }
}

// Nothing of what was asked came: the link may be out of step or dead below, and is made anew.
void Session::silentPoll() {
  standing_ = poll_corrupt_ ? ConnectionReason::corrupt_answers : ConnectionReason::no_answer;
  if (++silent_polls_ >= kSilentPolls) {
    const auto all = families();
    silent_polls_ = 0;
    identify_wanted_ = std::ranges::any_of(all, [](const auto& family) { return !family->identify.empty(); });
  }
  say(false, poll_corrupt_ ? "only corrupt answers" : "no answer");
  closeLink(true);
  backOff({FailureKind::retry_later, {}}, Cause::failed);
}

// The link goes in the middle of a poll: what came is told.
void Session::abortPoll() {
  exchange_.reset(now_);
  identification_.reset();
  if (state_ != State::polling) return;
  while (asked_unit_ < units_.size()) endUnit();
  if (!std::exchange(poll_running_, false)) return;
  out_.push_back(action::PollEnded{false, now_ - poll_started_});
}

}  // namespace blupow::device
