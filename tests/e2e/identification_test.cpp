// Devices that are added by their address alone: one of each model and oddity, one that answers to its own id only, and one that no profile fits.
#include <gmock/gmock.h>

#include <chrono>

#include "e2e/running_house.hpp"
#include "support/places.hpp"

namespace blupow::test {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::seconds kBoundOfOneDevice{15};
constexpr std::chrono::seconds kBoundOfADump{130};

// What each device of the scene is and tells, by contract and register tables, of its captured words.
const Json& families() {
  static const Json all = Json::parse(readFile(sourceFolder() / "tests/data/families.json"));
  return all;
}

bool isMeter(const std::string& key) { return key.ends_with("_energy"); }

// The house's own counting, which no captured word tells.
std::vector<std::string> meters(const Json& state) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : state.items()) {
    if (isMeter(key)) keys.push_back(key);
  }
  return keys;
}

Json withoutMeters(Json state) {
  for (const std::string& key : meters(state)) state.erase(key);
  return state;
}

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

class Identification : public RunningHouse {
 protected:
  explicit Identification(std::string_view scene) : RunningHouse(scene) {}

  // Adds it and says in the test's report how long that took, which must not be over the bound.
  Json addInTime(const std::string& address) {
    const auto before = Clock::now();
    Json answer = add(address);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - before);
    EXPECT_LE(took, kBoundOfOneDevice) << address;
    std::string name = "added_after_ms_" + address;
    std::ranges::replace(name, ':', '_');
    RecordProperty(name, static_cast<int>(took.count()));
    return answer;
  }
};

class OneOfEachFamily : public Identification {
 protected:
  OneOfEachFamily() : Identification("families") {}

  void expectAdded(const std::string& address, const Json& expected) {
    const Json answer = addInTime(address);
    ASSERT_EQ(answer.value("status", ""), "success") << address << answer;
    const Json& device = answer.at("device");
    EXPECT_EQ(device.at("type"), expected.at("type")) << address;
    EXPECT_EQ(device.at("model"), expected.at("model")) << address;
    EXPECT_EQ(device.at("status"), "online") << address;
    EXPECT_EQ(device.at("connection_reason"), "connected") << address;
    ASSERT_EQ(device.at("units").size(), 1U) << address << answer;
    EXPECT_EQ(device.at("units")[0].at("id"), expected.at("unit")) << address;
  }

  void expectState(const std::string& address, const Json& expected) {
    const auto isWhole = [&](const Json& state) { return withoutMeters(state) == expected.at("state"); };
    EXPECT_TRUE(hears(topic(address, "state"), isWhole)) << address << ' ' << Json::diff(expected.at("state"), withoutMeters(state(address)));
    EXPECT_EQ(Json(meters(state(address))), expected.at("meters")) << address;
    EXPECT_EQ(ear->last(topic(address, "status")), "online") << address;
  }
};

TEST_F(OneOfEachFamily, IsAddedWithoutATypeAndTellsAllItsValues) {
  ASSERT_TRUE(start());
  for (const auto& [address, expected] : families().items()) expectAdded(address, expected);
  for (const auto& [address, expected] : families().items()) expectState(address, expected);
  EXPECT_EQ(units("state").size(), families().size());
  EXPECT_EQ(simulator.writes().size(), 0U) << "nothing but reads";
}

TEST_F(OneOfEachFamily, IsReadFromTheCommandLineWithTheSameValues) {
  for (const auto& [address, expected] : families().items()) {
    const Answer answer = ask({"read", address, "--seconds", "25"}, std::chrono::seconds(30));
    ASSERT_EQ(answer.status, 0) << address << answer.errors;
    ASSERT_EQ(answer.document.at("units").size(), 1U) << answer.document;
    const Json& unit = answer.document.at("units")[0];
    EXPECT_EQ(unit.at("type"), expected.at("type")) << address;
    EXPECT_EQ(unit.at("model"), expected.at("model")) << address;
    EXPECT_EQ(Json::diff(expected.at("state"), unit.at("state")), Json::array()) << address;
  }
  EXPECT_EQ(simulator.writes().size(), 0U) << "nothing but reads";
}

