#include "core/text.hpp"

#include <gtest/gtest.h>

namespace blupow {
namespace {

TEST(Text, TrimmedLosesBlanksNulsAndFillBytesAtBothEndsOnly) {
  EXPECT_EQ(trimmed("  RNG-CTRL RVR40  "), "RNG-CTRL RVR40");
  EXPECT_EQ(trimmed(std::string_view("RIV\0\0\xff\xff", 7)), "RIV");
  EXPECT_EQ(trimmed("    "), "");
}

TEST(Text, CasesChangeAsciiLettersOnly) {
  EXPECT_EQ(upperCase("aZ9\xc3\xa4"), "AZ9\xc3\xa4");
  EXPECT_EQ(lowerCase("AZ9\xc3\x84"), "az9\xc3\x84");
}

TEST(Text, PrintableKeepsUtf8AndReplacesEverythingElse) {
  EXPECT_EQ(printable("Solar \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"), "Solar \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
  EXPECT_EQ(printable("a\x01\n\x7f"), "a???");
  EXPECT_EQ(printable("\xff\xc3"), "??");
  EXPECT_EQ(printable("\xc0\x80"), "??") << "a longer form than needed";
  EXPECT_EQ(printable("\xed\xa0\x80"), "???") << "half of a surrogate pair";
}

TEST(Text, ASlugIsLowerCaseLettersAndDigitsJoinedByOneUnderscore) {
  EXPECT_EQ(slug(" House  bank (East) 2 "), "house_bank_east_2");
  EXPECT_EQ(slug("__"), "");
  EXPECT_EQ(slug("\xc3\x84h"), "h");
}

}  // namespace
}  // namespace blupow
