#include "profile/variant.hpp"

#include <gmock/gmock.h>

namespace blupow::profile {
namespace {

using testing::ElementsAre;

Field fieldOf(std::string key, std::string block, double scale = 1) {
  Field field;
  field.key = std::move(key);
  field.block = std::move(block);
  field.scale = scale;
  return field;
}

ProfilePtr familyWith(std::vector<Quirk> quirks) {
  Profile profile;
  profile.blocks = {{.name = "live", .address = 1}, {.name = "extra", .address = 9}};
  profile.fields = {fieldOf("current", "live"), fieldOf("power", "live"), fieldOf("fan", "extra")};
  profile.quirks = std::move(quirks);
  return std::make_shared<const Profile>(std::move(profile));
}

std::vector<std::string> keysOf(const Profile& profile) {
  std::vector<std::string> keys;
  for (const Field& field : profile.fields) keys.push_back(field.key);
  return keys;
}

TEST(Variant, IsTheFamilyItselfWhereNoQuirkFits) {
  const ProfilePtr family = familyWith({{.models = "^RIV4835", .without = {"fan"}}});
  EXPECT_EQ(variantFor(family, "RIV1230", ""), family);
  EXPECT_EQ(variantFor(family, "", ""), family) << "an unknown model fits no pattern that asks for one";
}

TEST(Variant, AQuirkReplacesAddsAndTakesAway) {
  const ProfilePtr family = familyWith({{.models = "^OLD",
                                         .blocks = {{.name = "live", .address = 2}, {.name = "more", .address = 20}},
                                         .fields = {fieldOf("current", "live", 0.1), fieldOf("speed", "more")},
                                         .without = {"extra", "power"}}});
  const ProfilePtr variant = variantFor(family, " OLD-1\0", "");
  EXPECT_THAT(keysOf(*variant), ElementsAre("current", "speed")) << "the fields of a block go with it";
  EXPECT_EQ(variant->field("current")->scale, 0.1);
  EXPECT_THAT(variant->blocks, ElementsAre(Block{.name = "live", .address = 2}, Block{.name = "more", .address = 20}));
  EXPECT_EQ(family->field("current")->scale, 1) << "the family stays as it is";
}

TEST(Variant, ModelAndNameMustBothFitAndAllQuirksThatFitApply) {
  const ProfilePtr family = familyWith({{.models = "A", .names = "^BT-", .without = {"fan"}}, {.names = "^BT-", .without = {"power"}}});
  EXPECT_THAT(keysOf(*variantFor(family, "A1", "BT-TH-1  ")), ElementsAre("current"));
  EXPECT_THAT(keysOf(*variantFor(family, "B1", "BT-TH-1")), ElementsAre("current", "fan"));
  EXPECT_THAT(keysOf(*variantFor(family, "A1", "RNG")), ElementsAre("current", "power", "fan"));
}

TEST(Variant, AnEmptyPatternFitsEveryDevice) { EXPECT_THAT(keysOf(*variantFor(familyWith({{.without = {"live"}}}), "", "")), ElementsAre("fan")); }

}  // namespace
}  // namespace blupow::profile
