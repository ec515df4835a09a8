#include "profile/catalogue.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"

namespace blupow::profile {

Catalogue::Catalogue(std::vector<ProfilePtr> profiles) : profiles_(std::move(profiles)) {
  std::ranges::sort(profiles_, {}, [](const ProfilePtr& profile) -> const std::string& { return profile->type; });
  for (const ProfilePtr& profile : profiles_) {
    guesses_.push_back(profile->guess.empty() ? std::nullopt : std::optional(std::regex(profile->guess)));
  }
}

ProfilePtr Catalogue::find(std::string_view type) const {
  const auto found = std::ranges::find_if(profiles_, [type](const ProfilePtr& profile) { return profile->type == type; });
  return found == profiles_.end() ? nullptr : *found;
}

bool Catalogue::knows(std::string_view advertised_name) const {
  const std::string_view name = trimmed(advertised_name);
  return std::ranges::any_of(profiles_, [name](const ProfilePtr& profile) {
    return std::ranges::any_of(profile->advertised_names, [name](const std::string& prefix) { return name.starts_with(prefix); });
  });
}

std::string Catalogue::guess(std::string_view advertised_name) const {
  const std::string name(trimmed(advertised_name));
  std::string type;
  for (std::size_t index = 0; index < profiles_.size(); ++index) {
    if (!guesses_[index] || !std::regex_search(name, *guesses_[index])) continue;
    if (!type.empty()) return "";
    type = profiles_[index]->type;
  }
  return type;
}

}  // namespace blupow::profile
