// Session: settings. Each event::Set ends in one WriteEnded; what is sent goes between two requests and past the second lock (profile::mayWrite).
#include <algorithm>
#include <utility>

#include "device/session.hpp"
#include "profile/encode.hpp"

namespace blupow::device {

namespace {
constexpr std::size_t kMostWishes = 16;
constexpr Duration kPatience = std::chrono::seconds(25);  // for the next link, or for those before it
}  // namespace

void Session::on(const event::Set& event) {
  if (event.unit >= units_.size()) {
    endWrite(event.number, "there is no such unit");
  } else if (wishes_.size() >= kMostWishes) {
    endWrite(event.number, "busy: " + std::to_string(kMostWishes) + " settings are waiting already");
  } else {
    wishes_.push_back({event, now_ + kPatience});
    // A link that is given up between polls is made for it.
    if (state_ == State::waiting && reason_ == ConnectionReason::connected) wanted_from_ = std::min(wanted_from_, now_);
  }
}

// Why no setting can be written now; empty: nothing stands in the way, or the link is only between two polls.
std::string Session::obstacle() const {
  switch (state_) {
    case State::polling:
    case State::idle:
      return {};
    case State::released:
      return "busy: Bluetooth is handed over";
    case State::stopping:
      return "the service stops";
    case State::identifying:
      return "busy: the device is being recognised anew";
    case State::waiting:
    case State::connecting:
    case State::resolving:
    case State::subscribing:
      if (reason_ == ConnectionReason::connected) return {};
      break;
    case State::absent:
    case State::backing_off:
      break;
  }
  return "not connected (" + std::string(words(reason_)) + ")";
}

void Session::watchWrites() {
  if (writing_ && !in({State::polling, State::idle})) {
    endWrite(writing_->number, "the link ended before it could be read back; look at the state after the next poll");
    writing_.reset();
  }
  if (wishes_.empty()) return;
  if (const std::string why = obstacle(); !why.empty()) dropWrites(why);
  while (!wishes_.empty() && now_ >= wishes_.front().by) {
    endWrite(wishes_.front().set.number, "given up: no chance to write it within 25 s");
    wishes_.pop_front();
  }
}

void Session::dropWrites(const std::string& why) {
  if (writing_) endWrite(writing_->number, why);
  writing_.reset();
  for (const Wish& wish : std::exchange(wishes_, {})) endWrite(wish.set.number, why);
}

// When the next write or read-back may go; kNever without one, and while it is not yet known on a new link that the unit is still the same.
TimePoint Session::writesAt() const {
  if (writing_) return std::max(writing_->writer.from(), exchange_.freeAt(writing_->writer.request(), now_));
  if (wishes_.empty()) return kNever;
  const UnitPoller& unit = units_[wishes_.front().set.unit];
  if (stream_ || !unit.online()) return now_;  // to be refused
  // A late exception to an earlier write could be taken for the answer to any.
  return unit.atItsPlace() ? exchange_.freeAt(modbus::Request::writeOne(unit.identity().id, 0, 0), now_) : kNever;
}

// Whether the line is taken by it.
bool Session::startWrite() {
  while (writesAt() <= now_) {
    if (!writing_ && !nextWish()) continue;
    const UnitPoller& unit = units_[writing_->unit];
    const modbus::Request request = writing_->writer.request();
    std::string why;
    if (!unit.atItsPlace()) {
      why = "this unit fell silent before it could be read back";
    } else if (writing_->writer.writes() && !profile::mayWrite(unit.variant(), request.address, request.values.front())) {
      why = "this register is never written";
    }
    if (!why.empty()) {
      endWrite(writing_->number, why);
      writing_.reset();
      continue;
    }
    writing_->writer.begun();
    ask(Asker::setting, request, unit.variant());
    return true;
  }
  return false;
}

// Takes the first wish; false: it was refused.
bool Session::nextWish() {
  const event::Set set = std::move(wishes_.front().set);
  wishes_.pop_front();
  const UnitPoller& unit = units_[set.unit];
  if (stream_ || !unit.online()) {
    endWrite(set.number, stream_ ? "this device takes no settings" : "this unit does not answer");
    return false;
  }
  auto writer = SettingWriter::make(unit.variant(), unit.identity().id, set.key, set.text, unit.readings());
  if (!writer) {
    endWrite(set.number, writer.error());
    return false;
  }
  writing_.emplace(Writing{.number = set.number, .unit = set.unit, .writer = std::move(*writer)});
  return true;
}

void Session::writeAnswered(const Result<modbus::Answer>& result) {
  SettingWriter& writer = writing_->writer;
  UnitPoller& unit = units_[writing_->unit];
  if (writer.writes()) {
    writer.written(result);
  } else if (!result) {
    writer.notRead(result.error());
  } else if (unit.readBack(writer.block(), result->words, now_)) {
    out_.push_back(action::UnitPolled{writing_->unit, unit.complete()});
    writer.read(unit.readings(), now_);
  } else {
    writer.notRead({FailureKind::retry_later, "implausible values"});
  }
  if (!writer.over()) return;
  endWrite(writing_->number, writer.failure());
  writing_.reset();
}

void Session::endWrite(std::uint64_t number, std::string failure) { out_.push_back(action::WriteEnded{number, std::move(failure)}); }

}  // namespace blupow::device
