// The profile of one device: its family's, with the quirks applied that fit it. Pure.
#pragma once

#include <string_view>

#include "profile/profile.hpp"

namespace blupow::profile {

// The family's own profile when no quirk fits. Model and advertised name may be empty (not known): then only patterns that fit everything fit.
ProfilePtr variantFor(const ProfilePtr& family, std::string_view model, std::string_view advertised_name);

// The family's profile with this one quirk applied, fitting or not.
Profile withQuirk(const Profile& family, const Quirk& quirk);

}  // namespace blupow::profile
