// A link with many units behind it: one command adds them all, each is a device of its own, and none of them takes the others with it.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "e2e/running_house.hpp"

namespace blupow::test {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

const std::string kHub = "80:6F:B0:1A:2B:3C";
const std::string kBank = "blupow/bank_806FB01A2B3C/state";
const std::vector<int> kAll = {97, 96, 32, 48, 49, 50, 51};
const std::vector<int> kBatteries = {48, 49, 50, 51};
constexpr seconds kBoundOfAnswer{25};  // of add_device
constexpr seconds kBoundOfHub{90};     // until all units have published
constexpr seconds kBoundAfterStart{60};
constexpr seconds kBoundOfSilence{60};
constexpr seconds kBoundOfReturn{65};  // a silent unit is asked once a minute
constexpr seconds kBoundOfAnotherId{180};

// The time until then, from now on.
class Deadline {
 public:
  explicit Deadline(seconds bound) : at_(Clock::now() + bound) {}
  std::chrono::milliseconds left() const { return std::chrono::duration_cast<std::chrono::milliseconds>(std::max(at_ - Clock::now(), Clock::duration())); }

 private:
  Clock::time_point at_;
};

class Hub : public RunningHouse {
 protected:
  explicit Hub(std::string_view scene = "hub") : RunningHouse(scene) {}

  // The unit by the id at which it was found, as topics write it.
  std::string unit(int id) const { return id == first_ ? kHub : kHub + "_" + std::to_string(id); }
  std::string stateOf(int id) const { return topic(unit(id), "state"); }
  std::string statusOf(int id) const { return topic(unit(id), "status"); }

  // With one command; all units have published when it returns, unless the test has failed by then.
  void addAll(int poll_interval) {
    ASSERT_TRUE(start({{"poll_interval", poll_interval}}));
    const auto began = Clock::now();
    const Deadline bound(kBoundOfHub);
    const Json answer = add(kHub);
    EXPECT_LE(Clock::now() - began, kBoundOfAnswer);
    ASSERT_EQ(answer.value("status", ""), "success") << answer;
    ASSERT_EQ(answer.at("device").at("units").size(), 1U) << "answered with the first one";
    first_ = answer.at("device").at("units")[0].at("id");
    for (const int id : kAll) {
      ASSERT_TRUE(hearsAny(stateOf(id), 0, bound.left())) << id << ' ' << device(kHub);
      ASSERT_TRUE(ear->waitFor(statusOf(id), "online", 0, bound.left())) << id;
    }
    RecordProperty("all_units_after_ms", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count()));
  }

  Json unitsOfDevice() { return device(kHub).value("units", Json::array()); }
  std::set<int> idsOfDevice() {
    const Json units = unitsOfDevice();
    std::set<int> ids;
    for (const Json& entry : units) ids.insert(entry.at("id").get<int>());
    return ids;
  }
  void expectNoOtherUnits() {
    EXPECT_EQ(units("state").size(), kAll.size() + 1) << "and the bank";
    for (const int id : kAll) EXPECT_NE(ear->last(stateOf(id)), "") << id;
  }

  static void expectSums(const Json& bank, const std::map<std::string, Json>& batteries) {
    std::map<std::string, double> sums;
    std::set<double> cells;
    std::set<double> charges;
    for (const auto& [topic, battery] : batteries) {
      for (const char* key : {"current", "power", "remaining_ah", "capacity_ah"}) sums[key] += battery.at(key).get<double>();
      for (int cell = 1; cell <= 4; ++cell) cells.insert(battery.at("cell_voltage_" + std::to_string(cell)).get<double>());
      charges.insert(battery.at("soc").get<double>());
    }
    for (const auto& [key, sum] : sums) EXPECT_NEAR(bank.at(key).get<double>(), sum, 0.001) << key;
    EXPECT_NEAR(bank.at("soc").get<double>(), 100 * sums["remaining_ah"] / sums["capacity_ah"], 0.001);
    EXPECT_NEAR(bank.at("cell_voltage_spread").get<double>(), *cells.rbegin() - *cells.begin(), 0.001);
    EXPECT_NEAR(bank.at("soc_spread").get<double>(), *charges.rbegin() - *charges.begin(), 0.001);
  }

