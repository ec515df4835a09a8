// Session: what is said over the link, identification and polls.
#include <algorithm>
#include <utility>

#include "device/session.hpp"

namespace blupow::device {

namespace {
constexpr std::size_t kSilencesOfAStaleLink = 2;  // probes on a link found up
constexpr int kSilentPolls = 3;                   // in a row; then the unit may have another id and is recognised anew
constexpr int kAllDays = 1000;                    // of all units: before a link is given up

// A silent unit on a link whose others answer: asked in every poll at first, then once a minute.
constexpr int kSilencesOfAnAbsentUnit = 3;
constexpr Duration kAskAgain = std::chrono::seconds(58);
constexpr Duration kAskAgainInPoll = std::chrono::seconds(50);
}  // namespace

// Whether the line is taken: an answer is awaited. A request that was given up by now is told in expired.
bool Session::lineBusy(std::optional<Failure>& expired) {
  if (!exchange_.busy()) return false;
  expired = exchange_.expire(now_);
  if (expired) return false;
  if (auto bytes = exchange_.rewrite(now_)) out_.push_back(action::Write{std::move(*bytes)});
  return true;
}

// family: whose times count.
void Session::ask(Asker asker, const modbus::Request& request, const profile::Profile& family, std::optional<Duration> timeout) {
  asker_ = asker;
  pause_ = family.pause_between_requests;
  out_.push_back(action::Write{exchange_.begin(request, timeout.value_or(family.answer_timeout), now_)});
}

void Session::answered(const Result<modbus::Answer>& result) {
  switch (asker_) {
    case Asker::unit:
      if (result) {
        units_[to_ask_.front()].answered(result->words, now_);
        alive();
      } else {
        units_[to_ask_.front()].failed(result.error());
      }
      break;
    case Asker::identification:
    case Asker::survey: {
      Identification& identification = asker_ == Asker::survey ? *survey_ : *identification_;
      if (result) {
        identification.answered(*result);
      } else {
        identification.failed(result.error());
      }
      break;
    }
    case Asker::setting:
    case Asker::day:
      errandAnswered(result);
      break;
  }
  if (link_ == LinkUse::adopted) link_ = LinkUse::ours;
}

// A device of ours says something that is to be believed.
void Session::alive() {
  back_off_.reset();
  quick_failures_ = connect_failures_ = silent_polls_ = 0;
  standing_ = ConnectionReason::connected;
}

void Session::startIdentifying(Cause cause) {
  candidates_ = familiesHere();
  const std::string first = units_.empty() ? catalogue_.guess(config_.advertised_name) : units_.front().identity().family->type;
  survey_.reset();
  identification_.emplace(candidates_, first, config_.advertised_name, !units_.empty());
  move(cause, State::identifying);
}

void Session::identify() {
  if (stream_ && awaitFrame()) return;
  std::optional<Failure> expired;
  if (lineBusy(expired)) return;
  if (expired) identification_->failed(*expired);
  if (identification_->done()) {
    if (const auto found = identification_->take()) {
      identified(*found);
    } else {
      notIdentified(identification_->failure(), identification_->answers());
    }
    return;
  }
  if (link_ == LinkUse::adopted && identification_->silences() >= kSilencesOfAStaleLink) {
    failed({FailureKind::retry_later, "the link that was up does not answer"});
    return;
  }
  ask_at_ = exchange_.readyAt();
  if (now_ < ask_at_) return;
  ask(Asker::identification, identification_->next(), *candidates_.front(), Identification::kProbeTimeout);
}

// The first unit is polled at once; the others are looked for between the polls.
void Session::identified(const Found& found) {
  if (from_scratch_) {
    for (UnitPoller& unit : units_) unit.unconfirm();
  }
  std::set<std::uint8_t> known = answeringIds();
  known.insert(found.id);
  place(found);
  survey_ = std::exchange(identification_, std::nullopt);
  if (mayBeHub()) {
    survey_->goOn(known);
  } else {
    endSurvey();
  }
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
    identify_wanted_ = from_scratch_ = false;
    silent_polls_ = 0;
    exchange_.reset(exchange_.readyAt());
    startPoll(Cause::units_known);
    return;
  }
  standing_ = failure.kind == FailureKind::protocol ? ConnectionReason::corrupt_answers : ConnectionReason::no_answer;
  closeLink(true);
  backOff(failure, Cause::not_recognised);
}

// A held link is polled from start to start; one that is made for each poll from the moment at which it was wanted. Between two polls of all units
// those are asked that are new, or that were silent a minute ago.
void Session::startPoll(Cause cause) {
  whole_poll_ = state_ != State::idle || now_ >= next_poll_;
  to_ask_.clear();
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (wanted(i)) to_ask_.push_back(i);
  }
  if (to_ask_.empty()) {
    for (std::size_t i = 0; i < units_.size(); ++i) to_ask_.push_back(i);
  }
  // A silent unit costs time: it comes after those that answer.
  std::ranges::stable_sort(to_ask_, {}, [this](std::size_t i) { return units_[i].silentPolls() > 0; });
  for (const std::size_t i : to_ask_) units_[i].begin(now_);
  if (whole_poll_) {
    poll_started_ = now_;
    poll_from_ = config_.keep_connected || state_ == State::idle ? now_ : std::max(wanted_from_, now_ - pace_.interval());
    next_poll_ = poll_from_ + pace_.interval();
    surveyed_ = false;
    days_left_ = config_.keep_connected ? 1 : kAllDays;
  }
  poll_ok_ = true;
  poll_alive_ = poll_corrupt_ = false;
  move(cause, State::polling);
}

