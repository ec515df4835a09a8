// The words of a profile's enumerators: in its file, and wherever else a program reads them. Pure.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "profile/profile.hpp"

namespace blupow::profile {

// In the order of the enumerators.
inline constexpr std::array<std::string_view, 19> kQuantities{
    "none",         "voltage",         "current",  "power",       "apparent_power", "frequency", "temperature", "state_of_charge", "percentage", "energy_total",
    "charge_total", "charge_capacity", "duration", "count_total", "days_total",     "text",      "word",        "problem",         "contact"};
inline constexpr std::array<std::string_view, 3> kCategories{"primary", "diagnostic", "config"};
static_assert(kQuantities.size() == std::to_underlying(Quantity::contact) + 1);
static_assert(kCategories.size() == std::to_underlying(Category::config) + 1);

constexpr std::string_view name(Quantity quantity) { return kQuantities.at(std::to_underlying(quantity)); }
constexpr std::string_view name(Category category) { return kCategories.at(std::to_underlying(category)); }

}  // namespace blupow::profile
