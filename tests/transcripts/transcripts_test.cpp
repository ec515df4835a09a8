// Each *.txt here is a test. What was recorded is also left in the build folder, to be compared or, when the change is meant, copied.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "profile/json/loader.hpp"
#include "support/places.hpp"
#include "transcripts/transcript.hpp"

namespace blupow::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(test::sourceFolder() / "tests/transcripts")) {
    if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

class Transcripts : public testing::TestWithParam<std::string> {};

TEST_P(Transcripts, HappenAsWritten) {
  const auto loaded = profile::loadCatalogue(test::sourceFolder() / "rootfs/usr/share/blupow/profiles");
  ASSERT_TRUE(loaded.errors.empty()) << loaded.errors.front().text();
  Transcript transcript(test::sourceFolder() / "tests/transcripts" / (GetParam() + ".txt"), loaded.catalogue);
  transcript.run();
  const fs::path folder = test::buildFolder() / "transcripts";
  fs::create_directories(folder);
  std::ofstream(folder / (GetParam() + ".txt")) << transcript.recorded();
  EXPECT_EQ(transcript.recorded(), transcript.expected());
}

INSTANTIATE_TEST_SUITE_P(, Transcripts, testing::ValuesIn(names()), [](const auto& chosen) { return chosen.param; });

}  // namespace
}  // namespace blupow::test
