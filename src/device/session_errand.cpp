// Session: what is asked besides polls: settings (session_write.cpp), and the history a device keeps, a day at a time.
#include <algorithm>
#include <utility>

#include "device/session.hpp"

namespace blupow::device {

namespace {
constexpr Duration kBetweenDays = std::chrono::seconds(1);
}  // namespace

// From idle, when something besides polls is to be done.
TimePoint Session::errandAt() const { return std::min(writesAt(), historyAt()); }

void Session::startErrand() {
  whole_poll_ = false;
  to_ask_.clear();
  days_left_ = 1;
  move(Cause::errand, State::polling);
}

void Session::errandAnswered(const Result<modbus::Answer>& result) {
  if (result) alive();
  if (asker_ == Asker::setting) {
    writeAnswered(result);
    return;
  }
  UnitPoller& unit = units_[day_unit_];
  const bool news = result ? unit.history().answered(unit.variant(), result->words, now_) : unit.history().failed(result.error(), now_);
  if (news) out_.push_back(action::HistoryRead{day_unit_});
}

// Never before a device that is to be recognised anew was: idle would begin the errand and polling refuse it, at the same moment for ever.
TimePoint Session::historyAt() const {
  if (identify_wanted_) return kNever;
  TimePoint due = kNever;
  for (const UnitPoller& unit : units_) {
    if (unit.atItsPlace()) due = std::min(due, unit.history().dueAt());
  }
  return due == kNever ? kNever : std::max(due, next_day_);
}

// Asks one day of a history, if one is due and may be asked before the state is left. Whether the line is taken, or will be in a moment.
bool Session::startDay() {
  if (days_left_ == 0 || historyAt() == kNever) return false;
  const auto due = std::ranges::find_if(units_, [this](const UnitPoller& unit) { return unit.atItsPlace() && unit.history().dueAt() <= now_; });
  if (due == units_.end()) return false;
  const profile::Profile& variant = due->variant();
  const modbus::Request request = due->history().next(*variant.history, due->identity().id, now_);
  const TimePoint free = exchange_.freeAt(request, now_);
  if (free > now_ + kBetweenDays) {
    next_day_ = free;
    return false;
  }
  if (free > now_) {
    ask_at_ = free;
    return true;
  }
  --days_left_;
  next_day_ = now_ + kBetweenDays;
  day_unit_ = static_cast<std::size_t>(due - units_.begin());
  ask(Asker::day, request, variant);
  return true;
}

}  // namespace blupow::device
