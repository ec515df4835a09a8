// The commands: what they answer, within their time, and what they leave behind. To add a device is add_test.cpp's.
#include "gateway/commands.hpp"

#include <gmock/gmock.h>

#include "gateway/rig.hpp"

namespace blupow::gateway {
namespace {

using namespace std::chrono_literals;
using test::mac;
using test::reasonOf;
using test::Rig;
using test::solarModule;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(RemoveTest, EndsTheLinkThenTellsThenStoresThenAnswers) {
  Rig rig;
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(10s);
  ASSERT_TRUE(rig.remove(mac(1)).has_value());
  EXPECT_EQ(rig.transport.linksUp(), 0U);
  EXPECT_EQ(rig.transport.linksAlive(), 0U);
  EXPECT_EQ(rig.journal.entries.back(), "removed " + mac(1).text());
  EXPECT_THAT(rig.store.stored, IsEmpty());
  EXPECT_EQ(rig.gateway.state().devices, 0U);
  rig.loop.advance(5min);
  EXPECT_EQ(rig.journal.entries.back(), "removed " + mac(1).text()) << "nothing of it follows";
  EXPECT_TRUE(rig.add({.address = mac(1)}).has_value()) << "it can be added again";
}

TEST(RemoveTest, WorksWhileTheDeviceIsBeingConnected) {
  Rig rig;
  auto module = solarModule(mac(1));
  module.hangs = true;
  rig.gateway.start({rig.known(module)});
  rig.loop.advance(2s);
  ASSERT_EQ(rig.transport.module(mac(1)).connects, 1);
  EXPECT_TRUE(rig.remove(mac(1)).has_value());
  EXPECT_EQ(rig.transport.module(mac(1)).disconnects, 1);
  EXPECT_FALSE(rig.transport.scanning());
}

TEST(RemoveTest, IsAnsweredWithinTenSecondsThoughTheLinkIsSlowToGo) {
  Rig rig;
  auto module = solarModule(mac(1));
  module.slow_down = true;
  rig.gateway.start({rig.known(module)});
  rig.loop.advance(5s);
  EXPECT_TRUE(rig.remove(mac(1)).has_value());
  EXPECT_LE(rig.took, 10s);
}

TEST(RemoveTest, ASecondRemovalIsBusyAndAThirdKnowsNothing) {
  Rig rig;
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(5s);
  std::optional<Rig::Done> first;
  rig.gateway.remove(mac(1), [&](const Rig::Done& outcome) { first = outcome; });
  EXPECT_EQ(rig.remove(mac(1)).error().reason, Refusal::busy);
  EXPECT_EQ(reasonOf(rig.add({.address = mac(1)})), Refusal::busy);
  EXPECT_EQ(reasonOf(rig.refresh(mac(1))), Refusal::busy);
  EXPECT_TRUE(rig.runUntil(10s, [&] { return first.has_value(); }));
  EXPECT_TRUE(first->has_value());
  EXPECT_EQ(rig.remove(mac(1)).error().reason, Refusal::unknown_device);
}

// Nobody could be told any more that it is gone: the next start takes it up again.
TEST(RemoveTest, ADeviceWhoseRemovalWasCutShortByAStopStays) {
  Rig rig;
  rig.transport.add(solarModule(mac(2)));
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(10s);
  std::optional<Rig::Done> removed;
  rig.gateway.remove(mac(1), [&](const Rig::Done& outcome) { removed = outcome; });
  bool stopped = false;
  rig.gateway.stop([&] { stopped = true; });
  ASSERT_TRUE(rig.runUntil(3010ms, [&] { return stopped; }));
  ASSERT_TRUE(removed.has_value());
  ASSERT_FALSE(removed->has_value());
  EXPECT_EQ(removed->error().reason, Refusal::failed);
  EXPECT_EQ(rig.journal.count("removed " + mac(1).text()), 0U);
  ASSERT_EQ(rig.store.stored.size(), 1U);
  EXPECT_EQ(rig.store.stored[0].address, mac(1));
}

TEST(RemoveTest, ADeviceIsStoredUntilItsRemovalIsTold) {
  Rig rig;
  auto module = solarModule(mac(1));
  module.slow_down = true;
  rig.gateway.start({rig.known(module)});
  rig.loop.advance(5s);
  rig.transport.add(solarModule(mac(2)));
  rig.gateway.remove(mac(1), [](const Rig::Done&) {});
  ASSERT_TRUE(rig.add({.address = mac(2)}).has_value());
  ASSERT_EQ(rig.journal.count("removed " + mac(1).text()), 0U) << "the link is still going down";
  EXPECT_EQ(rig.store.stored.size(), 2U);
  rig.loop.advance(10s);
  EXPECT_EQ(rig.store.stored.size(), 1U);
}

TEST(RefreshTest, AnswersAfterAPoll) {
  Rig rig({.poll_interval = std::chrono::hours(1)});
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(10s);
  rig.transport.module(mac(1)).words[256] = 81;
  const auto refreshed = rig.refresh(mac(1));
  ASSERT_TRUE(refreshed.has_value()) << refreshed.error().message;
  EXPECT_LE(rig.took, 1s);
  EXPECT_EQ(std::get<std::int64_t>(rig.journal.readings.at("soc")), 81);
  EXPECT_EQ(rig.journal.polls[mac(1)].size(), 2U);
}

TEST(RefreshTest, SeveralAtOnceShareOnePoll) {
  Rig rig({.poll_interval = std::chrono::hours(1)});
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(10s);
  int answered = 0;
  for (int request = 0; request < 3; ++request) rig.gateway.refresh(mac(1), [&](const Rig::Added& outcome) { answered += outcome ? 1 : 0; });
  EXPECT_TRUE(rig.runUntil(2s, [&] { return answered == 3; }));
  EXPECT_EQ(rig.journal.polls[mac(1)].size(), 2U);
}

TEST(RefreshTest, IsBoundedWhenTheDeviceIsAway) {
  Rig rig;
  auto module = solarModule(mac(1));
  module.advertising = false;
  rig.gateway.start({rig.known(module)});
  rig.loop.advance(2min);
  EXPECT_EQ(reasonOf(rig.refresh(mac(1))), Refusal::not_heard);
  EXPECT_LE(rig.took, 25s);
  EXPECT_EQ(reasonOf(rig.refresh(mac(2))), Refusal::unknown_device);
}

TEST(RefreshTest, IsBoundedWhenTheDeviceIsSilent) {
  Rig rig;
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(10s);
  rig.transport.module(mac(1)).silent = true;
  EXPECT_EQ(reasonOf(rig.refresh(mac(1))), Refusal::no_answer);
  EXPECT_LE(rig.took, 25s);
}

TEST(DiscoverTest, ListsWhatIsHeardAndNotAddedTheStrongestFirst) {
  Rig rig;
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  auto near = solarModule(mac(2));
  near.rssi = -40;
  rig.transport.add(solarModule(mac(3)));
  rig.transport.add(near);
  auto phone = solarModule(mac(4));
  phone.name = "Phone";
  phone.rssi = -50;
  rig.transport.add(phone);
  rig.loop.advance(10s);
  ASSERT_FALSE(rig.transport.scanning());
  std::optional<std::vector<HeardDevice>> heard;
  rig.gateway.discover(5s, [&](auto outcome) { heard = outcome.value_or(std::vector<HeardDevice>()); });
  EXPECT_TRUE(rig.transport.scanning());
  EXPECT_TRUE(rig.runUntil(6s, [&] { return heard.has_value(); }));
  EXPECT_EQ(rig.took, 5s);
  ASSERT_EQ(heard->size(), 3U);
  EXPECT_EQ(heard->at(0).address, mac(2));
  EXPECT_EQ(heard->at(0).rssi, -40);
  EXPECT_TRUE(heard->at(0).renogy);
  EXPECT_EQ(heard->at(1).address, mac(4));
  EXPECT_FALSE(heard->at(1).renogy);
  EXPECT_FALSE(rig.transport.scanning());
}

TEST(DiscoverTest, SaysWhyWhenNothingCanBeHeard) {
  Rig rig;
  rig.transport.radio({RadioState::adapter_off, "hci0", ""});
  rig.gateway.start({});
  std::optional<CommandFailure> failure;
  rig.gateway.discover(5s, [&](auto outcome) {
    if (!outcome) failure = outcome.error();
  });
  rig.loop.advance(5s);
  ASSERT_TRUE(failure.has_value());
  EXPECT_THAT(failure->message, HasSubstr("hci0 is off"));
}

TEST(CommandsTest, AreRefusedWhileTheGatewayStops) {
  Rig rig;
  rig.transport.add(solarModule(mac(2)));
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  rig.loop.advance(10s);
  std::vector<std::string> refused;
  const auto note = [&](std::string what) {
    return [&refused, what = std::move(what)](const auto& outcome) {
      if (!outcome) refused.push_back(what + " " + std::string(name(outcome.error().reason)));
    };
  };
  rig.gateway.add({.address = mac(2)}, note("add under way"));
  rig.gateway.discover(20s, note("discover under way"));
  rig.gateway.refresh(mac(1), note("refresh under way"));
  rig.gateway.stop([] {});
  rig.gateway.add({.address = mac(2)}, note("add"));
  rig.gateway.remove(mac(1), note("remove"));
  rig.gateway.refresh(mac(1), note("refresh"));
  rig.gateway.discover(1s, note("discover"));
  rig.loop.settle();
  EXPECT_THAT(refused, testing::UnorderedElementsAre("add under way failed", "discover under way failed", "refresh under way failed", "add failed",
                                                     "remove failed", "refresh failed", "discover failed"));
}

TEST(CommandsTest, TheWordsOfRefusalsAreThoseOfTheContract) {
  EXPECT_EQ(name(Refusal::already_added), "already_added");
  EXPECT_EQ(name(Refusal::not_allowed), "not_allowed");
  EXPECT_EQ(name(Refusal::unknown_device), "unknown_device");
}

}  // namespace
}  // namespace blupow::gateway
