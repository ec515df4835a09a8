#include "app/profiles.hpp"

#include <gmock/gmock.h>

#include "support/places.hpp"
#include "support/temp_folder.hpp"

namespace blupow::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

const std::filesystem::path kShipped = test::sourceFolder() / "rootfs/usr/share/blupow/profiles";

std::string controllerText(const std::string& type) {
  std::string text = test::readFile(kShipped / "renogy_controller.json");
  const std::string from = "\"renogy_controller\"";
  text.replace(text.find(from), from.size(), "\"" + type + "\"");
  return text;
}

TEST(Profiles, TheShippedOnesAreSound) {
  const test::TempFolder data;
  const LoadedProfiles loaded = loadProfiles(kShipped, data.path());
  EXPECT_THAT(loaded.shipped_errors, IsEmpty());
  EXPECT_THAT(typesOf(loaded.catalogue), testing::IsSupersetOf({"renogy_controller", "renogy_inverter"}));
}

TEST(Profiles, AFolderThatIsNotThereIsAnError) {
  const test::TempFolder data;
  EXPECT_FALSE(loadProfiles(data / "none", data.path()).shipped_errors.empty());
}

TEST(Profiles, TheUsersOwnJoinOrTakeThePlaceOfShippedOnes) {
  const test::TempFolder data;
  std::filesystem::create_directory(data / "profiles");
  data.write("profiles/mine.json", controllerText("my_controller"));
  const auto replacing = data.write("profiles/other.json", controllerText("renogy_controller"));
  const LoadedProfiles loaded = loadProfiles(kShipped, data.path());
  EXPECT_THAT(loaded.user_errors, IsEmpty());
  EXPECT_THAT(loaded.replaced, ElementsAre("renogy_controller"));
  EXPECT_THAT(typesOf(loaded.catalogue), Contains("my_controller"));
  EXPECT_EQ(loaded.catalogue.find("renogy_controller")->file, replacing.string());
}

TEST(Profiles, AWrongOneOfTheUserIsLeftOutAndNamed) {
  const test::TempFolder data;
  std::filesystem::create_directory(data / "profiles");
  const auto wrong = data.write("profiles/a.json", "{}");
  data.write("profiles/b.json", controllerText("my_controller"));
  const auto again = data.write("profiles/c.json", controllerText("my_controller"));
  const LoadedProfiles loaded = loadProfiles(kShipped, data.path());
  ASSERT_FALSE(loaded.user_errors.empty());
  EXPECT_EQ(loaded.user_errors.front().file, wrong);
  EXPECT_EQ(loaded.user_errors.back().file, again);
  EXPECT_EQ(loaded.user_errors.back().rule, "unique_type");
  EXPECT_THAT(typesOf(loaded.catalogue), Contains("my_controller"));
}

TEST(Profiles, CheckTellsOfEachFileWhatIsWrong) {
  const test::TempFolder folder;
  const auto good = folder.write("any name.json", controllerText("renogy_controller")).string();
  const auto checked = checkProfiles(kShipped, {good, (folder / "none.json").string()});
  ASSERT_EQ(checked.size(), 2U);
  EXPECT_THAT(checked[0].errors, IsEmpty());
  ASSERT_EQ(checked[1].errors.size(), 1U);
  EXPECT_EQ(checked[1].errors[0].rule, "readable");
}

}  // namespace
}  // namespace blupow::app
