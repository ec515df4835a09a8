// Controls as a user of the broker has them: what reaches the device, what does not, and what is said about it.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "e2e/running_house.hpp"

namespace blupow::test {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kCharger = "AC:4D:16:1A:A5:EE";      // DC-DC, lithium
const std::string kOwnVoltages = "AC:4D:16:1D:AD:B1";  // controller of a 24 V system with a custom battery: thresholds may be written
constexpr std::uint16_t kLoad = 0x010A;
constexpr std::uint16_t kBoost = 0xE008;
constexpr std::uint16_t kLoadMode = 0xE01D;

class Controls : public RunningHouse {
 protected:
  Controls() : RunningHouse("families") {}

  void startWith(bool allow_settings) {
    Json devices = Json::array();
    for (const std::string& address : {kController, kCharger, kOwnVoltages}) devices.push_back({{"address", address}});
    ASSERT_TRUE(start({{"allow_settings", allow_settings}, {"devices", devices}}));
    for (const std::string& address : {kController, kCharger, kOwnVoltages}) {
      const auto isWhole = [](const Json& state) { return state.contains("boost_voltage") && state.contains("faults"); };
      ASSERT_TRUE(hears(topic(address, "state"), isWhole)) << address;
    }
    simulator.forgetWrites();
  }

  void wish(const std::string& address, const std::string& key, const std::string& value) { ear->say("blupow/" + address + "/set/" + key, value); }
  // The wish; whether last_write then tells of it in these words, too.
  testing::AssertionResult isJudged(const std::string& address, const std::string& key, const std::string& value, const std::vector<std::string>& words) {
    const std::size_t position = ear->count();
    wish(address, key, value);
    const auto tells = [&](const Json& link) {
      const std::string sentence = link.value("last_write", "");
      const auto holds = [&](const std::string& word) { return sentence.contains(word); };
      return holds(key) && holds(value) && std::ranges::all_of(words, holds);
    };
    if (hears(topic(address, "link"), tells, position)) return testing::AssertionSuccess();
    return testing::AssertionFailure() << key << ' ' << value << ": " << ear->last(topic(address, "link"));
  }
  bool shows(const std::string& address, const std::string& key, const Json& value, std::size_t from) {
    return hears(topic(address, "state"), [&](const Json& state) { return state.contains(key) && state.at(key) == value; }, from);
  }
  // Refused: nothing reaches the device, the old state is published again, and the reason is told.
  void expectRefused(const std::string& address, const std::string& key, const std::string& value, const std::string& why) {
    const Json before = state(address).value(key, Json());
    const std::size_t position = ear->count();
    EXPECT_TRUE(isJudged(address, key, value, {"was not set", why}));
    EXPECT_TRUE(shows(address, key, before, position)) << key << ' ' << value;
    EXPECT_EQ(simulator.writes().size(), 0U) << key << ' ' << value;
  }

