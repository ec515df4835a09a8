#include "app/doctor.hpp"

#include <gmock/gmock.h>

#include <set>

#include "app/broker_probe.hpp"
#include "app/radio_trouble.hpp"

namespace blupow::app {
namespace {

using testing::ElementsAre;

std::vector<std::optional<bool>> results(const std::vector<Check>& checks) {
  std::vector<std::optional<bool>> results;
  results.reserve(checks.size());
  for (const Check& check : checks) results.push_back(check.ok);
  return results;
}

constexpr std::optional<bool> kNull;

TEST(Doctor, TriesWhatAnotherFailureDoesNotPrevent) {
  EXPECT_THAT(results(radioChecks({.state = RadioState::no_bus}, "")), ElementsAre(false, kNull, kNull, kNull));
  EXPECT_THAT(results(radioChecks({.state = RadioState::access_denied}, "")), ElementsAre(true, true, kNull, false));
  EXPECT_THAT(results(radioChecks({.state = RadioState::no_daemon}, "")), ElementsAre(true, false, kNull, kNull));
  EXPECT_THAT(results(radioChecks({.state = RadioState::no_adapter}, "")), ElementsAre(true, true, false, true));
  EXPECT_THAT(results(radioChecks({.state = RadioState::adapter_off, .adapter = "hci0"}, "")), ElementsAre(true, true, false, true));
  EXPECT_THAT(results(radioChecks({.state = RadioState::ready, .adapter = "hci0"}, "")), ElementsAre(true, true, true, true));
}

TEST(Doctor, NamesTheChecksInTheirOrder) {
  std::vector<std::string> names;
  for (const Check& check : radioChecks({.state = RadioState::ready, .adapter = "hci0"}, "")) names.push_back(check.name);
  EXPECT_THAT(names, ElementsAre("bus", "bluetoothd", "adapter", "access"));
}

TEST(Doctor, GivesACureForWhatFailedOnly) {
  for (const auto state : {RadioState::no_bus, RadioState::access_denied, RadioState::no_daemon, RadioState::no_adapter, RadioState::adapter_off}) {
    for (const Check& check : radioChecks({.state = state}, "")) EXPECT_EQ(check.cure.empty(), check.ok != false) << check.name;
  }
}

TEST(Doctor, HasACureOfItsOwnForEveryCause) {
  std::set<std::string> cures;
  for (const auto state : {RadioState::no_bus, RadioState::access_denied, RadioState::no_daemon, RadioState::no_adapter, RadioState::adapter_off}) {
    cures.insert(radioTrouble({.state = state}, "").cure);
  }
  cures.insert(radioTrouble({.state = RadioState::no_adapter}, "hci7").cure);
  EXPECT_EQ(cures.size(), 6U);
  using mqtt::TroubleKind;
  std::set<std::string> broker;
  for (const auto kind : {TroubleKind::unreachable, TroubleKind::silent, TroubleKind::login_refused, TroubleKind::refused, TroubleKind::certificate_refused,
                          TroubleKind::unusable_authorities}) {
    broker.insert(cureOf(kind));
  }
  EXPECT_EQ(broker.size(), 6U);
  const BrokerOrigin named{.host_by_supervisor = true, .login_by_supervisor = true};
  for (const auto kind : {TroubleKind::unreachable, TroubleKind::silent, TroubleKind::login_refused}) {
    EXPECT_TRUE(broker.insert(cureOf(kind, named)).second) << "the options do not say where it is and who we are";
  }
  EXPECT_EQ(cureOf(TroubleKind::login_refused, {.host_by_supervisor = true}), cureOf(TroubleKind::login_refused));
}

TEST(Doctor, IsWellWhenNothingFailed) {
  Examination examination{.checks = {{.name = "bus", .ok = true}, {.name = "answers", .ok = {}}}};
  EXPECT_TRUE(examination.ok());
  examination.checks.push_back({.name = "access", .ok = false});
  EXPECT_FALSE(examination.ok());
  EXPECT_TRUE(examination.accessDenied());
  EXPECT_EQ(examination.complaint(), "not well: access");
  EXPECT_FALSE(Examination{.began = false}.ok());
}

}  // namespace
}  // namespace blupow::app
