#include "device/unit_match.hpp"

#include <algorithm>
#include <optional>

namespace blupow::device {

namespace {
bool sameSerial(const Found& found, const UnitIdentity& unit) { return namesOne(found.serial_number) && found.serial_number == unit.serial_number; }

bool otherSerial(const Found& found, const UnitIdentity& unit) {
  return namesOne(found.serial_number) && namesOne(unit.serial_number) && found.serial_number != unit.serial_number;
}

// Whether a unit that answers at its id and what answers here, of the same family and model, are one.
bool secondIdOf(const Found& found, const UnitPoller& unit) {
  if (found.own_id != 0 && unit.ownId() != 0) return found.own_id == unit.ownId();
  return sameSerial(found, unit.identity()) || found.id == modbus::kAnyUnit || unit.identity().id == modbus::kAnyUnit;
}

template <typename Fits>
std::optional<std::size_t> only(const std::vector<UnitPoller>& units, Fits fits) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (!fits(units[i])) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}
}  // namespace

UnitMatch matchUnit(const Found& found, const std::vector<UnitPoller>& units) {
  const auto alike = [&](const UnitPoller& unit) {
    const UnitIdentity& identity = unit.identity();
    return identity.family->type == found.family->type && !otherSerial(found, identity);
  };
  const auto sameModel = [&](const UnitPoller& unit) { return unit.identity().model.empty() || unit.identity().model == found.model; };
  const auto first = [&](const auto& fits) {
    return static_cast<std::size_t>(std::ranges::find_if(units, [&](const UnitPoller& unit) { return alike(unit) && fits(unit); }) - units.begin());
  };
  const std::size_t none = units.size();
  const auto here = [&](const UnitPoller& unit) { return unit.identity().id == found.id; };
  const auto sameOne = [&](const UnitPoller& unit) { return sameSerial(found, unit.identity()); };
  if (const auto i = first([&](const UnitPoller& unit) { return here(unit) && sameOne(unit); }); i != none) return {Place::same, i};
  if (const auto i = first([&](const UnitPoller& unit) { return !unit.answering() && sameOne(unit); }); i != none) return {Place::other, i};
  if (const auto i = first(here); i != none) return {Place::same, i};
  if (const auto i = first([&](const UnitPoller& unit) { return unit.answering() && sameModel(unit) && secondIdOf(found, unit); }); i != none) {
    return {Place::second, i};
  }
  const auto moved = only(units, [&](const UnitPoller& unit) { return alike(unit) && sameModel(unit) && !unit.answering(); });
  if (moved) return {Place::other, *moved};
  return {};
}

}  // namespace blupow::device
