// What `blupow health` makes of whatever listens where the service should. A sound service is tests/web's.
#include "app/health.hpp"

#include <gmock/gmock.h>

#include "support/supervisor.hpp"

namespace blupow::app {
namespace {

using testing::HasSubstr;

std::string troubleAt(const std::string& address) {
  const auto health = askHealth(address);
  EXPECT_FALSE(health.has_value()) << address;
  return health ? std::string() : health.error().text;
}

TEST(Health, AServiceThatIsNotThereDoesNotRun) {
  EXPECT_EQ(troubleAt("127.0.0.1:1"), "the service at 127.0.0.1:1 does not run");
  EXPECT_EQ(troubleAt("0.0.0.0:1"), "the service at 0.0.0.0:1 does not run");
  EXPECT_THAT(troubleAt("off"), HasSubstr("serves no page"));
}

TEST(Health, AnotherServerIsNotTakenForOurs) {
  test::Supervisor other;
  const std::string address = other.url().substr(std::string_view("http://").size());
  const std::string name = "the service at " + address + " ";
  EXPECT_EQ(troubleAt(address), name + "answers with status 401");
  EXPECT_TRUE(other.waitFor("/health 401")) << "it was asked for that";
  other.fail("list");
  EXPECT_EQ(troubleAt(address), name + "is not BluPow");
  for (const char* const fault : {"garbage", "close", "cut off", "huge", "huge head"}) {
    other.fail(fault);
    EXPECT_THAT(troubleAt(address), HasSubstr(name + "gives no answer (")) << fault;
  }
}

}  // namespace
}  // namespace blupow::app
