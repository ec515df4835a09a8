// Which keys must and must not stand beside each other in a profile, which a JSON schema can say only in riddles. Pure. Inside of this room only.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "profile/json/loader.hpp"

namespace blupow::profile {

// For a document that fits the schema. Rules required (as the schema's own), not_here, repeat and counted; with an empty file.
std::vector<ProfileError> checkShape(const nlohmann::json& document);

}  // namespace blupow::profile
