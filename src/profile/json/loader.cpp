#include "profile/json/loader.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/failure.hpp"
#include "profile/json/build.hpp"
#include "profile/json/check.hpp"
#include "profile/json/document.hpp"
#include "profile/json/schema.hpp"
#include "profile/json/shape.hpp"

namespace blupow::profile {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSchemaName = "profile.schema.json";
constexpr std::uintmax_t kLargestFile = 1 << 20;  // the largest of ours has 10 kB

// The whole file; an error of the rule readable for what is no ordinary file, too large or not ours to read.
Result<std::string> read(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status)) return fail(FailureKind::retry_later, error && error != std::errc::no_such_file_or_directory ? error.message() : "no such file");
  if (!fs::is_regular_file(status)) return fail(FailureKind::retry_later, "it is no file");
  const std::uintmax_t size = fs::file_size(file, error);
  if (error) return fail(FailureKind::retry_later, error.message());
  if (size > kLargestFile) return fail(FailureKind::retry_later, "it is larger than " + std::to_string(kLargestFile) + " bytes");
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.is_open() || stream.bad()) return fail(FailureKind::access_denied, "it cannot be read");
  return text;
}

ProfileError unreadable(const fs::path& file, const std::string& why) {
  return {.file = file, .path = "", .rule = "readable", .message = "cannot be read: " + why};
}

std::vector<ProfileError> of(const fs::path& file, std::vector<ProfileError> errors) {
  for (ProfileError& error : errors) error.file = file;
  return errors;
}

void compile(Profile& profile) {
  for (IdentifyRead& identify : profile.identify) identify.expression = std::regex(identify.pattern);
}

}  // namespace

std::string ProfileError::text() const { return file.string() + ": " + (path.empty() ? "" : path + ": ") + message; }

struct ProfileLoader::Schema {
  nlohmann::json document;
  std::vector<ProfileError> errors;  // why there is none
};

ProfileLoader::ProfileLoader(const fs::path& folder) {
  auto schema = std::make_unique<Schema>();
  const fs::path file = folder / kSchemaName;
  if (const Result<std::string> text = read(file)) {
    schema->document = parseStrictly(*text, schema->errors);
    schema->errors = of(file, std::move(schema->errors));
  } else {
    schema->errors.push_back(unreadable(file, text.error().text));
  }
  schema_ = std::move(schema);
}

ProfileLoader::~ProfileLoader() = default;

LoadedProfile ProfileLoader::load(const fs::path& file) const {
  const Result<std::string> text = read(file);
  if (!text) return {.profile = nullptr, .errors = {unreadable(file, text.error().text)}};
  LoadedProfile loaded = parse(*text, file.string());
  if (loaded.profile) {
    Profile profile = *loaded.profile;
    std::error_code error;
    profile.file = fs::absolute(file, error).lexically_normal().string();
    loaded.profile = std::make_shared<const Profile>(std::move(profile));
  }
  return loaded;
}

LoadedProfile ProfileLoader::parse(const std::string& text, const std::string& name) const {
  if (!schema_->errors.empty()) return {.profile = nullptr, .errors = schema_->errors};
  std::vector<ProfileError> errors;
  const nlohmann::json document = parseStrictly(text, errors);
  if (std::ranges::all_of(errors, [](const ProfileError& error) { return error.rule == "unique_key"; })) {
    const std::vector<ProfileError> more = checkSchema(schema_->document, document);
    errors.insert(errors.end(), more.begin(), more.end());
  }
  if (errors.empty()) errors = checkShape(document);
  if (!errors.empty()) return {.profile = nullptr, .errors = of(name, std::move(errors))};

  Built built = buildProfile(document);
  errors = checkProfile(built);
  if (!errors.empty()) return {.profile = nullptr, .errors = of(name, std::move(errors))};
  compile(built.profile);
  return {.profile = std::make_shared<const Profile>(std::move(built.profile)), .errors = {}};
}

LoadedCatalogue loadCatalogue(const fs::path& folder) {
  LoadedCatalogue loaded;
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".json" && entry->path().filename() != kSchemaName) files.push_back(entry->path());
  }
  if (error) loaded.errors.push_back(unreadable(folder, error.message()));
  std::ranges::sort(files);

  const ProfileLoader loader(folder);
  std::vector<ProfilePtr> profiles;
  std::set<std::string> types;
  for (const fs::path& file : files) {
    LoadedProfile one = loader.load(file);
    loaded.errors.insert(loaded.errors.end(), one.errors.begin(), one.errors.end());
    if (!one.profile) continue;
    if (types.insert(one.profile->type).second) {
      profiles.push_back(one.profile);
    } else {
      loaded.errors.push_back({.file = file, .path = "/type", .rule = "unique_type", .message = "another file describes the type " + one.profile->type});
    }
  }
  loaded.catalogue = Catalogue(std::move(profiles));
  return loaded;
}

}  // namespace blupow::profile
