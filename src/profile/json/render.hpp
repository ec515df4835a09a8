// Readings as JSON: the one home of it for MQTT, the command line and the store. Pure. Doubles print as they were rounded (121.7).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "profile/value.hpp"

namespace blupow::profile {

nlohmann::json toJson(const Value& value);
nlohmann::json toJson(const Readings& readings);  // an object, keys in alphabetical order; empty: {}

}  // namespace blupow::profile
