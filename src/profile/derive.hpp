// Values that are made of others. Pure. Inside of this room only.
#pragma once

#include <optional>

#include "profile/profile.hpp"
#include "profile/value.hpp"

namespace blupow::profile {

// By the readings, then, for first only, by those known from elsewhere. Nothing while an input is missing and for a ratio by 0.
std::optional<Value> derivedValue(const Field& field, const Readings& readings, const Readings& known);

}  // namespace blupow::profile
