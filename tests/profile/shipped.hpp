// The profiles that the program ships with, as the tests of this folder use them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "profile/json/loader.hpp"
#include "support/places.hpp"

namespace blupow::profile {

inline const std::filesystem::path kShipped = test::sourceFolder() / "rootfs/usr/share/blupow/profiles";

// With the schema that stands beside them.
inline const ProfileLoader& loader() {
  static const ProfileLoader loaded(kShipped);
  return loaded;
}

inline std::string listed(const std::vector<ProfileError>& errors) {
  std::string text;
  for (const ProfileError& error : errors) text += error.text() + " [" + error.rule + "]\n";
  return text;
}

// Loaded once for all tests.
inline const Catalogue& shippedCatalogue() {
  static const LoadedCatalogue loaded = loadCatalogue(kShipped);
  EXPECT_EQ(listed(loaded.errors), "");
  return loaded.catalogue;
}

inline ProfilePtr shipped(const std::string& type) { return shippedCatalogue().find(type); }

}  // namespace blupow::profile
