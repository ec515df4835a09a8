// What a field says at one moment. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace blupow::profile {

// Whole numbers stay whole (100, not 100.0); others are rounded to the field's decimals (121.7, not 121.70000000000002); words are text.
using Value = std::variant<std::int64_t, double, std::string>;

// By key, as in the state published.
using Readings = std::map<std::string, Value, std::less<>>;

}  // namespace blupow::profile
