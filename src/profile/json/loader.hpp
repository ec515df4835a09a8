// Profiles from JSON files: schema first, then what a schema cannot say (a field outside its block, two of one key). Blocking; used at start.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "profile/catalogue.hpp"

namespace blupow::profile {

// One thing that is wrong with a file. path is a JSON pointer ("/fields/1/address"; "" = the whole file), rule names what was broken
// (the schema's own: "required", "maximum" ...; ours: "readable", "json", "unique_key", "unique_type", "inside_block" and so on, see check.cpp), message says
// it in words.
struct ProfileError {
  std::filesystem::path file;
  std::string path;
  std::string rule;
  std::string message;

  std::string text() const;  // one line: "file: path: message"
};

struct LoadedProfile {
  ProfilePtr profile;  // null when there are errors
  std::vector<ProfileError> errors;
};

class ProfileLoader {
 public:
  // Reads profile.schema.json in this folder; a missing or wrong schema is told by every load. The files themselves may lie anywhere.
  explicit ProfileLoader(const std::filesystem::path& folder);
  ~ProfileLoader();
  ProfileLoader(const ProfileLoader&) = delete;
  ProfileLoader& operator=(const ProfileLoader&) = delete;

  LoadedProfile load(const std::filesystem::path& file) const;
  // The same for a text (a description that came by a command); name stands for the file in errors.
  LoadedProfile parse(const std::string& text, const std::string& name) const;

 private:
  struct Schema;
  std::unique_ptr<const Schema> schema_;
};

struct LoadedCatalogue {
  Catalogue catalogue;
  std::vector<ProfileError> errors;  // files left out
};

// All *.json in the folder but the schema; two files of one type are an error.
LoadedCatalogue loadCatalogue(const std::filesystem::path& folder);

}  // namespace blupow::profile
