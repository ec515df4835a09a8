#include "app/profiles.hpp"

#include <algorithm>

namespace blupow::app {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> userFiles(const fs::path& data) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(data / "profiles", error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  }
  std::ranges::sort(files);
  return files;
}

profile::ProfileError repeatedType(const fs::path& file, const profile::Profile& first) {
  return {.file = file, .path = "/type", .rule = "unique_type", .message = "the type " + first.type + " is described by " + first.file + " already"};
}

}  // namespace

LoadedProfiles loadProfiles(const fs::path& shipped, const fs::path& data) {
  LoadedProfiles loaded;
  profile::LoadedCatalogue own = profile::loadCatalogue(shipped);
  loaded.shipped_errors = std::move(own.errors);
  std::vector<profile::ProfilePtr> users;
  const std::vector<fs::path> files = userFiles(data);
  if (files.empty()) {
    loaded.catalogue = std::move(own.catalogue);
    return loaded;
  }
  const profile::ProfileLoader loader(shipped);
  for (const fs::path& file : files) {
    profile::LoadedProfile user = loader.load(file);
    loaded.user_errors.insert(loaded.user_errors.end(), user.errors.begin(), user.errors.end());
    if (!user.profile) continue;
    const auto same = std::ranges::find(users, user.profile->type, [](const profile::ProfilePtr& other) { return other->type; });
    if (same != users.end()) {
      loaded.user_errors.push_back(repeatedType(file, **same));
    } else {
      users.push_back(std::move(user.profile));
    }
  }
  std::vector<profile::ProfilePtr> all = own.catalogue.all();
  for (const profile::ProfilePtr& user : users) {
    const auto replaced = std::erase_if(all, [&](const profile::ProfilePtr& other) { return other->type == user->type; });
    if (replaced > 0) loaded.replaced.push_back(user->type);
  }
  all.insert(all.end(), users.begin(), users.end());
  loaded.catalogue = profile::Catalogue(std::move(all));
  return loaded;
}

std::vector<std::string> typesOf(const profile::Catalogue& catalogue) {
  std::vector<std::string> types;
  for (const profile::ProfilePtr& profile : catalogue.all()) types.push_back(profile->type);
  return types;
}

std::vector<CheckedFile> checkProfiles(const fs::path& shipped, const std::vector<std::string>& files) {
  const profile::ProfileLoader loader(shipped);
  std::vector<CheckedFile> checked;
  checked.reserve(files.size());
  for (const std::string& file : files) checked.push_back({.file = file, .errors = loader.load(file).errors});
  return checked;
}

}  // namespace blupow::app
