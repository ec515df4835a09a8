#include "core/mac_address.hpp"

#include <gtest/gtest.h>

namespace blupow {
namespace {

TEST(MacAddress, IsReadInEitherCaseAndWrittenInUpperCase) {
  const auto address = MacAddress::parse("d8:b6:73:BF:4f:75");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->text(), "D8:B6:73:BF:4F:75");
  EXPECT_EQ(address->digits(), "D8B673BF4F75");
}

TEST(MacAddress, IsNothingElse) {
  for (const char* text :
       {"", "D8:B6:73:BF:4F", "D8:B6:73:BF:4F:7", "D8-B6-73-BF-4F-75", "D8:B6:73:BF:4F:75:00", "D8:B6:73:BF:4F:7G", "D8B673BF4F75", " 8:B6:73:BF:4F:75"}) {
    EXPECT_FALSE(MacAddress::parse(text)) << text;
  }
}

TEST(MacAddress, OrdersByItsBytes) { EXPECT_LT(MacAddress::parse("00:00:00:00:00:01"), MacAddress::parse("00:00:00:00:00:02")); }

}  // namespace
}  // namespace blupow
