// Each fault and each command of the control socket does what sim/README.md says, seen by an independent client.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "client.hpp"
#include "sim/renogy/wire.hpp"
#include "support/simulator.hpp"

namespace blupow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::string_view kQuick = R"({
  "adapter_delay_ms": 100, "power_delay_ms": 50,
  "timing": {"advertise_ms": 50, "connect_ms": 100, "resolve_ms": 100, "disconnect_ms": 50, "give_up_ms": 600},
  "devices": [
    {"address": "D8:B6:73:BF:4F:75", "name": "BTRIC134000035", "units": [{"family": "inverter", "static": true}]},
    {"address": "80:6F:B0:0E:7B:91", "name": "BT-TH-B00E7B91    ", "units": [{"static": true}]}
  ]})";

constexpr const char* kAskId = "2003100d000117b8";     // register 4109, captured
constexpr const char* kId = "2003020020059b";          // its answer
constexpr const char* kAskModel = "200310d70008f645";  // 4311 x8
constexpr const char* kModel = "200310524956313233305243482d53505300003030";

class Faults : public testing::Test {
 protected:
  // A command about the inverter: the members after "device".
  json tell(const std::string& what, const std::string& more = {}) {
    return json::parse(simulator_.tell(R"({"do":")" + what + R"(","device":"D8:B6:73:BF:4F:75")" + (more.empty() ? "" : "," + more) + "}"));
  }

  testing::AssertionResult answers(const std::string& hex) {
    if (client_.until([&] { return toHex(client_.received()) == hex; }, 5s)) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "received " << toHex(client_.received()) << " instead of " << hex;
  }

  PrivateBus bus_;
  Simulator simulator_{bus_, kQuick};
  Client client_{bus_};
};

class AnswerFaults : public Faults {
 protected:
  void SetUp() override { ASSERT_TRUE(client_.subscribed(kInverter)); }
};

// The faulty answer, then the right one to the same question: what is received together.
TEST_F(AnswerFaults, SpoilTheBytesOfOneAnswer) {
  const std::string id = kId;
  const std::vector<std::pair<std::string, std::string>> table = {
      {R"("kind":"lost")", ""},
      {R"("kind":"corrupt")", "2003024020059b"},
      {R"("kind":"truncated")", "20030200"},
      {R"("kind":"extra")", id + "005aff0317"},
      {R"("kind":"garbage")", "005aff0317" + id},
      {R"("kind":"exception")", "20830290fb"},
      {R"("kind":"exception","code":4)", toHex(sim::exceptionAnswer(0x20, 0x03, 4))},
      {R"("kind":"foreign")", toHex(sim::readAnswer(0x25, {0x0020}))},
      {R"("kind":"wrong_size")", toHex(sim::readAnswer(0x20, {}))},
      {R"("kind":"twice")", id + id},
  };
  for (const auto& [fault, spoilt] : table) {
    client_.forgetNotifications();
    tell("fault", fault + R"(,"count":1)");
    ASSERT_EQ(client_.write(kInverter, kAskId), "");
    ASSERT_EQ(client_.write(kInverter, kAskId), "");
    EXPECT_TRUE(answers(spoilt + id)) << fault;
  }
}

TEST_F(AnswerFaults, LateAnswersComeAfterTheNextOne) {
  tell("fault", R"("kind":"late","ms":300,"count":1)");
  ASSERT_EQ(client_.write(kInverter, kAskModel), "");
  ASSERT_EQ(client_.write(kInverter, kAskId), "");
  EXPECT_TRUE(answers(std::string(kId) + kModel));
}

TEST_F(AnswerFaults, StaleAnswersAreTheOneBefore) {
  tell("fault", R"("kind":"stale","register":4109)");
  ASSERT_EQ(client_.write(kInverter, kAskModel), "");
  ASSERT_TRUE(answers(kModel));
  ASSERT_EQ(client_.write(kInverter, kAskId), "");
  EXPECT_TRUE(answers(std::string(kModel) + kModel));
}

TEST_F(AnswerFaults, SplitAnswersComeInOddPieces) {
  tell("fault", R"("kind":"split")");
  ASSERT_EQ(client_.write(kInverter, kAskModel), "");
  ASSERT_TRUE(answers(kModel));
  EXPECT_EQ(client_.notifications().size(), 3U);
}