  // Every request since the counters' start is one that a unit took; one on its way is waited for.
  bool askedOnlyItsUnits() {
    const auto equal = [this] {
      const int requests = Json::parse(simulator.tell(R"({"do":"counters"})")).at("devices").at(kHub).at("requests");
      int taken = 0;
      for (const auto& [id, times] : reads(kHub)) taken += times;
      return requests == taken;
    };
    const Deadline bound(seconds(5));
    while (bound.left().count() > 0) {
      if (equal()) return true;
    }
    return false;
  }

  // Of each unit, from position on.
  bool allPublishedWithin(seconds limit, std::size_t from, const std::set<int>& but = {}) {
    const Deadline bound(limit);
    for (const int id : kAll) {
      if (!but.contains(id) && !hearsAny(stateOf(id), from, bound.left())) return false;
    }
    return true;
  }

  int first_ = 0;
};

TEST_F(Hub, IsAddedWithOneCommand) {
  addAll(30);
  if (HasFatalFailure()) return;
  EXPECT_EQ(idsOfDevice(), std::set<int>(kAll.begin(), kAll.end()));
  const Json units = unitsOfDevice();
  std::map<std::string, int> types;
  for (const Json& entry : units) ++types[entry.at("type")];
  EXPECT_EQ(types, (std::map<std::string, int>{{"renogy_battery", 4}, {"renogy_controller", 1}, {"renogy_dcc", 1}, {"renogy_inverter", 1}}));
  for (const int id : kAll) {
    std::string mac = unit(id);
    std::erase(mac, ':');
    const std::string document = "homeassistant/device/blupow_" + mac + "/config";
    ASSERT_TRUE(hearsAny(document, 0, seconds(40))) << id;
    EXPECT_EQ(last(document).at("device").at("via_device"), "blupow_gateway") << id;
    EXPECT_EQ(last(document).at("device").contains("connections"), id == first_) << id;
  }
  for (const auto& [id, key] : std::map<int, std::string>{{97, "load_status"}, {96, "alternator_voltage"}, {32, "output_voltage"}, {51, "cell_voltage_4"}})
    EXPECT_TRUE(last(stateOf(id)).contains(key)) << id;
  expectNoOtherUnits();
  EXPECT_EQ(Json::parse(readFile(data / "devices.json")).at(kHub).at("units").size(), kAll.size());
  EXPECT_EQ(simulator.writes().size(), 0U) << "nothing but reads";
}

// What a bank says are the sums of what its units say, the one whose poll it follows included.
TEST_F(Hub, HasABankThatSumsItsBatteries) {
  addAll(5);
  if (HasFatalFailure()) return;
  const auto isFull = [](const Json& bank) { return bank.value("count", 0) == 4; };
  ASSERT_TRUE(hears(kBank, isFull));
  ASSERT_TRUE(ear->waitFor("blupow/bank_806FB01A2B3C/status", "online"));
  for (const int id : kBatteries) ASSERT_TRUE(hearsAny(stateOf(id), ear->count())) << id;
  std::map<std::string, Json> states;
  std::optional<Json> told;
  int compared = 0;
  for (const auto& message : ear->all()) {
    const auto battery = std::ranges::find(kBatteries, message.topic, [this](int id) { return stateOf(id); });
    if (battery != kBatteries.end()) {
      states[message.topic] = Json::parse(message.payload);
      if (!told || states.size() < kBatteries.size()) continue;
      ++compared;
      expectSums(*std::exchange(told, std::nullopt), states);
    } else if (message.topic == kBank && isFull(Json::parse(message.payload))) {
      told = Json::parse(message.payload);
    }
  }
  EXPECT_GE(compared, 4);
}

TEST_F(Hub, IsWholeAgainAfterARestartAndAsksKnownIdsOnly) {
  addAll(30);
  if (HasFatalFailure()) return;
  for (const int signal : {SIGKILL, SIGTERM}) {
    simulator.tell(R"({"do":"counters","reset":true})");
    const std::size_t position = ear->count();
    ASSERT_TRUE(startAnew(signal));
    EXPECT_TRUE(allPublishedWithin(kBoundAfterStart, position));
    EXPECT_TRUE(askedOnlyItsUnits()) << simulator.tell(R"({"do":"counters"})");
    expectNoOtherUnits();
  }
}

