// A document against the JSON schema of profiles (draft-07). Pure. Inside of this room only.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "profile/json/loader.hpp"

namespace blupow::profile {

// What does not fit, in sentences of ours, with an empty file; rules are the schema's own words ("required", "maximum" ...). A schema that is wrong
// itself is one error of the rule "schema".
std::vector<ProfileError> checkSchema(const nlohmann::json& schema, const nlohmann::json& document);

}  // namespace blupow::profile
