// What Home Assistant makes of a quantity. Pure. The one table of its kind: profiles say what is measured, never how it is shown.
#pragma once

#include <string_view>

#include "profile/profile.hpp"

namespace blupow::homeassistant {

// Empty where Home Assistant has no such thing. Values are Home Assistant's own words.
struct Looks {
  std::string_view device_class;
  std::string_view state_class;
  std::string_view icon;
};

// Home Assistant refuses an entity whose unit is not one of its class: with such a unit there is no device class.
Looks looksOf(profile::Quantity quantity, std::string_view unit);

}  // namespace blupow::homeassistant
