// Hand-over, recognition anew, settings and the link's status, as the whole gateway does them.
#include <gmock/gmock.h>

#include "gateway/rig.hpp"
#include "support/log_capture.hpp"

namespace blupow::gateway {
namespace {

using namespace std::chrono_literals;
using test::LogCapture;
using test::mac;
using test::reasonOf;
using test::Rig;
using test::solarModule;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

template <typename T>
std::string messageOf(const std::expected<T, CommandFailure>& outcome) {
  return outcome ? "" : outcome.error().message;
}

// Requests of a function other than 03 that the module was ever sent.
std::vector<Bytes> writesTo(const test::FakeModule& module) {
  std::vector<Bytes> writes = module.requests;
  std::erase_if(writes, [](const Bytes& request) { return request[1] == 3; });
  return writes;
}

class HandOverTest : public testing::Test {
 protected:
  HandOverTest() {
    garage.name = "Garage";
    rig.gateway.start({garage});
    rig.loop.advance(10s);
  }
  const LinkStatus& told() { return rig.journal.links[mac(1)].back().status; }
  std::string reason() { return rig.gateway.devices().at(0).connection_reason; }

  Rig rig{{.poll_interval = 10s}};
  StoredDevice garage = rig.known(solarModule(mac(1)));
  test::FakeModule& module = rig.transport.module(mac(1));
};

TEST_F(HandOverTest, IsAnsweredWhenTheLinkIsDownAndStored) {
  const WallTime until = rig.loop.wallNow() + 15min;
  ASSERT_TRUE(rig.release(mac(1), 15min).has_value());
  EXPECT_LE(rig.took, 5s);
  EXPECT_FALSE(module.up);
  ASSERT_THAT(rig.store.stored, SizeIs(1));
  EXPECT_EQ(rig.store.stored[0].released_until, until);
  EXPECT_EQ(reason(), "handed over");
  EXPECT_EQ(rig.journal.entries.back(), "reason " + mac(1).text() + " handed over");
  EXPECT_EQ(rig.journal.count("offline " + mac(1).text()), 1U);
  EXPECT_TRUE(told().handed_over);
  EXPECT_EQ(told().released_until, until);
}

TEST_F(HandOverTest, WaitsForALinkThatIsSlowToGo) {
  module.slow_down = true;
  ASSERT_TRUE(rig.release(mac(1), 15min).has_value());
  EXPECT_GE(rig.took, 4s);
  EXPECT_FALSE(module.up);
}

TEST_F(HandOverTest, TheDeviceIsLeftAloneAndComesBackByItself) {
  const LogCapture log;
  ASSERT_TRUE(rig.release(mac(1), 15min).has_value());
  const int connects = module.connects;
  rig.loop.advance(15min - rig.took - 1s);
  EXPECT_EQ(module.connects, connects);
  EXPECT_FALSE(rig.transport.scanning());
  rig.loop.advance(20s);
  EXPECT_TRUE(module.up);
  EXPECT_EQ(reason(), "connected");
  EXPECT_EQ(rig.store.stored[0].released_until, std::nullopt);
  EXPECT_FALSE(told().handed_over);
  EXPECT_EQ(told().released_until, std::nullopt);
  EXPECT_EQ(told().reconnects, 0U) << "the link did not break";
  EXPECT_DOUBLE_EQ(told().success_rate.value_or(0), 100);
  EXPECT_THAT(log.linesOf("Garage"), ElementsAre(HasSubstr("handed over until 2"), HasSubstr("offline"), HasSubstr("is back")));
}

TEST_F(HandOverTest, OnceMoreSetsTheTimeAnew) {
  ASSERT_TRUE(rig.release(mac(1), 15min).has_value());
  rig.loop.advance(10min);
  ASSERT_TRUE(rig.release(mac(1), 30min).has_value());
  EXPECT_EQ(told().released_until, std::chrono::ceil<std::chrono::seconds>(rig.loop.wallNow() - rig.took + 30min));
  EXPECT_EQ(rig.store.stored[0].released_until, told().released_until);
  rig.loop.advance(29min);
  EXPECT_EQ(reason(), "handed over");
  ASSERT_TRUE(rig.release(mac(1), 1min).has_value()) << "shorter is possible too";
  rig.loop.advance(70s);
  EXPECT_EQ(reason(), "connected");
}

TEST_F(HandOverTest, ResumeTakesItBack) {
  ASSERT_TRUE(rig.release(mac(1), 15min).has_value());
  rig.loop.advance(1min);
  ASSERT_TRUE(rig.resume(mac(1)).has_value());
  EXPECT_EQ(rig.store.stored[0].released_until, std::nullopt);
  EXPECT_FALSE(told().handed_over);
  rig.loop.advance(10s);
  EXPECT_EQ(reason(), "connected");
  EXPECT_TRUE(rig.resume(mac(1)).has_value()) << "there is nothing to be done";
  EXPECT_TRUE(module.up);
}

TEST_F(HandOverTest, WhoAsksMeanwhileIsToldUntilWhen) {
  ASSERT_TRUE(rig.release(mac(1), 15min).has_value());
  const std::string until = isoUtc(*told().released_until);
  for (const auto& outcome : {rig.refresh(mac(1)), rig.identify(mac(1))}) {
    EXPECT_EQ(reasonOf(outcome), Refusal::busy);
    EXPECT_EQ(messageOf(outcome), "Garage is handed over until " + until + "; resume_device takes it back.");
  }
  const auto set = rig.set({mac(1), {}}, "limit", "20");
  EXPECT_EQ(reasonOf(set), Refusal::busy);
  EXPECT_THAT(messageOf(set), HasSubstr("handed over until " + until));
  rig.loop.advance(1min);
  EXPECT_THAT(writesTo(module), IsEmpty());
}

TEST_F(HandOverTest, WhoWaitsAlreadyIsToldAtOnce) {
  module.silent = true;
  std::optional<Rig::Added> refreshed;
  rig.gateway.refresh(mac(1), [&](Rig::Added outcome) { refreshed = std::move(outcome); });
  rig.loop.advance(1s);
  ASSERT_FALSE(refreshed.has_value());
  ASSERT_TRUE(rig.release(mac(1), 15min).has_value());
  ASSERT_TRUE(refreshed.has_value());
  EXPECT_EQ(reasonOf(*refreshed), Refusal::busy);
}

TEST_F(HandOverTest, ADeviceThatIsAwayCanBeHandedOverToo) {
  module.advertising = false;
  rig.transport.drop(mac(1));
  rig.loop.advance(2min);
  ASSERT_TRUE(rig.release(mac(1), 15min).has_value());
  EXPECT_EQ(reason(), "handed over");
  rig.transport.radio({RadioState::no_daemon, "", ""});
  rig.loop.advance(1min);
  EXPECT_EQ(reason(), "handed over");
}

TEST_F(HandOverTest, ThatCannotBeStoredSaysSo) {
  rig.store.failure = Failure{FailureKind::retry_later, "no space left on device"};
  const auto released = rig.release(mac(1), 15min);
  EXPECT_EQ(reasonOf(released), Refusal::failed);
  EXPECT_THAT(messageOf(released), HasSubstr("is handed over, but this could not be stored: no space left on device"));
}

TEST_F(HandOverTest, ADeviceThatIsNotAddedIsNotHandedOver) {
  EXPECT_EQ(reasonOf(rig.release(mac(2), 15min)), Refusal::unknown_device);
  EXPECT_EQ(reasonOf(rig.resume(mac(2))), Refusal::unknown_device);
  EXPECT_EQ(reasonOf(rig.identify(mac(2))), Refusal::unknown_device);
  EXPECT_EQ(reasonOf(rig.set({mac(2), {}}, "limit", "20")), Refusal::unknown_device);
}

TEST_F(HandOverTest, ADeviceThatIsHandedOverCanBeRemoved) {
  ASSERT_TRUE(rig.release(mac(1), 15min).has_value());
  ASSERT_TRUE(rig.remove(mac(1)).has_value());
  EXPECT_THAT(rig.store.stored, IsEmpty());
  const std::size_t told = rig.journal.links[mac(1)].size();
  rig.loop.advance(1h);
  EXPECT_EQ(rig.journal.links[mac(1)].size(), told);
}

TEST(HandOverAtStartTest, GoesOnWhereItWas) {
  Rig rig;
  StoredDevice device = rig.known(solarModule(mac(1)));
  device.released_until = rig.loop.wallNow() + 5min;
  rig.gateway.start({device});
  std::vector<std::string> reasons;
  rig.gateway.eachDevice([&](const Device& told) {
    reasons.emplace_back(device::words(told.reason));
    EXPECT_TRUE(told.link->handed_over);
  });
  EXPECT_THAT(reasons, ElementsAre("handed over"));
  rig.loop.advance(5min - 1s);
  EXPECT_EQ(rig.transport.module(mac(1)).connects, 0);
  EXPECT_EQ(reasonOf(rig.refresh(mac(1))), Refusal::busy);
  rig.loop.advance(20s);
  EXPECT_TRUE(rig.transport.module(mac(1)).up);
  EXPECT_EQ(rig.store.stored[0].released_until, std::nullopt);
}

TEST(HandOverAtStartTest, OneThatIsOverCountsNoMore) {
  Rig rig;
  StoredDevice device = rig.known(solarModule(mac(1)));
  device.released_until = rig.loop.wallNow() - 1s;
  rig.gateway.start({device});
  rig.loop.advance(10s);
  EXPECT_TRUE(rig.transport.module(mac(1)).up);
  EXPECT_EQ(rig.store.stored[0].released_until, std::nullopt);
}

TEST(HandOverAtStartTest, AWrongClockDoesNotKeepTheDeviceAwayForYears) {
  Rig rig;
  StoredDevice device = rig.known(solarModule(mac(1)));
  device.released_until = rig.loop.wallNow() + std::chrono::years(3);
  rig.gateway.start({device});
  rig.loop.advance(24h + 20s);
  EXPECT_TRUE(rig.transport.module(mac(1)).up);
}

TEST_F(HandOverTest, IdentifyRecognisesAnew) {
  putText(module, 12, "SOLAR-60");
  const auto identified = rig.identify(mac(1));
  ASSERT_TRUE(identified.has_value()) << identified.error().message;
  EXPECT_EQ(identified->model, "SOLAR-60");
  EXPECT_LE(rig.took, 5s);
  EXPECT_EQ(rig.journal.settled[mac(1)], true);
}

TEST_F(HandOverTest, IdentifySaysWhatAnsweredInstead) {
  putText(module, 12, "TOASTER");
  const auto identified = rig.identify(mac(1));
  EXPECT_EQ(reasonOf(identified), Refusal::not_recognised);
  EXPECT_THAT(messageOf(identified), HasSubstr("TOASTER"));
  EXPECT_THAT(rig.gateway.devices(), SizeIs(1)) << "it stays what it was";
}

TEST_F(HandOverTest, IdentifyIsBoundedWhenTheDeviceIsAway) {
  module.advertising = false;
  rig.transport.drop(mac(1));
  rig.loop.advance(2min);
  EXPECT_EQ(reasonOf(rig.identify(mac(1))), Refusal::not_heard);
  EXPECT_LE(rig.took, 25s);
}

struct Refused {
  std::optional<std::uint8_t> unit;
  std::string key;
  Refusal reason;
  std::string clause;
};

TEST_F(HandOverTest, ASettingThatIsRefusedWritesNothingAndTellsWhy) {
  const LogCapture log;
  for (const Refused& refused : {Refused{{}, "voltage", Refusal::not_allowed, "the option 'allow_settings' is off"},
                                 Refused{{}, "soc", Refusal::bad_argument, "the device has no such setting"},
                                 Refused{{}, "shutdown", Refusal::bad_argument, "the device has no such setting"},
                                 Refused{std::uint8_t{77}, "limit", Refusal::unknown_device, "there is no such unit"}}) {
    const auto set = rig.set({mac(1), refused.unit}, refused.key, "13\n");
    EXPECT_EQ(reasonOf(set), refused.reason) << refused.key;
    const std::string sentence = refused.key + " was not set to 13?: " + refused.clause + ".";
    EXPECT_EQ(messageOf(set), "Garage: " + sentence);
    EXPECT_EQ(told().last_write, sentence);
    EXPECT_EQ(log.lines().back(), "warning: Garage (02:00:00:00:00:01): " + sentence);
  }
  rig.loop.advance(1min);
  EXPECT_THAT(writesTo(module), IsEmpty());
}

TEST_F(HandOverTest, ASettingIsAnsweredWhenItWasReadBackAndTold) {
  const LogCapture log;
  const auto set = rig.set({mac(1), {}}, "limit", "20");
  ASSERT_TRUE(set.has_value()) << set.error().message;
  EXPECT_LE(rig.took, 2s);
  EXPECT_EQ(module.words.at(258), 20);
  EXPECT_THAT(writesTo(module), SizeIs(1));
  EXPECT_EQ(std::get<std::int64_t>(rig.journal.readings.at("limit")), 20) << "published before it is answered";
  rig.loop.settle();
  EXPECT_EQ(told().last_write, "limit was set to 20.");
  EXPECT_THAT(log.lines(), ElementsAre("info: Garage (02:00:00:00:00:01): limit was set to 20."));
}

TEST_F(HandOverTest, ASettingThatFailsSaysWhy) {
  const auto set = rig.set({mac(1), {}}, "limit", "101");
  EXPECT_EQ(reasonOf(set), Refusal::failed);
  EXPECT_THAT(messageOf(set), testing::StartsWith("Garage: limit was not set to 101: "));
  EXPECT_THAT(writesTo(module), IsEmpty());
  rig.loop.settle();
  EXPECT_EQ("Garage: " + told().last_write, messageOf(set));
}

TEST_F(HandOverTest, ASettingOfADeviceThatIsAwayIsAnsweredInTime) {
  module.advertising = false;
  rig.transport.drop(mac(1));
  rig.loop.advance(2min);
  EXPECT_EQ(reasonOf(rig.set({mac(1), {}}, "limit", "20")), Refusal::failed);
  EXPECT_LE(rig.took, 25s);
  EXPECT_THAT(writesTo(module), IsEmpty());
}

TEST(SettingsTest, AreWrittenWhereTheOptionAllowsThem) {
  Rig rig({.poll_interval = 10s, .allow_settings = true});
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(10s);
  const auto set = rig.set({mac(1), {}}, "voltage", "14.2");
  ASSERT_TRUE(set.has_value()) << set.error().message;
  EXPECT_EQ(rig.transport.module(mac(1)).words.at(257), 142);
}

TEST_F(HandOverTest, TheLinkIsToldOnChangeAndAtMostOnceAMinuteElse) {
  rig.loop.advance(10min);
  const auto& links = rig.journal.links[mac(1)];
  const std::size_t before = links.size();
  rig.loop.advance(10min);
  EXPECT_LE(links.size(), before + 10);
  EXPECT_GE(links.size(), before + 9);
  EXPECT_DOUBLE_EQ(told().success_rate.value_or(0), 100);
  EXPECT_GT(told().poll_duration.value_or(0), 0);
  EXPECT_GE(*told().last_success, rig.loop.wallNow() - 90s);
  EXPECT_EQ(told().rssi, -60);
  const TimePoint lost = rig.loop.now();
  module.refuses = Failure{FailureKind::retry_now, "le-connection-abort-by-local"};
  rig.transport.drop(mac(1));
  rig.loop.advance(1s);
  EXPECT_GT(links.back().at, lost - 1ms) << "its reason became another";
  rig.loop.advance(1min);
  module.refuses.reset();
  rig.loop.advance(2min);
  EXPECT_EQ(told().reconnects, 1U);
}

}  // namespace
}  // namespace blupow::gateway
