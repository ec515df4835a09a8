// Which unit of a link it is that was found at an id: one at its place, one that answers to a second id, one that the hub gave another id, or a new
// one. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "device/probe.hpp"
#include "device/unit_poller.hpp"

namespace blupow::device {

enum class Place : std::uint8_t { same, second, other, none };

struct UnitMatch {
  Place place = Place::none;
  std::size_t unit = 0;  // unless none
};

// By serial number, where both tell one that names one device. Serial numbers of controllers are not always unique: two that both answer and say that
// they have different ids are two. Without serial numbers: by id and family; a silent unit also by family and model, when no other would do.
UnitMatch matchUnit(const Found& found, const std::vector<UnitPoller>& units);

}  // namespace blupow::device