TEST_F(AnswerFaults, AreKeptToOneRegisterUntilTheyAreCleared) {
  tell("fault", R"("kind":"lost","register":4311)");
  ASSERT_EQ(client_.write(kInverter, kAskModel), "");
  ASSERT_EQ(client_.write(kInverter, kAskId), "");
  EXPECT_TRUE(answers(kId));
  simulator_.tell(R"({"do":"clear"})");
  ASSERT_EQ(client_.write(kInverter, kAskModel), "");
  EXPECT_TRUE(answers(std::string(kId) + kModel));
}

TEST_F(AnswerFaults, RealLimitsOfTheDeviceHoldWithoutAnyFault) {
  ASSERT_EQ(client_.write(kInverter, "20030fa000204195"), "");  // 32 words at 4000: too many
  EXPECT_TRUE(answers(toHex(sim::exceptionAnswer(0x20, 0x03, 3))));
  client_.forgetNotifications();
  ASSERT_EQ(client_.write(kInverter, "20830290fb0000000000"), "") << "no request: ignored";
  ASSERT_EQ(client_.write(kInverter, kAskId), "");
  EXPECT_TRUE(answers(kId));
}

TEST_F(AnswerFaults, RegistersAreSetAndReadsAreCounted) {
  tell("set", R"("register":4109,"words":[33])");
  EXPECT_EQ(tell("get", R"("register":4109)").at("words"), json::parse("[33]"));
  simulator_.tell(R"({"do":"counters","reset":true})");
  ASSERT_EQ(client_.write(kInverter, kAskId), "");
  EXPECT_TRUE(answers(toHex(sim::readAnswer(0x20, {33}))));
  const json counters = json::parse(simulator_.tell(R"({"do":"counters"})"));
  EXPECT_EQ(counters.at("calls"), json::parse(R"({"org.bluez.GattCharacteristic1.WriteValue":1})"));
  const json& device = counters.at("devices").at("D8:B6:73:BF:4F:75");
  EXPECT_EQ(device.at("links"), 0);
  EXPECT_EQ(device.at("requests"), 1);
  EXPECT_EQ(device.at("reads"), json::parse(R"({"32":{"4109":1}})"));
}

TEST_F(AnswerFaults, TimeThatAnswersTookIsCounted) {
  simulator_.tell(R"({"do":"counters","reset":true})");
  EXPECT_FALSE(json::parse(simulator_.tell(R"({"do":"counters"})")).at("devices").at("D8:B6:73:BF:4F:75").contains("answer_ms")) << "it was not asked";
  tell("timing", R"("answer_ms":60)");
  const auto before = std::chrono::steady_clock::now();
  ASSERT_EQ(client_.write(kInverter, kAskModel), "");
  EXPECT_TRUE(answers(kModel));
  const auto after = std::chrono::steady_clock::now();
  const json device = json::parse(simulator_.tell(R"({"do":"counters"})")).at("devices").at("D8:B6:73:BF:4F:75");
  const std::chrono::duration<double, std::milli> first(device.at("first_request").get<double>() * 1000);
  EXPECT_GE(first, before.time_since_epoch());
  EXPECT_GE(device.at("answer_ms"), 60.0);
  EXPECT_LE(std::chrono::duration<double>(device.at("answer_ms").get<double>() / 1000), after - before);
}

TEST_F(Faults, MethodsFailHangOrAreSlowAsOftenAsAsked) {
  ASSERT_TRUE(client_.connected(kInverter));
  const std::string answer = std::string(kInverter) + kAnswerPart;
  tell("method", R"("name":"StartNotify","count":1,"error":"org.bluez.Error.NotPermitted","text":"Notify acquired")");
  EXPECT_EQ(client_.characteristic(answer, "StartNotify"), "org.bluez.Error.NotPermitted: Notify acquired");
  tell("method", R"("name":"StartNotify","count":1,"hang":true)");
  EXPECT_EQ(client_.callWithin(200ms, answer, "org.bluez.GattCharacteristic1", "StartNotify"), "hangs");
  tell("method", R"("name":"StartNotify","count":1,"ms":300)");
  EXPECT_EQ(client_.callWithin(100ms, answer, "org.bluez.GattCharacteristic1", "StartNotify"), "hangs");
  EXPECT_EQ(client_.characteristic(answer, "StartNotify"), "");
}

