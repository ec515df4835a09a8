#include "core/host_port.hpp"

#include <gtest/gtest.h>

namespace blupow {
namespace {

TEST(HostAndPort, OnlyAnIpv6AddressStandsInBrackets) {
  EXPECT_EQ(hostAndPort("core-mosquitto", 1883), "core-mosquitto:1883");
  EXPECT_EQ(hostAndPort("192.168.1.10", 65535), "192.168.1.10:65535");
  EXPECT_EQ(hostAndPort("::1", 8099), "[::1]:8099");
}

}  // namespace
}  // namespace blupow
