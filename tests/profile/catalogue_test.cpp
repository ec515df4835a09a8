#include "profile/catalogue.hpp"

#include <gmock/gmock.h>

namespace blupow::profile {
namespace {

ProfilePtr profileOf(std::string type, std::vector<std::string> names, std::string guess = "") {
  Profile profile{.type = std::move(type)};
  profile.advertised_names = std::move(names);
  profile.guess = std::move(guess);
  return std::make_shared<const Profile>(std::move(profile));
}

Catalogue three() {
  return Catalogue({profileOf("pump", {"PUMP-", "P2"}, "^PUMP-[0-9]"), profileOf("boiler", {"BOIL", "BT-"}, "^(BOIL|PUMP-9)"), profileOf("any", {"BT-"})});
}

TEST(Catalogue, IsOrderedByTypeAndFindsByIt) {
  const Catalogue catalogue = three();
  std::vector<std::string> types;
  for (const ProfilePtr& profile : catalogue.all()) types.push_back(profile->type);
  EXPECT_THAT(types, testing::ElementsAre("any", "boiler", "pump"));
  EXPECT_EQ(catalogue.find("pump")->type, "pump");
  EXPECT_EQ(catalogue.find("pum"), nullptr);
  EXPECT_EQ(Catalogue().find("pump"), nullptr);
}

TEST(Catalogue, KnowsNamesByTheirBeginning) {
  const Catalogue catalogue = three();
  EXPECT_TRUE(catalogue.knows("BT-TH-1    ")) << "modules fill up their name with blanks";
  EXPECT_TRUE(catalogue.knows("P2"));
  EXPECT_FALSE(catalogue.knows("xPUMP-1"));
  EXPECT_FALSE(catalogue.knows(""));
  EXPECT_FALSE(Catalogue().knows("P2"));
}

TEST(Catalogue, GuessesATypeOnlyWhereThereIsOne) {
  const Catalogue catalogue = three();
  EXPECT_EQ(catalogue.guess("PUMP-1"), "pump");
  EXPECT_EQ(catalogue.guess("BOILER "), "boiler");
  EXPECT_EQ(catalogue.guess("PUMP-9"), "") << "two fit";
  EXPECT_EQ(catalogue.guess("BT-TH-1"), "");
}

}  // namespace
}  // namespace blupow::profile