  std::string platform(const std::string& address, const std::string& key) {
    std::string mac = address;
    std::erase(mac, ':');
    const std::string document = "homeassistant/device/blupow_" + mac + "/config";
    if (!hearsAny(document)) return "no document";
    return last(document).at("components").value(key, Json::object()).value("platform", "none");
  }
  std::vector<std::string> written() {
    std::vector<std::string> all;
    for (const Written& write : simulator.writes()) {
      const std::string words = write.words.size() == 1 ? std::to_string(write.words.front()) : "several";
      all.push_back(write.device + ' ' + std::to_string(write.function) + ' ' + std::to_string(write.address) + " = " + words + ' ' + write.answer);
    }
    return all;
  }
};

TEST_F(Controls, TheLoadIsSwitchedAlsoWithoutAllowSettings) {
  startWith(false);
  if (HasFatalFailure()) return;
  EXPECT_EQ(platform(kController, "load_status"), "switch");
  std::size_t position = ear->count();
  EXPECT_TRUE(isJudged(kController, "load_status", "on", {"was set"}));
  EXPECT_TRUE(shows(kController, "load_status", "on", position));
  EXPECT_EQ(simulator.words(kController, 16, kLoad, 1), (RegisterWords{0})) << "reads as ever; the state is what 0x0120 says";
  position = ear->count();
  wish(kController, "load_status", "OFF");
  EXPECT_TRUE(shows(kController, "load_status", "off", position));
  EXPECT_THAT(written(), ElementsAre(kController + " 6 266 = 1 done", kController + " 6 266 = 0 done"));
}

TEST_F(Controls, WithoutAllowSettingsNothingElseIsWritten) {
  startWith(false);
  if (HasFatalFailure()) return;
  for (const char* key : {"boost_voltage", "battery_type", "load_mode", "overdischarge_delay"}) EXPECT_EQ(platform(kOwnVoltages, key), "sensor") << key;
  EXPECT_EQ(platform(kCharger, "max_charging_current"), "sensor");
  expectRefused(kOwnVoltages, "boost_voltage", "29.2", "allow_settings");
  expectRefused(kOwnVoltages, "battery_type", "gel", "allow_settings");
  expectRefused(kCharger, "max_charging_current", "30", "allow_settings");
}

TEST_F(Controls, NumbersAndSelectsAreWrittenAndReadBack) {
  startWith(true);
  if (HasFatalFailure()) return;
  EXPECT_EQ(platform(kOwnVoltages, "boost_voltage"), "number");
  EXPECT_EQ(platform(kCharger, "max_charging_current"), "number");
  EXPECT_EQ(platform(kCharger, "battery_type"), "select");
  std::size_t position = ear->count();
  EXPECT_TRUE(isJudged(kOwnVoltages, "boost_voltage", "29.2", {"was set"}));
  EXPECT_TRUE(shows(kOwnVoltages, "boost_voltage", 29.2, position));
  EXPECT_EQ(simulator.words(kOwnVoltages, 1, kBoost, 1), RegisterWords{146}) << "12 V equivalents";
  position = ear->count();
  EXPECT_TRUE(isJudged(kCharger, "max_charging_current", "30", {"was set"}));
  EXPECT_TRUE(shows(kCharger, "max_charging_current", 30.0, position));
  position = ear->count();
  EXPECT_TRUE(isJudged(kCharger, "battery_type", "gel", {"was set"}));
  EXPECT_TRUE(shows(kCharger, "battery_type", "gel", position));
  EXPECT_THAT(written(),
              testing::UnorderedElementsAre(kOwnVoltages + " 6 57352 = 146 done", kCharger + " 6 57345 = 3000 done", kCharger + " 6 57348 = 3 done"));
  EXPECT_TRUE(hears(topic(kCharger, "state"), [&](const Json& state) { return state.value("battery_type", "") == "gel"; }, ear->count())) << "and stays";
}

TEST_F(Controls, WhatIsOutOfRangeOrCrossesAnotherThresholdIsNotWritten) {
  startWith(true);
  if (HasFatalFailure()) return;
  expectRefused(kOwnVoltages, "boost_voltage", "34.2", "V");           // over 17.0 V for 12 V
  expectRefused(kOwnVoltages, "boost_voltage", "27", "float");         // under the 27.2 V of the float voltage
  expectRefused(kOwnVoltages, "boost_voltage", "30.6", "equalizing");  // over the 30.2 V of the equalizing voltage
  expectRefused(kOwnVoltages, "overdischarge_delay", "121", "120");
  expectRefused(kOwnVoltages, "boost_time", "15", "10");  // in steps of ten minutes
  expectRefused(kOwnVoltages, "boost_voltage", "high", "number");
  expectRefused(kCharger, "max_charging_current", "60", "50");  // of a charger rated at 50 A
  expectRefused(kCharger, "battery_type", "sodium", "lithium");
  expectRefused(kController, "boost_voltage", "14.4", "custom");  // of a battery type that brings its own voltages
}

TEST_F(Controls, UnknownKeysAndRetainedWishesWriteNothing) {
  startWith(true);
  if (HasFatalFailure()) return;
  for (const char* key : {"0xE008", "57352", "device_id", "serial_number", "factory_reset", "clear_history", "battery_voltage", "load_status/x", ""})
    wish(kOwnVoltages, key, "1");
  for (const char* payload : {R"({"command": "write_register", "request_id": "w", "address": "AC:4D:16:1D:AD:B1", "register": 57352, "value": 1})",
                              R"({"command": "factory_reset", "request_id": "w", "address": "AC:4D:16:1D:AD:B1"})"}) {
    const std::size_t position = ear->count();
    ear->say("blupow/gateway/command", payload);
    EXPECT_TRUE(hears("blupow/gateway/response/w", [](const Json& answer) { return answer.value("reason", "") == "unknown_command"; }, position));
  }
  ear->say("blupow/" + kOwnVoltages + "/set/boost_voltage", "29.2", true);
  ASSERT_TRUE(startAnew());  // finds the retained one
  const std::size_t position = ear->count();
  for (const char* last : {"0", "1"}) ASSERT_TRUE(hearsAny(topic(kOwnVoltages, "state"), position)) << last;
  EXPECT_THAT(written(), IsEmpty());
  EXPECT_EQ(state(kOwnVoltages).at("boost_voltage"), 29.6);
}

TEST_F(Controls, ALoadInAnotherModeSaysSo) {
  simulator.setWords(kController, 16, kLoadMode, {17});
  startWith(false);
  if (HasFatalFailure()) return;
  const std::size_t position = ear->count();
  EXPECT_TRUE(isJudged(kController, "load_status", "on", {"load mode is manual", "now it is always on"}));
  EXPECT_TRUE(shows(kController, "load_status", "off", position)) << "what it reads back";
}

TEST_F(Controls, ADeviceThatRefusesOrIgnoresIsToldAsItIs) {
  startWith(true);
  if (HasFatalFailure()) return;
  const auto fault = [this](const std::string& kind) {
    simulator.tell(R"({"do":"fault","count":1,"function":6,"kind":")" + kind + R"(","device":")" + kOwnVoltages + "\"}");
  };
  for (const auto& [kind, words] : std::map<std::string, std::string>{{"refused", "refuses"}, {"ignored", "still says 29.6 V"}}) {
    fault(kind);
    const std::size_t position = ear->count();
    EXPECT_TRUE(isJudged(kOwnVoltages, "boost_voltage", "29.2", {words})) << kind;
    EXPECT_TRUE(shows(kOwnVoltages, "boost_voltage", 29.6, position)) << kind;
  }
  EXPECT_EQ(simulator.writes().size(), 2U) << "each tried once";
  EXPECT_EQ(ear->last(topic(kOwnVoltages, "status")), "online");
}

}  // namespace
}  // namespace blupow::test
