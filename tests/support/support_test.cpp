#include <gtest/gtest.h>

#include "support/broker.hpp"
#include "support/private_bus.hpp"
#include "support/process.hpp"

namespace blupow::test {
namespace {

TEST(Process, TellsItsOutputAndStatus) {
  const Outcome outcome = runToEnd({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_EQ(outcome.output, "out\n");
  EXPECT_EQ(outcome.errors, "err\n");
}

TEST(Process, StillRunsAfterABoundThatIsTooShort) {
  Process process({"cat"});
  EXPECT_TRUE(process.running());
  EXPECT_EQ(process.terminate(), 128 + 15);
}

TEST(Process, EnvironmentIsChanged) { EXPECT_EQ(runToEnd({"sh", "-c", "echo $ONE-$HOME"}, {{"ONE", "1"}, {"HOME", ""}}).output, "1-\n"); }

TEST(PrivateBus, AnswersUnderTheSameAddressAfterARestart) {
  PrivateBus bus;
  const std::vector<std::string> ping = {"dbus-send", "--bus=" + bus.address(),        "--print-reply", "--dest=org.freedesktop.DBus",
                                         "/",         "org.freedesktop.DBus.Peer.Ping"};
  EXPECT_EQ(runToEnd(ping).status, 0);
  bus.stop();
  EXPECT_NE(runToEnd(ping).status, 0);
  bus.start();
  EXPECT_EQ(runToEnd(ping).status, 0);
}

TEST(Broker, TakesAMessageOnItsSocket) {
  Broker broker;
  EXPECT_EQ(runToEnd({"mosquitto_pub", "--unix", broker.socket().string(), "-t", "a", "-m", "b"}).status, 0);
}

}  // namespace
}  // namespace blupow::test
