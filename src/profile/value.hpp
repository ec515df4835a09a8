// What a field says at one moment. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace blupow::profile {

// Whole numbers stay whole (100, not 100.0); others are rounded to the field's decimals (121.7, not 121.70000000000002); words are text.
using Value = std::variant<std::int64_t, double, std::string>;

// By key, as in the state published.
using Readings = std::map<std::string, Value, std::less<>>;

std::optional<double> asNumber(const Value& value);                                   // nothing of a text
std::optional<double> numberIn(const Readings& readings, std::string_view key);       // nothing when it is not there, or a text
std::optional<std::int64_t> wholeIn(const Readings& readings, std::string_view key);  // likewise when it is no whole number
std::string textIn(const Readings& readings, std::string_view key);                   // empty when it is not there, or no text

Value rounded(double number, int decimals);  // without float noise: a whole number without decimals
std::string numberText(double number);       // as short as may be: "14.4"

}  // namespace blupow::profile
