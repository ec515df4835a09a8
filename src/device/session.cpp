#include "device/session.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace blupow::device {

namespace {
constexpr Duration kConnect = std::chrono::seconds(20);  // the kernel itself gives up only after 40 s
constexpr Duration kSubscribe = std::chrono::seconds(10);
constexpr Duration kStop = std::chrono::seconds(3);
}  // namespace

Session::Session(SessionConfig config, const profile::Catalogue& catalogue, TimePoint now)
    : config_(std::move(config)),
      catalogue_(catalogue),
      now_(now),
      wanted_from_(now),
      back_off_(config_.back_off_cap, config_.seed),
      pace_(config_.poll_interval, config_.adaptive_polling),
      next_poll_(now),
      quiet_since_(now) {
  units_.reserve(config_.units.size());
  for (const UnitIdentity& identity : config_.units) units_.emplace_back(identity, config_.advertised_name);
  survey_at_ = nextSurvey();
}

Actions Session::handle(const Event& event, TimePoint now) {
  now_ = now;
  std::visit([this](const auto& happened) { on(happened); }, event);
  if (link_ == LinkUse::closing && now_ >= down_by_) {
    // Nobody said that the link is down: where it was up it may still be, and the device does not advertise then.
    linkDown();
    present_ = was_up_;
  }
  for (bool moved = true; moved;) {
    const State before = state_;
    advance();
    moved = state_ != before;
  }
  watchUnits();
  watchReason();
  watchWrites();
  return std::exchange(out_, {});
}

void Session::move([[maybe_unused]] Cause cause, State to) {
  const State from = state_;
  assert(allowed({from, cause, to}));
  state_ = to;
  idle_since_ = to == State::idle ? now_ : kNever;
  out_.push_back(action::StateChanged{from, to});
}

void Session::advance() {
  switch (state_) {
    case State::absent:
      if (radio_.state == RadioState::ready && now_ >= retry_at_) move(Cause::radio_ready, State::waiting);
      break;
    case State::waiting:
      seekLink();
      break;
    case State::connecting:
    case State::resolving:
    case State::subscribing:
      if (now_ >= step_by_) failed({FailureKind::retry_later, "took too long"});
      break;
    case State::identifying:
      identify();
      break;
    case State::polling:
      poll();
      break;
    case State::idle:
      idle();
      break;
    case State::released:
      if (now_ >= released_until_) leaveRelease();
      break;
    case State::backing_off:
      if (link_ == LinkUse::none && now_ >= resume_at_) move(Cause::waited, State::waiting);
      break;
    case State::stopping:
      break;
  }
}

TimePoint Session::deadline() const {
  TimePoint next = std::min(unitsDeadline(), reason_at_);
  if (!wishes_.empty()) next = std::min(next, wishes_.front().by);
  if (link_ == LinkUse::closing) next = std::min(next, down_by_);
  switch (state_) {
    case State::absent:
      return radio_.state == RadioState::ready ? std::min(next, retry_at_) : next;
    case State::waiting:
      return std::min(next, seekDeadline());
    case State::connecting:
    case State::resolving:
    case State::subscribing:
      return std::min(next, step_by_);
    case State::identifying:
    case State::polling:
      return std::min(next, exchange_.busy() ? exchange_.deadline() : ask_at_);
    case State::idle:
      return std::min(next, idleDeadline());
    case State::released:
      return std::min(next, released_until_);
    case State::backing_off:
      return link_ == LinkUse::none ? std::min(next, resume_at_) : next;
    case State::stopping:
      break;
  }
  return next;
}

void Session::on(const event::Radio& event) {
  radio_ = event.status;
  if (in({State::released, State::stopping})) return;
  if (radio_.state == RadioState::ready) {
    if (state_ != State::absent) return;
    retry_at_ = quiet_since_ = now_;
    back_off_.reset();
    standing_ = ConnectionReason::connecting;
  } else if (state_ != State::absent) {
    abortPoll();
    closeLink(false);
    move(Cause::radio_gone, State::absent);
  }
}

void Session::on(const event::Heard& event) {
  heard_at_ = quiet_since_ = now_;
  ever_heard_ = true;
  if (event.rssi) rssi_ = event.rssi;
  learnName(event.name);
  if (state_ == State::backing_off) resume_at_ = std::min(resume_at_, std::max(now_, cut_from_));
}

void Session::learnName(const std::string& name) {
  if (name.empty() || name == config_.advertised_name) return;
  config_.advertised_name = name;
  for (UnitPoller& unit : units_) unit.rename(name);
}

void Session::on(const event::Present& event) {
  if (link_ != LinkUse::none) return;
  learnName(event.name);
  present_ = true;
  if (state_ == State::backing_off) resume_at_ = std::min(resume_at_, std::max(now_, cut_from_));
}

