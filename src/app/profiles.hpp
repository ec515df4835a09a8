// The profiles the program works with: those shipped, and the user's own in the data folder, in one catalogue. Blocking reads; used at start.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "profile/catalogue.hpp"
#include "profile/json/loader.hpp"

namespace blupow::app {

struct LoadedProfiles {
  profile::Catalogue catalogue;
  std::vector<profile::ProfileError> shipped_errors;  // the program is not whole: nothing should run with it
  std::vector<profile::ProfileError> user_errors;     // of files left out
  std::vector<std::string> replaced;                  // types of shipped profiles that a user's own took the place of
};

// The user's own are data/profiles/*.json. There need be none.
LoadedProfiles loadProfiles(const std::filesystem::path& shipped, const std::filesystem::path& data);

std::vector<std::string> typesOf(const profile::Catalogue& catalogue);

struct CheckedFile {
  std::filesystem::path file;
  std::vector<profile::ProfileError> errors;
};

// Against the schema in the folder of the shipped ones.
std::vector<CheckedFile> checkProfiles(const std::filesystem::path& shipped, const std::vector<std::string>& files);

}  // namespace blupow::app
