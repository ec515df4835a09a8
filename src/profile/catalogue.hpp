// All profiles the program knows, by type. Immutable once built; pure.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "profile/profile.hpp"

namespace blupow::profile {

class Catalogue {
 public:
  Catalogue() = default;
  explicit Catalogue(std::vector<ProfilePtr> profiles);

  const std::vector<ProfilePtr>& all() const { return profiles_; }  // by type, in alphabetical order
  ProfilePtr find(std::string_view type) const;                     // null when unknown

  // Whether a device that advertises this name (blanks at its end do not count) may be one of ours, and which type it can only be ("" = several).
  bool knows(std::string_view advertised_name) const;
  std::string guess(std::string_view advertised_name) const;

 private:
  std::vector<ProfilePtr> profiles_;
  std::vector<std::optional<std::regex>> guesses_;  // one a profile, compiled
};

}  // namespace blupow::profile
