#include "mqtt/trouble.hpp"

#include <gtest/gtest.h>
#include <mosquitto.h>

#include <cerrno>

namespace blupow::mqtt {
namespace {

const BrokerSettings kSettings{.host = "solar.local", .port = 8883, .ca_file = "/data/ca.pem"};

TEST(Trouble, SaysWhyNobodyIsThere) {
  const Trouble refused = troubleOf({.code = MOSQ_ERR_ERRNO, .error_number = ECONNREFUSED}, kSettings);
  EXPECT_EQ(refused.kind, TroubleKind::unreachable);
  EXPECT_EQ(refused.text, "is not reachable: Connection refused");
  EXPECT_EQ(troubleOf({.code = MOSQ_ERR_EAI}, kSettings).text, "is not reachable: no such host");
}

TEST(Trouble, ALostConnectionIsTheSameTroubleAsABrokerThatIsNotThere) {
  const Trouble lost = troubleOf({.code = MOSQ_ERR_CONN_LOST, .accepted = true}, kSettings);
  EXPECT_EQ(lost.kind, TroubleKind::unreachable);
  EXPECT_EQ(lost.text, "is not reachable: the connection was lost");
}

TEST(Trouble, TellsALoginFromOtherRefusals) {
  EXPECT_EQ(troubleOf({.code = MOSQ_ERR_CONN_REFUSED, .refusal = 4}, kSettings).text, "refuses user name or password");
  EXPECT_EQ(troubleOf({.code = MOSQ_ERR_CONN_REFUSED, .refusal = 5}, kSettings).kind, TroubleKind::login_refused);
  EXPECT_EQ(troubleOf({.code = MOSQ_ERR_CONN_REFUSED, .refusal = 3}, kSettings).kind, TroubleKind::refused);
}

TEST(Trouble, NamesTheBoundOfABrokerThatIsSilent) { EXPECT_EQ(troubleOf({.overdue = true}, kSettings).text, "does not answer within 10 s"); }

TEST(Trouble, TheBrokersNameIsItsSocketOrHostAndPort) {
  EXPECT_EQ(brokerName(kSettings), "solar.local:8883");
  EXPECT_EQ(brokerName({.host = "/run/broker"}), "/run/broker");
  EXPECT_EQ(brokerName({.host = "fd00::1", .port = 1883}), "[fd00::1]:1883");
}

}  // namespace
}  // namespace blupow::mqtt
