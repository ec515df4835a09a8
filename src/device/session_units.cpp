// Session: which units hang on the link. After the first one the other ids are asked between the polls: once when a link is new, again where a unit is
// lost, and from time to time on a hub. What is found there is a unit that is known, perhaps at another id, or a further one.
#include <algorithm>
#include <iterator>
#include <utility>

#include "device/session.hpp"
#include "device/unit_match.hpp"

namespace blupow::device {

namespace {
constexpr Duration kLookAgain = std::chrono::minutes(1);  // once more for a unit that is lost
constexpr Duration kHub = std::chrono::minutes(10);
constexpr Duration kOneUnit = std::chrono::hours(1);  // that may be the first of a hub
constexpr std::uint8_t kLastName = 254;
constexpr std::size_t kMostUnits = 32;  // a hub carries 16 batteries and some others; a device that makes up serial numbers must not fill the memory
}  // namespace

// A device whose name tells what it is is alone.
bool Session::mayBeHub() const { return units_.size() > 1 || catalogue_.guess(config_.advertised_name).empty(); }

std::set<std::uint8_t> Session::answeringIds() const {
  std::set<std::uint8_t> ids;
  for (const UnitPoller& unit : units_) {
    if (unit.answering()) ids.insert(unit.identity().id);
  }
  return ids;
}

// Whether another unit answers at its id now.
bool Session::taken(std::size_t index) const {
  if (units_[index].atItsPlace()) return false;
  return std::ranges::any_of(units_, [&](const UnitPoller& unit) { return unit.atItsPlace() && unit.identity().id == units_[index].identity().id; });
}

void Session::place(const Found& found) {
  const UnitMatch match = matchUnit(found, units_);
  switch (match.place) {
    case Place::same:
      units_[match.unit].place(found);
      break;
    case Place::other:
      found_new_ = true;
      units_[match.unit].place(found);
      break;
    case Place::second:
      units_[match.unit].confirm();
      if (units_[match.unit].identity().id == modbus::kAnyUnit) behind_any_ = found;
      break;
    case Place::none:
      placeNew(found);
      break;
  }
}

// What a person wants recognised from scratch takes the place of the unit that was at its id, or of the only one.
void Session::placeNew(const Found& found) {
  const auto here = std::ranges::find_if(units_, [&](const UnitPoller& unit) { return unit.identity().id == found.id || units_.size() == 1; });
  const bool replaces = from_scratch_ && state_ == State::identifying && here != units_.end();
  if (!replaces && units_.size() >= kMostUnits) {
    say(true, "another unit at id " + std::to_string(found.id) + " is left out: " + std::to_string(kMostUnits) + " are known");
    return;
  }
  found_new_ = true;
  UnitIdentity identity{
      .id = found.id, .family = found.family, .model = found.model, .serial_number = found.serial_number, .answered_blocks = {}, .known_as = 0, .counts = {}};
  identity.known_as = replaces ? here->identity().known_as : freeName(found.id);
  UnitPoller unit(std::move(identity), config_.advertised_name);
  unit.place(found);
  if (!replaces) {
    units_.push_back(std::move(unit));
    return;
  }
  if (here->online()) out_.push_back(action::UnitOnline{static_cast<std::size_t>(here - units_.begin()), false});
  *here = std::move(unit);
}

// The id, or another that no unit of the link goes by: from above, where no device has its own.
std::uint8_t Session::freeName(std::uint8_t id) const {
  const auto used = [this](std::uint8_t name) { return std::ranges::any_of(units_, [&](const UnitPoller& unit) { return unit.identity().known_as == name; }); };
  if (!used(id)) return id;
  std::uint8_t name = kLastName;
  while (used(name)) --name;
  return name;
}

// After a poll in which others answered.
void Session::lookForLost() {
  bool lost = false;
  for (UnitPoller& unit : units_) {
    const bool now = unit.takeLost();
    lost = lost || (now && (unit.mistaken() || mayBeHub()));
  }
  if (!lost) return;
  survey_.reset();
  looked_again_ = false;
  survey_at_ = now_;
}

void Session::takeFound() {
  while (survey_) {
    const auto found = survey_->take();
    if (!found) return;
    place(*found);
    out_.push_back(action::Identified{});
  }
}

// Asks the next id if it is answered or given up before the next poll is due; one id after each poll in any case. Whether there is anything to ask.
bool Session::survey() {
  if (!survey_) {
    if (now_ < survey_at_) return false;
    std::vector<std::uint8_t> urgent;
    for (const UnitPoller& unit : units_) {
      if (unit.mistaken()) urgent.push_back(unit.identity().id);
    }
    survey_.emplace(familiesHere(), std::string_view(), config_.advertised_name);
    survey_->goOn(answeringIds(), urgent);
  }
  if (survey_->done()) {
    endSurvey();
    return false;
  }
  if (surveyed_ && now_ + Identification::kProbeTimeout + Exchange::kQuiet > next_poll_) return true;
  const modbus::Request request = survey_->next();
  ask_at_ = exchange_.freeAt(request, now_);
  if (now_ < ask_at_) return true;
  surveyed_ = true;
  ask(Asker::survey, request, *candidates_.front(), Identification::kProbeTimeout);
  return true;
}

void Session::endSurvey() {
  survey_.reset();
  const auto any = std::ranges::find(units_, modbus::kAnyUnit, [](const UnitPoller& unit) { return unit.identity().id; });
  // The id that every unit answers to serves for one unit only.
  if (behind_any_ && any != units_.end() && units_.size() > 1) {
    any->place(*behind_any_);
    found_new_ = true;
  }
  behind_any_.reset();
  if (std::exchange(from_scratch_, false)) dropUnfound();
  if (std::exchange(found_new_, false)) tellFound();
  survey_at_ = nextSurvey();
}

// The first unit stays, since its topics are the link's own.
void Session::dropUnfound() {
  const auto gone = [](const UnitPoller& unit) { return !unit.confirmed() && unit.silentPolls() > 0; };
  const auto first = units_.begin() + std::min<std::ptrdiff_t>(1, std::ssize(units_));
  const auto rest = std::remove_if(first, units_.end(), gone);
  if (rest != units_.end()) {
    dropWrites("the units of this link are others now; try again");
    units_.erase(rest, units_.end());
    out_.push_back(action::Identified{});
  }
  for (UnitPoller& unit : units_) unit.confirm();
}

TimePoint Session::nextSurvey() {
  const bool lost = std::ranges::any_of(units_, [](const UnitPoller& unit) { return unit.silentPolls() >= UnitPoller::kLost; });
  if (lost && !std::exchange(looked_again_, true)) return now_ + kLookAgain;
  if (units_.size() > 1) return now_ + kHub;
  if (units_.empty() || units_.front().identity().id == modbus::kAnyUnit || !mayBeHub()) return kNever;
  return now_ + kOneUnit;
}

void Session::tellFound() {
  std::string text;
  for (const UnitPoller& unit : units_) {
    const UnitIdentity& identity = unit.identity();
    text += text.empty() ? "found " : "; ";
    text += identity.family->name.empty() ? identity.family->type : identity.family->name;
    text += (identity.model.empty() ? "" : " " + identity.model) + " at id " + std::to_string(identity.id);
  }
  say(false, std::move(text));
}

}  // namespace blupow::device