TEST_F(Faults, LinkDiesRightAfterConnectReturnedSuccess) {
  tell("die");
  ASSERT_EQ(client_.adapter("StartDiscovery"), "");
  ASSERT_TRUE(client_.until([&] { return client_.known(kInverter); }));
  EXPECT_EQ(client_.device(kInverter, "Connect"), "");
  EXPECT_TRUE(client_.until([&] { return client_.changes(kInverter, "Connected") == 2 && !client_.isTrue(kInverter, "Connected"); }));
  EXPECT_EQ(client_.changes(kInverter, "ServicesResolved"), 0U);
  EXPECT_TRUE(client_.connected(kInverter)) << "only once";
}

TEST_F(Faults, DroppedLinksAreToldAndGattCallsFail) {
  ASSERT_TRUE(client_.subscribed(kInverter));
  tell("drop");
  EXPECT_TRUE(client_.untilFalse(kInverter, "Connected"));
  EXPECT_EQ(client_.write(kInverter, kAskId), "org.bluez.Error.Failed: Not connected");
  EXPECT_TRUE(client_.connected(kInverter));
}

TEST_F(Faults, ADeviceHeldByAnotherCentralIsNeitherHeardNorConnected) {
  ASSERT_TRUE(client_.connected(kInverter));
  tell("hold");
  EXPECT_TRUE(client_.untilFalse(kInverter, "Connected"));
  EXPECT_EQ(client_.device(kInverter, "Connect"), "org.bluez.Error.Failed: le-connection-abort-by-local");
  tell("hold", R"("on":false)");
  EXPECT_TRUE(client_.connected(kInverter));
}

TEST_F(Faults, ARefusingModuleLetsNobodyInForItsTime) {
  tell("timing", R"("refuse_ms":60000)");
  ASSERT_TRUE(client_.connected(kInverter));
  ASSERT_EQ(client_.device(kInverter, "Disconnect"), "");
  EXPECT_EQ(client_.device(kInverter, "Connect"), "org.bluez.Error.Failed: le-connection-abort-by-local");
}

TEST_F(Faults, ADeviceConnectedBeforeIsThereWithItsServices) {
  tell("connected");
  EXPECT_EQ(client_.fresh(), "");
  EXPECT_TRUE(client_.isTrue(kInverter, "Connected"));
  EXPECT_TRUE(client_.isTrue(kInverter, "ServicesResolved"));
  EXPECT_EQ(client_.characteristic(std::string(kInverter) + kAnswerPart, "StartNotify"), "");
  EXPECT_EQ(client_.write(kInverter, kAskId), "");
  EXPECT_TRUE(answers(kId));
}

TEST_F(Faults, AVanishedDeviceObjectIsUnknown) {
  ASSERT_TRUE(client_.connected(kInverter));
  tell("vanish");
  EXPECT_TRUE(client_.until([&] { return !client_.known(kInverter); }));
  EXPECT_TRUE(client_.write(kInverter, kAskId).starts_with("org.freedesktop.DBus.Error.UnknownObject"));
}

TEST_F(Faults, TheNumberOfLinksIsLimited) {
  simulator_.tell(R"({"do":"limit","links":1})");
  ASSERT_TRUE(client_.connected(kInverter));
  ASSERT_EQ(client_.adapter("StartDiscovery"), "");
  ASSERT_TRUE(client_.until([&] { return client_.known(kController); }));
  EXPECT_EQ(client_.device(kController, "Connect"), "org.bluez.Error.Failed: le-connection-concurrent-connection-limit");
  ASSERT_EQ(client_.device(kInverter, "Disconnect"), "");
  EXPECT_EQ(client_.device(kController, "Connect"), "");
}

TEST_F(Faults, TheAdapterIsSwitchedRemovedAddedAndRenamed) {
  ASSERT_TRUE(client_.connected(kInverter));
  simulator_.tell(R"({"do":"power","on":false})");
  EXPECT_TRUE(client_.untilFalse(kAdapter, "Powered"));
  EXPECT_TRUE(client_.untilFalse(kInverter, "Connected"));
  simulator_.tell(R"({"do":"adapter_remove"})");
  EXPECT_TRUE(client_.until([&] { return !client_.known(kAdapter) && !client_.known(kInverter); }));
  simulator_.tell(R"({"do":"adapter_add"})");
  EXPECT_TRUE(client_.until([&] { return client_.known(kAdapter) && !client_.isTrue(kAdapter, "Powered"); }));
  EXPECT_EQ(client_.setPowered(true), "");
  simulator_.tell(R"({"do":"adapter_rename","to":"hci1"})");
  EXPECT_TRUE(client_.until([&] { return !client_.known(kAdapter) && client_.known("/org/bluez/hci1"); }));
}

