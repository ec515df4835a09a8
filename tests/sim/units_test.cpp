// Hubs, shunts and writes over the bus: units that fall silent, change their ids, come and go, and the record of what was written.
#include <gtest/gtest.h>

#include "client.hpp"
#include "sim/renogy/shunt.hpp"
#include "support/simulator.hpp"

namespace blupow::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kHub = "80:6F:B0:1A:2B:3C";
constexpr const char* kHubPath = "/org/bluez/hci0/dev_80_6F_B0_1A_2B_3C";

constexpr std::string_view kHubScene = R"({
  "timing": {"advertise_ms": 50, "connect_ms": 50, "resolve_ms": 50, "disconnect_ms": 50},
  "devices": [{"address": "80:6F:B0:1A:2B:3C", "name": "BT-TH-B01A2B3C    ", "clash": true, "units": [
    {"family": "controller", "id": 97, "static": true, "serial": 7},
    {"family": "battery", "id": 48, "static": true, "serial": 8},
    {"family": "battery", "id": 49, "static": true, "serial": 9}]}]})";

Bytes framed(Bytes frame) {
  const std::uint16_t sum = sim::checksum(frame);
  frame.push_back(static_cast<std::uint8_t>(sum & 0xFFU));
  frame.push_back(static_cast<std::uint8_t>(sum >> 8U));
  return frame;
}

Bytes ask(std::uint8_t unit, std::uint8_t function, std::uint16_t address, std::uint16_t value) {
  return framed({unit, function, static_cast<std::uint8_t>(address >> 8U), static_cast<std::uint8_t>(address & 0xFFU), static_cast<std::uint8_t>(value >> 8U),
                 static_cast<std::uint8_t>(value & 0xFFU)});
}

class Hub : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(client_.subscribed(kHubPath)); }

  testing::AssertionResult answers(const Bytes& request, const Bytes& expected) {
    client_.forgetNotifications();
    if (const std::string wrong = client_.write(kHubPath, toHex(request)); !wrong.empty()) return testing::AssertionFailure() << wrong;
    if (client_.until([&] { return client_.received().size() >= expected.size(); }, 5s) && client_.received() == expected) return testing::AssertionSuccess();
    return testing::AssertionFailure() << toHex(client_.received()) << " instead of " << toHex(expected);
  }

  // Silence of one unit is seen by the answer of another that was asked after it.
  testing::AssertionResult silent(std::uint8_t unit, std::uint8_t other) {
    client_.forgetNotifications();
    client_.write(kHubPath, toHex(ask(unit, 3, 0x001A, 1)));
    const Bytes expected = sim::readAnswer(other, {other});
    return answers(ask(other, 3, other == 97 ? 0x001A : 5223, 1), expected);
  }

  PrivateBus bus_;
  Simulator simulator_{bus_, kHubScene};
  Client client_{bus_};
};

TEST_F(Hub, UnitsAnswerUnderTheirOwnIdsAndAllAtOnceAsUniversal) {
  EXPECT_TRUE(answers(ask(97, 3, 0x001A, 1), sim::readAnswer(97, {97})));
  EXPECT_TRUE(answers(ask(49, 3, 5223, 1), sim::readAnswer(49, {49})));
  client_.forgetNotifications();
  ASSERT_EQ(client_.write(kHubPath, toHex(ask(0xFF, 3, 0x001A, 1))), "");
  ASSERT_TRUE(client_.until([&] { return !client_.received().empty(); }));
  const Bytes mixed = client_.received();
  EXPECT_NE(sim::checksum(ByteView(mixed).first(mixed.size() - 2)), mixed[mixed.size() - 2] | (mixed.back() << 8)) << "nothing that can be read";
}

TEST_F(Hub, UnitsFallSilentAndComeBack) {
  simulator_.silenceUnit(kHub, 48);
  EXPECT_TRUE(silent(48, 97));
  simulator_.silenceUnit(kHub, 48, false);
  EXPECT_TRUE(answers(ask(48, 3, 5223, 1), sim::readAnswer(48, {48})));
}

TEST_F(Hub, IdsAreSwappedAndTheSerialNumbersGoWithTheUnits) {
  const RegisterWords first = simulator_.words(kHub, 48, 5110, 8);
  const RegisterWords second = simulator_.words(kHub, 49, 5110, 8);
  EXPECT_NE(first, second);
  simulator_.reassign(kHub, {{48, 49}, {49, 48}, {97, 98}});
  EXPECT_EQ(simulator_.words(kHub, 49, 5110, 8), first);
  EXPECT_TRUE(answers(ask(48, 3, 5110, 8), sim::readAnswer(48, second)));
  EXPECT_TRUE(answers(ask(98, 3, 0x001A, 1), sim::readAnswer(98, {98})));
  EXPECT_THROW(simulator_.reassign(kHub, {{48, 49}}), std::runtime_error) << "two units of one id";
  EXPECT_THROW(simulator_.reassign(kHub, {{50, 51}}), std::runtime_error) << "no such unit";
}

TEST_F(Hub, UnitsAreAddedAndRemoved) {
  simulator_.tell(R"({"do":"add_unit","device":"80:6F:B0:1A:2B:3C","as":{"family":"dcc","id":96,"static":true}})");
  EXPECT_TRUE(answers(ask(96, 3, 0x001A, 1), sim::readAnswer(96, {96})));
  simulator_.tell(R"({"do":"remove_unit","device":"80:6F:B0:1A:2B:3C","unit":48})");
  EXPECT_TRUE(silent(48, 97));
  EXPECT_THROW(simulator_.tell(R"({"do":"add_unit","device":"80:6F:B0:1A:2B:3C","as":{"id":96}})"), std::runtime_error);
  EXPECT_THROW(simulator_.tell(R"({"do":"add_unit","device":"80:6F:B0:1A:2B:3C","as":{"id":9,"family":"car"}})"), std::runtime_error);
}

