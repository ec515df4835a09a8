#include "app/surroundings.hpp"

#include <gtest/gtest.h>

namespace blupow::app {
namespace {

TEST(Surroundings, AnHttpAddressIsAnIpAddressAndAPortOrOff) {
  EXPECT_EQ(parseHttpAddress("[::1]:65535")->address, "::1");
  EXPECT_EQ(parseHttpAddress("127.0.0.1:8099")->port, 8099);
  EXPECT_FALSE(parseHttpAddress("off"));
  for (const char* text : {"off", "0.0.0.0:8099", "127.0.0.1:1", "[::1]:65535"}) EXPECT_TRUE(isHttpAddress(text)) << text;
  for (const char* text :
       {"", "on", "8099", ":8099", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "::1:80", "[127.0.0.1]:80", "localhost:80", "1.2.3.4:80x"}) {
    EXPECT_FALSE(isHttpAddress(text)) << text;
  }
}

TEST(Surroundings, InsideTheAddOnThePageIsAskedForFromOutside) {
  unsetenv("SUPERVISOR_TOKEN");
  EXPECT_EQ(defaultHttpAddress(), "127.0.0.1:8099");
  setenv("SUPERVISOR_TOKEN", "x", 1);
  EXPECT_EQ(defaultHttpAddress(), "0.0.0.0:8099");
  unsetenv("SUPERVISOR_TOKEN");
}

}  // namespace
}  // namespace blupow::app
