#include "core/bytes.hpp"

#include <gtest/gtest.h>

namespace blupow {
namespace {

TEST(Bytes, HexIsLowerCaseWithoutBlanks) { EXPECT_EQ(toHex(Bytes{0xFF, 0x03, 0x0A}), "ff030a"); }

TEST(Bytes, HexIsReadInEitherCaseWithBlanksBetweenBytes) { EXPECT_EQ(fromHex(" FF 03\t0a\n"), (Bytes{0xFF, 0x03, 0x0A})); }

TEST(Bytes, NoTextIsNoBytes) { EXPECT_EQ(fromHex(""), Bytes{}); }

TEST(Bytes, OtherCharactersAndHalvesOfBytesAreNoHex) {
  EXPECT_EQ(fromHex("ff0"), std::nullopt);
  EXPECT_EQ(fromHex("f f"), std::nullopt);
  EXPECT_EQ(fromHex("0x10"), std::nullopt);
  EXPECT_EQ(fromHex("zz"), std::nullopt);
}

}  // namespace
}  // namespace blupow