TEST_F(OneOfEachFamily, IsDumpedWithItsRegisters) {
  const std::string battery = "60:98:66:ED:FC:11";
  const Answer answer = ask({"read", battery, "--dump", "--seconds", "60"}, kBoundOfADump);
  ASSERT_EQ(answer.status, 0) << answer.errors;
  const Json& unit = answer.document.at("units").at(0);
  EXPECT_EQ(unit.at("type"), "renogy_battery");
  EXPECT_EQ(unit.at("state"), families().at(battery).at("state"));
  for (const std::uint16_t address : std::vector<std::uint16_t>{5000, 5042, 5043, 5048, 5100, 5122})
    EXPECT_EQ(unit.at("registers").at(std::to_string(address)), simulator.words(battery, 48, address, 1).front()) << address;
  EXPECT_EQ(simulator.writes().size(), 0U) << "nothing but reads, and none of registers that should be left alone";
}

// With a real module's times and the bytes of 9600 baud.
const std::string kOwnIdOnly = R"({"timing": {"baud": 9600}, "devices": [{"address": "AC:4D:16:17:8A:45", "name": "BT-TH-16178A45    ",
  "units": [{"family": "controller", "model": "RCC40RVRE", "id": 17, "universal": "deaf", "static": true}]}]})";

class DeviceWithItsOwnIdOnly : public Identification {
 protected:
  DeviceWithItsOwnIdOnly() : Identification(kOwnIdOnly) {}
};

TEST_F(DeviceWithItsOwnIdOnly, IsRecognisedInTime) {
  ASSERT_TRUE(start());
  const Json answer = addInTime("AC:4D:16:17:8A:45");
  ASSERT_EQ(answer.value("status", ""), "success") << answer;
  EXPECT_EQ(answer.at("device").at("model"), "RCC40RVRE");
  EXPECT_EQ(answer.at("device").at("units").at(0).at("id"), 17);
  EXPECT_TRUE(hears(topic("AC:4D:16:17:8A:45", "state"), [](const Json& state) { return state.value("device_id", 0) == 17; }));
}

// Speaks Modbus, but neither its name nor any of its texts is known.
const std::string kStranger = "AA:BB:CC:DD:EE:03";
const std::string kSceneOfStranger = R"({"timing": {"baud": 9600}, "devices": [{"address": "AA:BB:CC:DD:EE:03", "name": "BT-TH-DDEE0003",
  "units": [{"family": "blank", "id": 1, "registers": {"12": [22617, 23085, 12592, 12288, 0, 0, 0, 0],
    "256": [77, 131, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]}}]}]})";

class Stranger : public Identification {
 protected:
  Stranger() : Identification(kSceneOfStranger) {}
};

TEST_F(Stranger, IsNotRecognisedAndNothingOfItStays) {
  ASSERT_TRUE(start());
  const Json answer = add(kStranger);
  EXPECT_EQ(answer.value("status", ""), "failure") << answer;
  EXPECT_EQ(answer.value("reason", ""), "not_recognised") << answer;
  EXPECT_THAT(answer.value("message", ""), HasSubstr("XYZ-100")) << "in words, what it found";
  EXPECT_THAT(answer.value("message", ""), HasSubstr("blupow read " + kStranger + " --dump"));
  EXPECT_EQ(command("get_devices").at("devices"), Json::array());
  for (const char* what : {"state", "status", "link"}) EXPECT_THAT(units(what), IsEmpty());
  EXPECT_THAT(readFile(data / "devices.json"), testing::AnyOf("", HasSubstr("{}")));
  EXPECT_EQ(simulator.writes().size(), 0U) << "nothing but reads";
  const auto list = Json::parse(simulator.tell(R"({"do":"list"})"));
  EXPECT_EQ(list.at("devices").at(0).at("connected"), false) << "it is let go";
}

TEST_F(Stranger, IsDumpedForAReport) {
  const Answer answer = ask({"read", kStranger, "--dump", "--seconds", "120"}, kBoundOfADump);
  ASSERT_EQ(answer.status, 0) << answer.errors << answer.document;
  EXPECT_EQ(answer.document.at("address"), kStranger);
  const Json& unit = answer.document.at("units").at(0);
  EXPECT_THAT(keys(unit), ElementsAre("model", "registers", "state", "type", "unit"));
  EXPECT_EQ(unit.at("type"), nullptr);
  EXPECT_EQ(unit.at("state"), Json::object());
  EXPECT_EQ(unit.at("registers").at("256"), 77);
  EXPECT_EQ(unit.at("registers").at("257"), 131);
  EXPECT_EQ(unit.at("registers").at("289"), 9);
  EXPECT_EQ(unit.at("registers").at("12"), 22617);
  EXPECT_EQ(simulator.writes().size(), 0U) << "nothing but reads, and none of registers that should be left alone";
  const auto list = Json::parse(simulator.tell(R"({"do":"list"})"));
  EXPECT_EQ(list.at("devices").at(0).at("connected"), false);
}

}  // namespace
}  // namespace blupow::test
