// Session: what the outside is told of availability and of the reason a person can act on.
#include <algorithm>

#include "device/session.hpp"

namespace blupow::device {

namespace {
using std::chrono::seconds;

constexpr int kWeak = -90;                          // dBm
constexpr int kRefusals = 3;                        // failed attempts in a row that make "refuses connections"
constexpr Duration kNotHeard = seconds(60);         // without an advertisement
constexpr Duration kNotHeardAtFirst = seconds(20);  // before the first one
constexpr Duration kLeastPatience = seconds(45);
constexpr int kPatientPolls = 3;
}  // namespace

Duration Session::patience() const { return std::max(kPatientPolls * config_.poll_interval, kLeastPatience); }

TimePoint Session::unitsDeadline() const {
  TimePoint next = kNever;
  for (const UnitPoller& unit : units_) {
    if (unit.online()) next = std::min(next, unit.answeredAt() + patience());
  }
  return next;
}

void Session::watchUnits() {
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (!units_[i].online() || now_ < units_[i].answeredAt() + patience()) continue;
    units_[i].setOnline(false);
    out_.push_back(action::UnitOnline{i, false});
  }
}

void Session::unitsOffline() {
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (!units_[i].online()) continue;
    units_[i].setOnline(false);
    out_.push_back(action::UnitOnline{i, false});
  }
}

void Session::judgeConnectFailure() {
  ++connect_failures_;
  if (rssi_ && *rssi_ < kWeak) {
    standing_ = ConnectionReason::weak_signal;
  } else if (connect_failures_ >= kRefusals) {
    standing_ = ConnectionReason::refuses_connections;
  } else if (standing_ == ConnectionReason::connected) {
    standing_ = ConnectionReason::connecting;
  }
}

void Session::watchReason() {
  if (state_ == State::stopping) {
    reason_at_ = kNever;
    return;
  }
  const ConnectionReason reason = presentReason();
  if (reason == reason_) return;
  reason_ = reason;
  out_.push_back(action::ReasonChanged{reason});
}

// What stands in the way now, the nearest obstacle first. A trouble once learnt stands until the device answers or another takes its place: a new try
// alone is no news.
ConnectionReason Session::presentReason() {
  reason_at_ = kNever;
  if (state_ == State::released) return ConnectionReason::handed_over;
  switch (radio_.state) {
    case RadioState::no_bus:
    case RadioState::no_daemon:
      return ConnectionReason::bluetoothd_not_running;
    case RadioState::access_denied:
      return ConnectionReason::access_denied;
    case RadioState::no_adapter:
      return ConnectionReason::adapter_missing;
    case RadioState::adapter_off:
      return ConnectionReason::adapter_off;
    case RadioState::unknown:
      return ConnectionReason::connecting;
    case RadioState::ready:
      break;
  }
  if (in({State::waiting, State::backing_off}) && link_ == LinkUse::none && !present_) {
    const TimePoint since = std::max(quiet_since_, wanted_from_);
    const TimePoint until = since + (ever_heard_ ? kNotHeard : kNotHeardAtFirst);
    if (now_ >= until) return ConnectionReason::not_heard;
    reason_at_ = until;
  }
  return standing_;
}

}  // namespace blupow::device