TEST_F(Hub, AUnitThatFallsSilentGoesAloneAndComesBackWithItsFirstAnswer) {
  addAll(10);
  if (HasFatalFailure()) return;
  constexpr int kSilent = 49;
  std::size_t position = ear->count();
  simulator.silenceUnit(kHub, kSilent);
  ASSERT_TRUE(ear->waitFor(statusOf(kSilent), "offline", position, kBoundOfSilence));
  EXPECT_TRUE(allPublishedWithin(seconds(15), ear->count(), {kSilent})) << "the others stay fresh";
  for (const int id : kAll) {
    if (id == kSilent) continue;
    EXPECT_THAT(ear->of(statusOf(id), position), testing::IsEmpty()) << id;
  }
  EXPECT_EQ(device(kHub).at("connection_reason"), "connected");
  EXPECT_TRUE(ear->waitFor("blupow/bank_806FB01A2B3C/status", "offline", position)) << "while one of them is away";

  position = ear->count();
  simulator.silenceUnit(kHub, kSilent, false);
  ASSERT_TRUE(ear->waitFor(statusOf(kSilent), "online", position, kBoundOfReturn));
  EXPECT_TRUE(hearsAny(stateOf(kSilent), position)) << "with its values";
  EXPECT_TRUE(ear->waitFor("blupow/bank_806FB01A2B3C/status", "online", position));
  expectNoOtherUnits();
}

// The hub has counted its devices anew: two batteries have changed places, another has an id that was free.
TEST_F(Hub, KnowsABatteryAgainByItsSerialNumber) {
  addAll(10);
  if (HasFatalFailure()) return;
  std::map<int, std::string> serials;
  for (const int id : kBatteries) serials[id] = last(stateOf(id)).at("serial_number");
  const std::size_t position = ear->count();
  simulator.reassign(kHub, {{48, 49}, {49, 48}, {51, 53}});
  const Deadline bound(kBoundOfAnotherId);
  const std::set<int> now{97, 96, 32, 48, 49, 50, 53};
  // Each is asked by its new id and says so on its old topic. The link is the place of the new id: get_devices.
  const auto isMoved = [&] { return idsOfDevice() == now; };
  std::size_t from = position;
  while (!isMoved() && hearsAny(stateOf(50), from, bound.left())) from = ear->count();
  ASSERT_TRUE(isMoved()) << device(kHub);
  from = ear->count();
  for (const int id : kBatteries) {
    ASSERT_TRUE(hearsAny(stateOf(id), from, bound.left())) << id;
    EXPECT_EQ(last(stateOf(id)).at("serial_number"), serials[id]) << id;
    EXPECT_EQ(ear->last(statusOf(id)), "online") << id;
  }
  for (const auto& message : ear->all(position)) {
    for (const int id : kBatteries) {
      if (message.topic != stateOf(id)) continue;
      EXPECT_EQ(Json::parse(message.payload).at("serial_number"), serials[id]) << "not for one moment another's values";
    }
  }
  expectNoOtherUnits();
}

// A daisy chain: asked as 0xFF all units answer at once, and spoil it.
const std::string kDaisyChain = R"({"time_factor": 60, "timing": {"baud": 9600, "disconnect_ms": 500}, "devices": [
  {"address": "80:6F:B0:1A:2B:3C", "name": "BT-TH-B01A2B3C    ", "clash": true, "units": [{"family": "controller", "id": 97}, {"family": "dcc", "id": 96},
    {"family": "inverter", "id": 32}, {"family": "battery", "id": 48}, {"family": "battery", "id": 49}, {"family": "battery", "id": 50},
    {"family": "battery", "id": 51}]}]})";

class DaisyChain : public Hub {
 protected:
  DaisyChain() : Hub(kDaisyChain) {}
};

TEST_F(DaisyChain, IsAddedWithOneCommand) {
  addAll(30);
  if (HasFatalFailure()) return;
  EXPECT_EQ(idsOfDevice(), std::set<int>(kAll.begin(), kAll.end()));
  expectNoOtherUnits();
  EXPECT_EQ(simulator.writes().size(), 0U) << "nothing but reads";
}

}  // namespace
}  // namespace blupow::test
