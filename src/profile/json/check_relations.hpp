// What one part of a profile says of another: fields that are counted, scaled or made of others, settings that hang on others, meters. Pure. Inside of
// this room only.
#pragma once

#include <string>
#include <vector>

#include "profile/json/findings.hpp"
#include "profile/profile.hpp"

namespace blupow::profile {

// places: of each field of the profile.
void checkRelations(const Profile& profile, const std::vector<std::string>& places, Findings& findings);

}  // namespace blupow::profile