TEST_F(Faults, BluetoothdRestartsWithNothingLeftAndItsAdapterComesLater) {
  ASSERT_TRUE(client_.connected(kInverter));
  simulator_.tell(R"({"do":"restart","ms":50})");
  EXPECT_TRUE(client_.write(kInverter, kAskId).starts_with("org.freedesktop.DBus.Error.ServiceUnknown"));
  EXPECT_TRUE(client_.until([&] { return client_.changes(kAdapter, "Powered") == 1; })) << "the adapter comes unpowered, then it is switched on";
  EXPECT_EQ(client_.fresh(), "");
  EXPECT_FALSE(client_.known(kInverter));
  EXPECT_TRUE(client_.connected(kInverter));
}

TEST_F(Faults, AKilledSimulatorComesBackUnderTheSameAddress) {
  ASSERT_TRUE(client_.connected(kInverter));
  simulator_.kill();
  EXPECT_TRUE(client_.fresh().starts_with("org.freedesktop.DBus.Error.ServiceUnknown"));
  simulator_.start();
  EXPECT_EQ(client_.fresh(), "");
  EXPECT_TRUE(client_.connected(kInverter));
}

TEST_F(Faults, WrongCommandsAreRefusedWithASentence) {
  for (const char* wrong : {"no json", "[]", "{}", R"({"do":"fly"})", R"({"do":"drop","device":"80:6F:B0:0E:7B:91"})", R"({"do":"drop","device":"x"})",
                            R"({"do":"fault","device":"D8:B6:73:BF:4F:75","kind":"nice"})", R"({"do":"limit","links":-1})", R"({"do":"power","on":3})"}) {
    EXPECT_THROW(simulator_.tell(wrong), std::runtime_error) << wrong;
  }
  EXPECT_EQ(json::parse(simulator_.tell(R"({"do":"list"})")).at("devices").size(), 2U);
}

TEST(SimulatedModule, HasSeveralUnitsDuplicatesAndLateServices) {
  PrivateBus bus;
  Simulator simulator(bus, R"({
    "timing": {"advertise_ms": 50, "connect_ms": 100, "resolve_ms": 50, "late_gatt_ms": 300, "disconnect_ms": 50},
    "devices": [{"address": "D8:B6:73:BF:4F:75", "name": "hub", "duplicates": true, "keep_gatt": false, "reject_requests": true,
      "units": [{"id": 96, "static": true, "universal": "own"}, {"family": "inverter", "static": true, "universal": "deaf"}, {"family": "blank", "id": 48, "registers": {"0x1402": [1, 2]}}]}]})");
  Client client(bus);
  ASSERT_TRUE(client.connected(kInverter));
  // In the order of the services: device information, answers, requests; the wrong characteristic stands first in each.
  const std::string answer = std::string(kInverter) + "/service0010/char0014";
  EXPECT_FALSE(client.known(answer)) << "ServicesResolved comes before the objects";
  ASSERT_TRUE(client.until([&] { return client.known(answer) && client.known(std::string(kInverter) + "/service0017/char001b"); }));
  ASSERT_EQ(client.characteristic(answer, "StartNotify"), "");
  const auto ask = [&](const Bytes& request, const std::string& expected) {
    client.forgetNotifications();
    EXPECT_EQ(client.write(kInverter, toHex(request), "/service0017/char001b"), "");
    EXPECT_TRUE(client.until([&] { return toHex(client.received()) == expected; })) << toHex(client.received());
  };
  ask(*fromHex(kAskId), kId);
  ask(*fromHex("ff03001a0001b013"), toHex(sim::readAnswer(96, {96})));
  ask(*fromHex("300314020002641a"), toHex(sim::readAnswer(48, {1, 2})));
  EXPECT_EQ(client.call(std::string(kInverter) + "/service0017/char001b", "org.bluez.GattCharacteristic1", "WriteValue", Bytes{1}, Options{}),
            "org.bluez.Error.Failed: Operation failed with ATT error: 0x0e");
  ASSERT_EQ(client.device(kInverter, "Disconnect"), "");
  EXPECT_TRUE(client.until([&] { return !client.known(answer); })) << "keep_gatt is off";
}

}  // namespace
}  // namespace blupow::test