void Session::on(const event::Granted&) {
  if (state_ != State::waiting || turn_ != Turn::asked) return;
  turn_ = Turn::granted;
  link_ = LinkUse::ours;
  step_by_ = now_ + kConnect;
  move(Cause::granted, State::connecting);
  out_.push_back(action::Connect{});
}

void Session::on(const event::Connected&) {
  if (state_ != State::connecting) return;
  endTurn();
  heard_at_.reset();  // a module does not advertise while it is connected
  move(Cause::connected, State::resolving);
  resolve();
}

void Session::on(const event::Resolved& event) {
  if (state_ != State::resolving) return;
  assert(event.path < paths_.size());
  gatt_ = paths_[event.path];
  std::erase_if(candidates_, [&](const auto& family) { return family->gatt != gatt_; });
  step_by_ = now_ + kSubscribe;
  move(Cause::resolved, State::subscribing);
  out_.push_back(action::Subscribe{});
}

void Session::on(const event::Subscribed&) {
  if (state_ != State::subscribing) return;
  Duration pause{};
  for (const auto& family : candidates_) pause = std::max<Duration>(pause, family->pause_after_subscribe);
  exchange_.reset(now_ + pause);
  for (UnitPoller& unit : units_) unit.distrust();
  startStream();
  if (units_.empty() || identify_wanted_) {
    startIdentifying(Cause::units_unknown);
  } else {
    startPoll(Cause::units_known);
  }
}

void Session::on(const event::Received& event) {
  if (stream_) streamed(event.bytes);
  if (!exchange_.busy()) return;
  if (writing_) writing_->writer.heard(event.bytes);
  if (const auto result = exchange_.feed(event.bytes, pause_, now_)) answered(*result);
}

void Session::on(const event::Failed& event) {
  if (in({State::connecting, State::resolving, State::subscribing})) {
    failed(event.failure);
  } else if (exchange_.busy()) {
    if (event.failure.kind != FailureKind::retry_now || !exchange_.rewriteLater(now_)) failed(event.failure);
  }
}

void Session::on(const event::Lost& event) {
  if (link_ == LinkUse::none || link_ == LinkUse::closing) return;
  abortPoll();
  endTurn();
  link_ = LinkUse::none;
  present_ = false;
  quiet_since_ = now_;
  if (standing_ == ConnectionReason::connected) standing_ = ConnectionReason::connecting;
  say(false, "link lost: " + event.failure.text);
  if (!in({State::released, State::stopping, State::absent})) afterFailure(event.failure);
}

void Session::on(const event::Down&) {
  if (link_ == LinkUse::closing) linkDown();
}

void Session::on(const event::Refresh&) {
  if (state_ == State::identifying || (state_ == State::polling && whole_poll_)) return;  // one is under way
  wanted_from_ = next_poll_ = now_;
  if (state_ == State::backing_off) resume_at_ = now_;
}

void Session::on(const event::Identify&) {
  identify_wanted_ = from_scratch_ = true;
  wanted_from_ = std::min(wanted_from_, now_);
  if (state_ == State::backing_off) resume_at_ = now_;
}

void Session::on(const event::Release& event) {
  if (state_ == State::stopping) return;
  released_until_ = event.until;
  if (state_ == State::released) return;
  abortPoll();
  closeLink(true);
  unitsOffline();
  move(Cause::released, State::released);
}

void Session::on(const event::Resume&) {
  if (state_ == State::released) leaveRelease();
}

void Session::on(const event::Yield&) {
  if (state_ != State::idle || writing_ || !wishes_.empty()) return;
  wanted_from_ = next_poll_;
  closeLink(true);
  move(Cause::yielded, State::waiting);
}

void Session::on(const event::Stop&) {
  if (state_ == State::stopping) return;
  abortPoll();
  closeLink(false);
  down_by_ = std::min(down_by_, now_ + kStop);
  unitsOffline();
  move(Cause::stopped, State::stopping);
}

bool Session::in(std::initializer_list<State> states) const { return std::ranges::find(states, state_) != states.end(); }

std::size_t Session::unitCount() const { return units_.size(); }
State Session::state() const { return state_; }
ConnectionReason Session::reason() const { return reason_; }
const UnitIdentity& Session::unit(std::size_t index) const { return units_[index].identity(); }
const profile::Profile& Session::variant(std::size_t index) const { return units_[index].variant(); }
const profile::ProfilePtr& Session::sharedVariant(std::size_t index) const { return units_[index].sharedVariant(); }
const profile::Readings& Session::readings(std::size_t index) const { return units_[index].readings(); }

TimePoint Session::readAt(std::size_t index, std::string_view key) const { return units_[index].readAt(key); }
const std::vector<HistoryDay>& Session::history(std::size_t index) const { return units_[index].history().days(); }
bool Session::online(std::size_t index) const { return units_[index].online(); }
bool Session::holdsLink() const { return link_ != LinkUse::none; }
TimePoint Session::idleSince() const { return idle_since_; }

}  // namespace blupow::device
