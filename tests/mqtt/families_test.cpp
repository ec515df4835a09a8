// A name with addresses in both families, made by a hosts file of the test's own.
#include "mqtt/families.hpp"

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>

#include "mqtt/client_fixture.hpp"
#include "support/free_port.hpp"

namespace blupow::mqtt {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST(FamiliesTest, AnAddressASocketAndAnUnknownNameLeaveNothingToChoose) {
  for (const char* host : {"127.0.0.1", "::1", "/run/mosquitto", "nobody.invalid", ""}) EXPECT_THAT(familiesOf(host), ElementsAre(nullptr)) << host;
}

class TwoFamiliesTest : public ClientTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "root is needed for a hosts file of the test's own";
    ASSERT_EQ(unshare(CLONE_NEWNS), 0) << "and the right to mount it";
    // In a chroot the root folder is no mount; nothing is shared there either.
    const bool is_private = mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    ASSERT_TRUE(is_private || errno == EINVAL);
    const auto hosts = folder.write("hosts", "::1 both.test\n127.0.0.1 both.test\n");
    ASSERT_EQ(mount(hosts.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr), 0);
    mounted = true;
  }
  void TearDown() override {
    if (mounted) umount2("/etc/hosts", MNT_DETACH);
    ClientTest::TearDown();
  }

  test::TempFolder folder;
  bool mounted = false;
};

TEST_F(TwoFamiliesTest, AreBothFound) { EXPECT_THAT(familiesOf("both.test"), UnorderedElementsAre(testing::StrEq("::"), testing::StrEq("0.0.0.0"))); }

TEST_F(TwoFamiliesTest, ABrokerAtEitherAddressIsReached) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    const std::uint16_t port = test::freePort();
    const test::Broker broker("listener " + std::to_string(port) + " " + address + "\nallow_anonymous true\n");
    startClient({.host = "both.test", .port = port});
    EXPECT_TRUE(runUntilConnected()) << address;
    EXPECT_TRUE(troubles.empty()) << address;
    stopClient();
    connections = 0;
  }
}

}  // namespace
}  // namespace blupow::mqtt