TEST_F(Hub, ReadsLeaveNoTraceAndEverythingElseIsRecorded) {
  EXPECT_TRUE(answers(ask(97, 3, 0x001A, 1), sim::readAnswer(97, {97})));
  EXPECT_TRUE(simulator_.writes().empty());
  const Bytes load = ask(97, 6, 0x010A, 1);
  EXPECT_TRUE(answers(load, load));
  const Bytes shutdown = ask(48, 6, 5222, 1);
  EXPECT_TRUE(answers(shutdown, sim::exceptionAnswer(48, 6, 2)));
  const Bytes reset = ask(97, 0x78, 0, 1);
  EXPECT_TRUE(answers(reset, sim::exceptionAnswer(97, 0x78, 1)));
  EXPECT_TRUE(answers(ask(48, 3, 5224, 1), sim::exceptionAnswer(48, 3, 2)));
  ASSERT_EQ(client_.write(kHubPath, "6d61696e"), "");
  ASSERT_EQ(client_.call(std::string(kHubPath) + "/service0010/char0014", "org.bluez.GattCharacteristic1", "WriteValue", Bytes{1}, Options{}), "");
  const auto writes = simulator_.writes();
  ASSERT_EQ(writes.size(), 6U);
  EXPECT_EQ(writes[0].bytes, toHex(load));
  EXPECT_EQ(writes[0].unit, 97);
  EXPECT_EQ(writes[0].function, 6);
  EXPECT_EQ(writes[0].address, 0x010A);
  EXPECT_EQ(writes[0].words, RegisterWords{1});
  EXPECT_EQ(writes[0].answer, "done");
  EXPECT_FALSE(writes[0].dangerous);
  EXPECT_TRUE(writes[1].dangerous);
  EXPECT_EQ(writes[1].answer, "exception 2");
  EXPECT_TRUE(writes[2].dangerous);
  EXPECT_TRUE(writes[3].dangerous);
  EXPECT_EQ(writes[3].function, 3);
  EXPECT_EQ(writes[4].bytes, "6d61696e");
  EXPECT_EQ(writes[4].answer, "none");
  EXPECT_EQ(writes[5].characteristic, "0000ffd2-0000-1000-8000-00805f9b34fb");
  simulator_.forgetWrites();
  EXPECT_TRUE(simulator_.writes().empty());
}

TEST_F(Hub, WritesGoWrongOnDemand) {
  const Bytes on = ask(97, 6, 0x010A, 1);
  const Bytes off = ask(97, 6, 0x010A, 0);
  const auto is_on = [&] { return (simulator_.words(kHub, 97, 0x0120, 1).front() & 0x8000U) != 0; };
  const auto fault = [&](const std::string& kind) {
    simulator_.tell(R"({"do":"fault","device":"80:6F:B0:1A:2B:3C","count":1,"function":6,"kind":")" + kind + R"("})");
  };
  fault("refused");
  EXPECT_TRUE(answers(ask(97, 3, 0x001A, 1), sim::readAnswer(97, {97}))) << "reads are left alone";
  EXPECT_TRUE(answers(on, sim::exceptionAnswer(97, 6, 4)));
  EXPECT_FALSE(is_on());
  fault("ignored");
  EXPECT_TRUE(answers(on, on));
  EXPECT_FALSE(is_on());
  fault("wrong_echo");
  EXPECT_TRUE(answers(on, off));
  EXPECT_TRUE(is_on());
  fault("lost");
  ASSERT_EQ(client_.write(kHubPath, toHex(off)), "");
  EXPECT_TRUE(answers(ask(97, 3, 0x001A, 1), sim::readAnswer(97, {97}))) << "the write itself had no answer";
  EXPECT_FALSE(is_on()) << "but it was done";
}

TEST(SimulatedShunt, SendsFramesInTwoPiecesUnaskedAndFragmentsOnDemand) {
  PrivateBus bus;
  Simulator simulator(bus, R"({
    "timing": {"advertise_ms": 50, "connect_ms": 50, "resolve_ms": 50, "stream_ms": 50},
    "devices": [{"address": "80:6F:B0:1A:2B:3C", "name": "RTMShunt30017000621", "units": [{"family": "shunt", "static": true}]}]})");
  Client client(bus);
  ASSERT_TRUE(client.connected(kHubPath));
  const std::string stream = std::string(kHubPath) + "/service0028/char0029";
  ASSERT_TRUE(client.known(stream));
  ASSERT_EQ(client.characteristic(stream, "StartNotify"), "");
  ASSERT_TRUE(client.until([&] { return client.received().size() >= 600; }));
  EXPECT_EQ(client.notifications().front().size(), 55U);
  const std::string live = toHex(sim::shuntFrame(sim::shuntRegisters({})));
  EXPECT_NE(toHex(client.received()).find(live), std::string::npos);
  EXPECT_NE(toHex(client.received()).find("4257010b"), std::string::npos) << "history among them";
  simulator.tell(R"({"do":"fault","device":"80:6F:B0:1A:2B:3C","kind":"split"})");
  simulator.setWords("80:6F:B0:1A:2B:3C", 16, sim::kShuntTemperature, {0x8000});
  client.forgetNotifications();
  ASSERT_TRUE(client.until([&] { return client.received().size() >= 600; }));
  EXPECT_LE(client.notifications().back().size(), 7U);
  EXPECT_EQ(client.write(kHubPath, toHex(ask(0xFF, 3, 0x001A, 1))), "") << "taken, and never answered";
}

}  // namespace
}  // namespace blupow::test
