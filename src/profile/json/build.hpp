// From a JSON document that fits the schema to a profile. Pure. Inside of this room only.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "profile/profile.hpp"

namespace blupow::profile {

// Every key that is left out has its default. Expressions are not compiled yet (check.hpp does); throws json::exception for what no schema let pass.
Profile buildProfile(const nlohmann::json& document);

}  // namespace blupow::profile
