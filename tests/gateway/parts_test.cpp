// The small parts: subscribers, registry, saver, statistics, names.
#include <gmock/gmock.h>

#include "gateway/names.hpp"
#include "gateway/registry.hpp"
#include "gateway/rig.hpp"
#include "gateway/saver.hpp"
#include "gateway/statistics.hpp"
#include "gateway/subscribers.hpp"
#include "gateway/summary.hpp"
#include "support/log_capture.hpp"

namespace blupow::gateway {
namespace {

using namespace std::chrono_literals;
using test::mac;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(SubscribersTest, WhoLeavesDuringARoundHearsNothingMore) {
  struct Member {
    int heard = 0;
  };
  Subscribers<Member> subscribers;
  Member first;
  Member second;
  auto one = subscribers.add(first);
  auto two = subscribers.add(second);
  subscribers.tell([&](Member& member) {
    ++member.heard;
    two = {};
  });
  subscribers.tell([](Member& member) { ++member.heard; });
  EXPECT_EQ(first.heard, 2);
  EXPECT_EQ(second.heard, 0);
}

TEST(SubscribersTest, WhoComesDuringARoundHearsTheNext) {
  struct Member {
    int heard = 0;
  };
  Subscribers<Member> subscribers;
  Member first;
  Member late;
  const auto one = subscribers.add(first);
  Subscribers<Member>::Subscription two;
  subscribers.tell([&](Member& member) {
    ++member.heard;
    two = subscribers.add(late);
  });
  EXPECT_EQ(late.heard, 0);
  subscribers.tell([](Member& member) { ++member.heard; });
  EXPECT_EQ(late.heard, 1);
}

TEST(NamesTest, ANameIsNeverEmpty) {
  EXPECT_EQ(displayName("Garage", "SOLAR-40", mac(0xAB)), "Garage");
  EXPECT_EQ(displayName("", "SOLAR-40", mac(0xAB)), "SOLAR-40 00AB");
  EXPECT_EQ(displayName("", "", mac(0xAB)), "02:00:00:00:00:AB");
}

TEST(NamesTest, ADeviceWithoutAUnitHasASummary) {
  const LinkStatus link;
  Device device{.address = mac(0xAB), .type = "test_solar", .reason = device::ConnectionReason::not_heard, .link = &link};
  const DeviceSummary summary = summaryOf(device);
  EXPECT_EQ(summary.name, "02:00:00:00:00:AB");
  EXPECT_EQ(summary.connection_reason, "not heard");
  EXPECT_FALSE(summary.online);
  device.known_type = false;
  EXPECT_EQ(summaryOf(device).connection_reason, "unknown_type");
}

TEST(RegistryTest, TheOptionsWinOverWhatIsStored) {
  const std::vector<StoredDevice> stored{{.address = mac(1), .type = "test_solar", .name = "old"}};
  const KnownDevices known = mergeDevices(stored, {{.address = mac(1), .name = "new", .poll_interval = 7s}});
  ASSERT_EQ(known.devices.size(), 1U);
  EXPECT_EQ(known.devices[0].stored.name, "new");
  EXPECT_EQ(known.devices[0].stored.type, "test_solar");
  EXPECT_EQ(known.devices[0].poll_interval, Duration(7s));
  EXPECT_TRUE(known.devices[0].in_options);
  EXPECT_FALSE(known.devices[0].stored.from_options) << "it was added by a command: it stays when its line goes";
}

TEST(RegistryTest, NamesAreOneReadableLineWhoeverWroteThem) {
  const KnownDevices known =
      mergeDevices({{.address = mac(1), .name = " Shed\n"}}, {{.address = mac(2), .name = " Roof\teast "}, {.address = mac(3), .name = "  "}});
  ASSERT_EQ(known.devices.size(), 3U);
  EXPECT_EQ(known.devices[0].stored.name, "Shed");
  EXPECT_EQ(known.devices[1].stored.name, "Roof?east");
  EXPECT_EQ(known.devices[2].stored.name, "") << "blanks are no name";
}

TEST(RegistryTest, ADeviceOfTheOptionsAloneGoesWithItsLine) {
  const KnownDevices first = mergeDevices({}, {{.address = mac(1), .type = "test_solar"}, {.address = mac(2)}});
  ASSERT_EQ(first.devices.size(), 2U);
  EXPECT_TRUE(first.devices[0].stored.from_options);
  EXPECT_TRUE(first.devices[0].type_named);
  EXPECT_FALSE(first.devices[1].type_named);
  const KnownDevices second = mergeDevices({first.devices[0].stored, first.devices[1].stored}, {{.address = mac(2)}});
  ASSERT_EQ(second.devices.size(), 1U);
  EXPECT_EQ(second.devices[0].stored.address, mac(2));
  ASSERT_EQ(second.gone.size(), 1U);
  EXPECT_EQ(second.gone[0].address, mac(1));
}

TEST(RegistryTest, UnitsRememberedAsAnotherTypeAreForgottenWhenTheOptionsNameOne) {
  const auto catalogue = test::testCatalogue();
  const std::vector<StoredDevice> stored{{.address = mac(1), .type = "test_solar", .units = {{.id = 255, .family = catalogue.find("test_solar")}}}};
  EXPECT_THAT(mergeDevices(stored, {{.address = mac(1), .type = "test_power"}}).devices[0].stored.units, IsEmpty());
  EXPECT_EQ(mergeDevices(stored, {{.address = mac(1), .type = "test_solar"}}).devices[0].stored.units.size(), 1U);
}

TEST(RegistryTest, ADescriptionIsForgottenWhenTheOptionsNameAType) {
  const auto family = test::describedFamily();
  const std::vector<StoredDevice> stored{{.address = mac(1), .type = family->type, .description = "{}", .described = family}};
  const StoredDevice named = mergeDevices(stored, {{.address = mac(1), .type = "test_solar"}}).devices[0].stored;
  EXPECT_EQ(named.described, nullptr);
  EXPECT_EQ(named.description, "");
  EXPECT_EQ(mergeDevices(stored, {{.address = mac(1), .name = "Heater"}}).devices[0].stored.described, family);
}

TEST(RegistryTest, AStoredTypeWithoutUnitsIsTheOnlyOneAskedFor) {
  EXPECT_TRUE(mergeDevices({{.address = mac(1), .type = "test_solar"}}, {}).devices[0].type_named) << "the first BluPow's file";
}

class SaverTest : public testing::Test {
 protected:
  runtime::SimulatedLoop loop;
  test::MemoryStore store{loop};
  std::vector<StoredDevice> list{{.address = mac(1), .type = "a"}};
  Saver saver{loop, store, [this] { return list; }};
};

TEST_F(SaverTest, ChangesDuringASaveGoIntoOneMore) {
  int done = 0;
  saver.save([&](const Result<>&) { ++done; });
  loop.settle();
  for (int change = 0; change < 5; ++change) {
    list[0].name = std::to_string(change);
    saver.save([&](const Result<>&) { ++done; });
    EXPECT_LE(store.under_way, 1);
  }
  loop.advance(15ms);
  EXPECT_EQ(done, 1);
  loop.advance(15ms);
  EXPECT_EQ(done, 6);
  EXPECT_EQ(store.saves, 2);
  EXPECT_EQ(store.stored, list);
  EXPECT_TRUE(saver.idle());
}

TEST_F(SaverTest, AFailureIsToldOnceAndTriedAgain) {
  const test::LogCapture log;
  store.failure = Failure{FailureKind::retry_later, "no space left on device"};
  std::optional<Result<>> outcome;
  saver.save([&](const Result<>& result) { outcome = result; });
  loop.advance(5min);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_FALSE(outcome->has_value());
  EXPECT_FALSE(saver.idle());
  store.failure.reset();
  loop.advance(2min);
  EXPECT_EQ(store.stored, list);
  EXPECT_THAT(log.lines(),
              ElementsAre("warning: the list of devices cannot be saved: no space left on device", "warning: the list of devices can be saved again"));
}

TEST_F(SaverTest, AnAnswerThatComesAfterItIsGoneIsDropped) {
  auto other = std::make_unique<Saver>(loop, store, [this] { return list; });
  bool called = false;
  other->save([&](const Result<>&) { called = true; });
  loop.settle();
  other.reset();
  loop.advance(1s);
  EXPECT_EQ(store.saves, 1);
  EXPECT_FALSE(called);
}

TEST(StatisticsTest, TellsEveryChangeButAtMostOnceAMinute) {
  runtime::SimulatedLoop loop;
  Subscribers<Listener> listeners;
  test::Journal journal;
  const auto subscription = listeners.add(journal);
  Statistics statistics(loop, listeners);
  statistics.adapter("hci0");
  EXPECT_THAT(journal.states, IsEmpty());
  statistics.start();
  ASSERT_EQ(journal.states.size(), 1U);
  for (int second = 0; second < 100; ++second) {
    statistics.polled(second % 2 == 0, std::chrono::milliseconds(second % 2 == 0 ? 200 : 9000));
    loop.advance(1s);
  }
  ASSERT_EQ(journal.states.size(), 2U);
  EXPECT_EQ(journal.states[1].polls_ok + journal.states[1].polls_failed, 60U);
  statistics.devices(3);
  ASSERT_EQ(journal.states.size(), 2U);
  loop.advance(20s);
  ASSERT_EQ(journal.states.size(), 3U);
  const GatewayState& state = journal.states.back();
  EXPECT_EQ(state.polls_ok, 50U);
  EXPECT_EQ(state.polls_failed, 50U);
  EXPECT_EQ(state.adapter, "hci0");
  EXPECT_EQ(state.devices, 3U);
  EXPECT_DOUBLE_EQ(state.poll_time.value_or(0), 0.2);
  EXPECT_EQ(state.last_success, loop.wallNow() - 22s);
  loop.advance(10min);
  EXPECT_EQ(journal.states.size(), 3U) << "nothing changed";
  statistics.devices(4);
  loop.settle();
  EXPECT_EQ(journal.states.size(), 4U) << "the last word is more than a minute old";
}

TEST(StatisticsTest, TheMeanIsThatOfTheLastHundredPolls) {
  runtime::SimulatedLoop loop;
  const Subscribers<Listener> listeners;
  Statistics statistics(loop, listeners);
  for (int poll = 0; poll < 100; ++poll) statistics.polled(true, 10s);
  for (int poll = 0; poll < 100; ++poll) statistics.polled(true, 1s);
  EXPECT_DOUBLE_EQ(statistics.state().poll_time.value_or(0), 1.0);
}

}  // namespace
}  // namespace blupow::gateway
