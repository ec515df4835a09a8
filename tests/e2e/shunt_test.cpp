// A shunt speaks unasked: it is only listened to.
#include <gmock/gmock.h>

#include "e2e/running_house.hpp"

namespace blupow::test {
namespace {

using Json = nlohmann::json;

const std::string kShunt = "E0:7D:EA:17:62:01";
const std::string kScene = R"({"devices": [{"address": "E0:7D:EA:17:62:01", "name": "RTMShunt30017000621",
  "timing": {"connect_ms": 100, "resolve_ms": 100, "disconnect_ms": 100, "stream_ms": 200},
  "units": [{"family": "shunt", "id": 1, "static": true}]}]})";
constexpr std::uint16_t kVoltage = 25;  // places in its frame
constexpr std::uint16_t kTemperature = 66;

class Shunt : public RunningHouse {
 protected:
  Shunt() : RunningHouse(kScene) {}

  // Its state with the meters left out, which count on.
  static Json measured(const Json& state) {
    Json values = state;
    for (const char* meter : {"charge_energy", "discharge_energy"}) values.erase(meter);
    return values;
  }
  void expectNeverWritten() {
    EXPECT_EQ(simulator.writes().size(), 0U);
    const Json counters = Json::parse(simulator.tell(R"({"do":"counters"})"));
    EXPECT_EQ(counters.at("devices").at(kShunt).at("requests"), 0);
    EXPECT_FALSE(counters.at("calls").contains("org.bluez.GattCharacteristic1.WriteValue"));
  }
};

// Each fifth frame is one of its history, each seventh has something in front: neither may be seen in a state.
TEST_F(Shunt, IsAddedReadAndNeverAsked) {
  ASSERT_TRUE(start());
  const Json answer = add(kShunt);
  ASSERT_EQ(answer.value("status", ""), "success") << answer;
  EXPECT_EQ(answer.at("device").at("type"), "renogy_shunt");
  EXPECT_EQ(answer.at("device").at("name"), "Smart Shunt 300 6201");
  const Json right = Json::parse(R"({"voltage": 13.285, "current": -8.719, "starter_voltage": 0.0, "soc": 96.5, "temperature": 21.3, "power": -115.832})");
  for (int state = 0; state < 4; ++state) ASSERT_TRUE(hearsAny(topic(kShunt, "state"), ear->count()));
  for (const std::string& text : ear->of(topic(kShunt, "state"))) EXPECT_EQ(measured(Json::parse(text)), right);

  std::size_t position = ear->count();
  simulator.setWords(kShunt, 1, kVoltage, {0, 12900});
  EXPECT_TRUE(hears(topic(kShunt, "state"), [](const Json& state) { return state.at("voltage") == 12.9 && state.at("power") == -112.475; }, position));
  position = ear->count();
  simulator.setWords(kShunt, 1, kTemperature, {0x8000});
  EXPECT_TRUE(hears(topic(kShunt, "state"), [](const Json& state) { return !state.contains("temperature"); }, position)) << "without a probe";
  expectNeverWritten();
}

TEST_F(Shunt, IsOnlineWhileItSpeaksAndBackWhenItSpeaksAgain) {
  ASSERT_TRUE(start({{"devices", {{{"address", kShunt}, {"name", "Van"}}}}}));
  ASSERT_TRUE(ear->waitFor(topic(kShunt, "status"), "online"));
  std::size_t position = ear->count();
  simulator.tell(R"({"do":"fault","kind":"lost","device":")" + kShunt + "\"}");
  ASSERT_TRUE(ear->waitFor(topic(kShunt, "status"), "offline", position, Seconds(75)));
  position = ear->count();
  simulator.tell(R"({"do":"clear"})");
  EXPECT_TRUE(ear->waitFor(topic(kShunt, "status"), "online", position, Seconds(60)));
  expectNeverWritten();
}

}  // namespace
}  // namespace blupow::test
