// What a JSON schema cannot say of a profile: how its parts fit together. Pure. Inside of this room only.
#pragma once

#include <vector>

#include "profile/json/build.hpp"
#include "profile/json/loader.hpp"

namespace blupow::profile {

// Everything that does not fit, with an empty file; places are those of the JSON document that the profile was built from.
std::vector<ProfileError> checkProfile(const Built& built);

}  // namespace blupow::profile