bool Session::wanted(std::size_t index) const {
  const UnitPoller& unit = units_[index];
  if (taken(index)) return false;
  if (unit.fresh()) return true;
  if (unit.silentPolls() < kSilencesOfAnAbsentUnit) return whole_poll_;
  return now_ >= unit.begunAt() + (whole_poll_ ? kAskAgainInPoll : kAskAgain);
}

void Session::poll() {
  std::optional<Failure> expired;
  if (lineBusy(expired)) return;
  if (expired) {
    if (asker_ == Asker::unit) {
      units_[to_ask_.front()].failed(*expired);
    } else {
      errandAnswered(std::unexpected(*expired));
    }
    if (link_ == LinkUse::adopted) {
      failed({FailureKind::retry_later, "the link that was up does not answer"});
      return;
    }
  }
  if (startWrite()) return;
  if (stream_ && !to_ask_.empty()) {
    pollStream();
    return;
  }
  while (!to_ask_.empty()) {
    const UnitPoller& asked = units_[to_ask_.front()];
    const auto request = units_[to_ask_.front()].next(exchange_, now_);
    // What waits for a late answer of one unit does not keep the others waiting.
    if (!request || (units_.size() > 1 && exchange_.held(*request, now_))) {
      endUnit();
      continue;
    }
    ask_at_ = exchange_.freeAt(*request, now_);
    if (now_ < ask_at_) {
      ask_at_ = std::min(ask_at_, writesAt());
      return;
    }
    ask(Asker::unit, *request, asked.variant());
    return;
  }
  endPoll();
}

void Session::endUnit() {
  const std::size_t index = to_ask_.front();
  to_ask_.pop_front();
  UnitPoller& unit = units_[index];
  const bool absent = unit.silentPolls() > 0;
  const UnitPoller::Ended ended = unit.end(now_);
  for (action::Note& note : unit.takeNotes()) out_.push_back(std::move(note));
  poll_ok_ = poll_ok_ && (ended.ok || absent);
  poll_alive_ = poll_alive_ || ended.ok || ended.came;
  poll_corrupt_ = poll_corrupt_ || ended.corrupt;
  if (ended.changed) out_.push_back(action::Identified{});
  if (ended.brought) {
    out_.push_back(action::UnitPolled{index, ended.complete});
    if (!unit.online()) {
      unit.setOnline(true);
      out_.push_back(action::UnitOnline{index, true});
    }
  }
}

// Every unit has been asked, or there was none to ask.
void Session::endPoll() {
  if (std::exchange(whole_poll_, false)) {
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
  lookForLost();
  if (identify_wanted_ && !writing_) {
    startIdentifying(Cause::identify);
  } else if (config_.keep_connected || survey_ || now_ >= survey_at_ || writing_ || !wishes_.empty()) {
    move(Cause::poll_done, State::idle);
  } else {
    wanted_from_ = next_poll_;
    closeLink(true);
    move(Cause::poll_done_down, State::waiting);
  }
}

// Connected, and no poll is due: further units are looked for.
void Session::idle() {
  std::optional<Failure> expired;
  if (lineBusy(expired)) return;
  if (expired) survey_->failed(*expired);
  takeFound();
  ask_at_ = kNever;
  whole_poll_ = now_ >= next_poll_;
  if (identify_wanted_ && !writing_) {
    startIdentifying(Cause::identify);
  } else if (whole_poll_ || anyWanted()) {
    startPoll(Cause::poll_due);
  } else if (now_ >= errandAt()) {
    startErrand();
  } else if (!survey() && !config_.keep_connected && !writing_ && wishes_.empty()) {
    wanted_from_ = next_poll_;
    closeLink(true);
    move(Cause::poll_done_down, State::waiting);
  }
}

bool Session::anyWanted() const {
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (wanted(i)) return true;
  }
  return false;
}

TimePoint Session::idleDeadline() const {
  if (exchange_.busy()) return exchange_.deadline();
  TimePoint next = std::min({next_poll_, errandAt(), survey_ ? ask_at_ : survey_at_});
  for (std::size_t i = 0; i < units_.size(); ++i) {
    const UnitPoller& unit = units_[i];
    if (unit.silentPolls() >= kSilencesOfAnAbsentUnit && !taken(i)) next = std::min(next, unit.begunAt() + kAskAgain);
  }
  return next;
}

// Nothing of what was asked came: the link may be out of step or dead below, and is made anew.
void Session::silentPoll() {
  standing_ = poll_corrupt_ ? ConnectionReason::corrupt_answers : ConnectionReason::no_answer;
  if (++silent_polls_ >= kSilentPolls) {
    const auto all = families();
    silent_polls_ = 0;
    identify_wanted_ = std::ranges::any_of(all, [](const auto& family) { return !family->identify.empty(); });
  }
  for (UnitPoller& unit : units_) unit.forgiveSilence();
  say(false, poll_corrupt_ ? "only corrupt answers" : "no answer");
  closeLink(true);
  backOff({FailureKind::retry_later, {}}, Cause::failed);
}

// The link goes in the middle of a poll: what came is told.
void Session::abortPoll() {
  exchange_.reset(now_);
  identification_.reset();
  if (state_ != State::polling) return;
  while (!to_ask_.empty()) endUnit();
  if (std::exchange(whole_poll_, false)) out_.push_back(action::PollEnded{false, now_ - poll_started_});
}

}  // namespace blupow::device
