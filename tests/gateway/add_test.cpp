// Adding a device: what it answers, within its time, and what it leaves behind.
#include "gateway/commands.hpp"

#include <gmock/gmock.h>

#include "gateway/rig.hpp"

namespace blupow::gateway {
namespace {

using namespace std::chrono_literals;
using test::mac;
using test::powerModule;
using test::reasonOf;
using test::Rig;
using test::solarModule;
using testing::HasSubstr;
using testing::IsEmpty;

// A failed add leaves nothing: no link, no device, no scan, nothing stored, nobody told.
void expectNothingLeft(Rig& rig) {
  rig.loop.advance(10s);
  EXPECT_EQ(rig.transport.linksUp(), 0U);
  EXPECT_EQ(rig.transport.linksAlive(), 0U);
  EXPECT_FALSE(rig.transport.scanning());
  EXPECT_THAT(rig.gateway.devices(), IsEmpty());
  EXPECT_THAT(rig.journal.entries, IsEmpty());
  EXPECT_THAT(rig.store.stored, IsEmpty());
}

TEST(AddTest, RecognisesReadsAndStoresBeforeItAnswers) {
  Rig rig;
  rig.transport.add(solarModule(mac(1)));
  rig.gateway.start({});
  const auto added = rig.add({.address = mac(1), .name = " Roof\n"});
  ASSERT_TRUE(added.has_value()) << added.error().message;
  EXPECT_LE(rig.took, 5s);
  EXPECT_EQ(added->name, "Roof");
  EXPECT_EQ(added->type, "test_solar");
  EXPECT_EQ(added->model, "SOLAR-40");
  EXPECT_EQ(added->connection_reason, "connected");
  EXPECT_TRUE(added->online);
  ASSERT_EQ(added->units.size(), 1U);
  ASSERT_EQ(rig.store.stored.size(), 1U);
  EXPECT_EQ(rig.store.stored[0].name, "Roof");
  const std::string address = mac(1).text();
  ASSERT_GE(rig.journal.entries.size(), 3U);
  EXPECT_EQ(rig.journal.entries[0], "added " + address);
  EXPECT_EQ(rig.journal.entries[1], "polled " + address);
  EXPECT_EQ(rig.journal.entries[2], "online " + address);
  EXPECT_EQ(rig.gateway.state().devices, 1U);
  rig.loop.advance(2min);
  EXPECT_EQ(rig.transport.module(mac(1)).connects, 1);
}

TEST(AddTest, TellsTheFamiliesApart) {
  Rig rig;
  rig.transport.add(powerModule(mac(1)));
  rig.gateway.start({});
  const auto added = rig.add({.address = mac(1)});
  ASSERT_TRUE(added.has_value()) << added.error().message;
  EXPECT_EQ(added->type, "test_power");
  EXPECT_EQ(added->name, "POWER-3000 0001");
}

TEST(AddTest, ANamedTypeIsChecked) {
  Rig rig;
  rig.transport.add(powerModule(mac(1)));
  rig.gateway.start({});
  EXPECT_EQ(reasonOf(rig.add({.address = mac(1), .type = "test_solar"})), Refusal::not_recognised);
  expectNothingLeft(rig);
  EXPECT_TRUE(rig.add({.address = mac(1), .type = "test_power"}).has_value());
}

TEST(AddTest, RefusesWhatItCannotKnow) {
  Rig rig;
  rig.gateway.start({});
  EXPECT_EQ(reasonOf(rig.add({.address = mac(1), .type = "no_such_type"})), Refusal::unknown_type);
  EXPECT_EQ(rig.took, Duration());
}

TEST(AddTest, ADeviceThatIsAddedIsNotAddedAgain) {
  Rig rig;
  rig.gateway.start({rig.known(solarModule(mac(1)))});
  EXPECT_EQ(reasonOf(rig.add({.address = mac(1)})), Refusal::already_added);
}

TEST(AddTest, ADeviceThatIsNotHeardIsToldSo) {
  Rig rig;
  rig.gateway.start({});
  EXPECT_EQ(reasonOf(rig.add({.address = mac(1)})), Refusal::not_heard);
  EXPECT_LE(rig.took, 15s);
  expectNothingLeft(rig);
}

TEST(AddTest, ADeviceThatRefusesConnectionsIsToldSo) {
  Rig rig;
  auto module = solarModule(mac(1));
  module.refuses = Failure{FailureKind::retry_later, "le-connection-abort-by-local"};
  rig.transport.add(module);
  rig.gateway.start({});
  const auto added = rig.add({.address = mac(1)});
  EXPECT_EQ(reasonOf(added), Refusal::connect_failed);
  EXPECT_THAT(added.error().message, HasSubstr("le-connection-abort-by-local"));
  EXPECT_LE(rig.took, 25s);
  expectNothingLeft(rig);
}

TEST(AddTest, AConnectThatHangsIsToldSo) {
  Rig rig;
  auto module = solarModule(mac(1));
  module.hangs = true;
  rig.transport.add(module);
  rig.gateway.start({});
  const auto added = rig.add({.address = mac(1)});
  EXPECT_EQ(reasonOf(added), Refusal::connect_failed);
  EXPECT_THAT(added.error().message, HasSubstr("the connect did not end in time"));
  EXPECT_LE(rig.took, 25s);
  expectNothingLeft(rig);
}

TEST(AddTest, ADeviceThatIsSilentIsToldSoThoughItIsSlowToDisconnect) {
  Rig rig;
  auto module = solarModule(mac(1));
  module.silent = true;
  module.slow_down = true;
  rig.transport.add(module);
  rig.gateway.start({});
  EXPECT_EQ(reasonOf(rig.add({.address = mac(1)})), Refusal::no_answer);
  EXPECT_LE(rig.took, 25s);
  expectNothingLeft(rig);
}

TEST(AddTest, WhatAnswersButFitsNothingIsNotRecognised) {
  Rig rig;
  auto module = solarModule(mac(1));
  putText(module, 12, "TOASTER");
  rig.transport.add(module);
  rig.gateway.start({});
  const auto added = rig.add({.address = mac(1)});
  EXPECT_EQ(reasonOf(added), Refusal::not_recognised);
  EXPECT_THAT(added.error().message, HasSubstr("TOASTER"));
  expectNothingLeft(rig);
}

TEST(AddTest, WhatHasNoneOfOurCharacteristicsIsNotRecognised) {
  Rig rig;
  auto module = solarModule(mac(1));
  module.service = "1800";
  rig.transport.add(module);
  rig.gateway.start({});
  EXPECT_EQ(reasonOf(rig.add({.address = mac(1)})), Refusal::not_recognised);
  EXPECT_LE(rig.took, 5s);
  expectNothingLeft(rig);
}

TEST(AddTest, WithoutBluetoothTheCauseIsNamed) {
  Rig rig;
  rig.transport.radio({RadioState::no_daemon, "", ""});
  rig.gateway.start({});
  const auto added = rig.add({.address = mac(1)});
  EXPECT_EQ(reasonOf(added), Refusal::connect_failed);
  EXPECT_THAT(added.error().message, HasSubstr("bluetoothd not running"));
}

TEST(AddTest, ALinkThatADeadProcessLeftUpIsNoObstacle) {
  Rig rig;
  auto module = solarModule(mac(1));
  module.foreign_link = true;
  rig.transport.add(module);
  rig.gateway.start({});
  EXPECT_TRUE(rig.add({.address = mac(1)}).has_value());
}

TEST(AddTest, ADeviceThatCannotBeStoredIsNotAdded) {
  Rig rig;
  rig.transport.add(solarModule(mac(1)));
  rig.store.failure = Failure{FailureKind::retry_later, "no space left on device"};
  rig.gateway.start({});
  const auto added = rig.add({.address = mac(1)});
  EXPECT_EQ(reasonOf(added), Refusal::failed);
  EXPECT_THAT(added.error().message, HasSubstr("no space left on device"));
  expectNothingLeft(rig);
}

TEST(AddTest, ASecondAddOfTheSameDeviceIsBusyMeanwhile) {
  Rig rig;
  rig.transport.add(solarModule(mac(1)));
  rig.gateway.start({});
  std::optional<Rig::Added> first;
  rig.gateway.add({.address = mac(1)}, [&](Rig::Added outcome) { first = std::move(outcome); });
  EXPECT_EQ(reasonOf(rig.add({.address = mac(1)})), Refusal::busy);
  EXPECT_EQ(reasonOf(rig.add({.address = mac(1), .type = "toaster"})), Refusal::unknown_type) << "wrong whatever happens meanwhile";
  const auto removed = rig.remove(mac(1));
  ASSERT_FALSE(removed.has_value());
  EXPECT_EQ(removed.error().reason, Refusal::busy);
  EXPECT_TRUE(rig.runUntil(10s, [&] { return first.has_value(); }));
  EXPECT_TRUE(first->has_value());
}

TEST(AddTest, SeveralAreAddedSideBySide) {
  Rig rig;
  int added = 0;
  rig.gateway.start({});
  for (int number = 1; number <= 8; ++number) {
    rig.transport.add(solarModule(mac(number)));
    rig.gateway.add({.address = mac(number)}, [&](const Rig::Added& outcome) { added += outcome ? 1 : 0; });
  }
  EXPECT_EQ(reasonOf(rig.add({.address = mac(9)})), Refusal::busy);
  EXPECT_TRUE(rig.runUntil(25s, [&] { return added == 8; }));
  EXPECT_EQ(rig.store.stored.size(), 8U);
  EXPECT_EQ(rig.transport.mostConnects(), 1);
}

AddRequest heaterRequest() { return {.address = mac(1), .name = "Heater", .description = test::describedFamily(), .description_text = R"({"sensors": []})"}; }

test::FakeModule heaterModule() { return {.address = mac(1), .name = "HEATER", .unit = 5, .words = {{700, 42}}}; }

TEST(AddTest, ADescribedDeviceIsReadByItsDescriptionAndStoredWithIt) {
  Rig rig;
  rig.transport.add(heaterModule());
  rig.gateway.start({});
  const AddRequest request = heaterRequest();
  const auto added = rig.add(request);
  ASSERT_TRUE(added.has_value()) << added.error().message;
  EXPECT_EQ(added->type, "generic_modbus_device");
  EXPECT_EQ(std::get<std::int64_t>(rig.journal.readings.at("heat")), 42);
  ASSERT_EQ(rig.store.stored.size(), 1U);
  EXPECT_EQ(rig.store.stored[0].description, request.description_text);
  EXPECT_EQ(rig.store.stored[0].described, request.description);
  for (const Bytes& asked : rig.transport.module(mac(1)).requests) EXPECT_EQ(asked[0], 5) << "nobody is asked who it is";
  ASSERT_TRUE(rig.remove(mac(1)).has_value());
  EXPECT_THAT(rig.store.stored, IsEmpty());
}

TEST(AddTest, ADescribedDeviceIsPolledAfterARestartThoughNoProfileHasItsType) {
  const profile::ProfilePtr family = test::describedFamily();
  Rig rig({.poll_interval = 10s});
  rig.transport.add(heaterModule());
  rig.gateway.start({{.address = mac(1),
                      .type = family->type,
                      .name = "Heater",
                      .units = {{.id = 5, .family = family, .known_as = 5}},
                      .description = "{}",
                      .described = family}});
  rig.loop.advance(10s);
  EXPECT_EQ(rig.gateway.devices().at(0).connection_reason, "connected");
  EXPECT_EQ(std::get<std::int64_t>(rig.journal.readings.at("heat")), 42);
  rig.transport.module(mac(1)).silent = true;
  rig.loop.advance(5min);
  rig.transport.module(mac(1)).silent = false;
  ASSERT_TRUE(rig.runUntil(1min, [&] { return rig.gateway.devices().at(0).online; }));
  for (const Bytes& asked : rig.transport.module(mac(1)).requests) EXPECT_EQ(asked[0], 5) << "it is never taken for another";
}

TEST(AddTest, ADescribedDeviceThatDoesNotAnswerIsNotAdded) {
  Rig rig;
  auto module = heaterModule();
  module.unit = 6;
  rig.transport.add(module);
  rig.gateway.start({});
  EXPECT_EQ(reasonOf(rig.add(heaterRequest())), Refusal::no_answer);
  EXPECT_LE(rig.took, 25s);
  expectNothingLeft(rig);
}

}  // namespace
}  // namespace blupow::gateway
