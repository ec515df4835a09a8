// How soon right and fresh values are back after each trouble: a table of scenarios in virtual time, each with its bound. The trouble lasts long or
// short and ends at any phase of what the session is doing; the device advertises, the poll interval is 5 s.
#include <gtest/gtest.h>

#include <ostream>
#include <vector>

#include "device/driver.hpp"
#include "device/module.hpp"
#include "device/profiles.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;
using test::Driver;
using test::Module;

struct World {
  explicit World(SessionConfig config) : driver(std::move(config), all) {
    driver.device = [this](const Bytes& request) { return module(request); };
    driver.radio(RadioState::ready);
  }
  // A value that was not there before the trouble's end, read after it.
  bool freshValueWithin(Duration bound, std::uint16_t value) {
    for (auto& [id, registers] : module.blocks) registers[4327][0] = value;
    return driver.runUntil(
        [&] {
          const auto& readings = driver.session().readings(0);
          const auto found = readings.find("battery_soc");
          return driver.session().online(0) && found != readings.end() && found->second == profile::Value(std::int64_t{value});
        },
        bound);
  }
  profile::Catalogue all = test::catalogue();
  Module module = test::inverterModule();
  Driver driver;
  TimePoint failed_at{};  // of the module that refuses
};

struct Scenario {
  const char* name;
  Duration bound;
  void (*begin)(World&);
  void (*end)(World&);
};

void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }  // gtest's own would print addresses

void refuseForEightSeconds(World& world) {
  world.driver.loseLink();
  world.failed_at = world.driver.now();
  world.driver.connect = [&world]() -> std::optional<Driver::Reply> {
    if (world.driver.now() - world.failed_at >= 8s) return Driver::Reply{event::Connected{}, 600ms};
    world.failed_at = world.driver.now() + 300ms;
    return Driver::Reply{event::Failed{{FailureKind::retry_later, "refused"}}, 300ms};
  };
}

std::optional<Driver::Reply> connects() { return Driver::Reply{event::Connected{}, 600ms}; }
std::optional<Driver::Reply> hangs() { return std::nullopt; }

const Scenario kScenarios[] = {
    {"AnswersLost", 45s, [](World& w) { w.module.lose = true; }, [](World& w) { w.module.lose = false; }},
    {"AnswersCorrupt", 45s, [](World& w) { w.module.corrupt = true; }, [](World& w) { w.module.corrupt = false; }},
    {"AnswersLateByFourSeconds", 45s, [](World& w) { w.module.latency = 4s; }, [](World& w) { w.module.latency = 20ms; }},
    {"AnswersLateBySevenSeconds", 45s, [](World& w) { w.module.latency = 7s; }, [](World& w) { w.module.latency = 20ms; }},
    {"LinkLost", 60s, [](World& w) { w.driver.loseLink(); }, [](World&) {}},
    {"LinkLostAndNotHeard", 60s,
     [](World& w) {
       w.driver.advertises = false;
       w.driver.loseLink();
     },
     [](World& w) { w.driver.advertises = true; }},
    {"DaemonRestarts", 60s, [](World& w) { w.driver.radio(RadioState::no_daemon); }, [](World& w) { w.driver.radio(RadioState::ready); }},
    {"BusRestarts", 60s, [](World& w) { w.driver.radio(RadioState::no_bus); }, [](World& w) { w.driver.radio(RadioState::ready); }},
    {"AdapterOff", 90s, [](World& w) { w.driver.radio(RadioState::adapter_off); }, [](World& w) { w.driver.radio(RadioState::ready); }},
    {"ConnectFails", 90s,
     [](World& w) {
       w.driver.connect = [] { return Driver::Reply{event::Failed{{FailureKind::retry_later, "failed"}}, 500ms}; };
       w.driver.loseLink();
     },
     [](World& w) { w.driver.connect = connects; }},
    {"ConnectHangs", 90s,
     [](World& w) {
       w.driver.connect = hangs;
       w.driver.loseLink();
     },
     [](World& w) { w.driver.connect = connects; }},
    {"ResolveAndDisconnectHang", 90s,
     [](World& w) {
       w.driver.resolve = hangs;
       w.driver.disconnect = hangs;
       w.driver.loseLink();
     },
     [](World& w) {
       w.driver.resolve = [] { return Driver::Reply{event::Resolved{0}, 900ms}; };
       w.driver.disconnect = [] { return Driver::Reply{event::Down{}, 100ms}; };
     }},
    {"SubscribeHangs", 90s,
     [](World& w) {
       w.driver.subscribe = hangs;
       w.driver.loseLink();
     },
     [](World& w) { w.driver.subscribe = [] { return Driver::Reply{event::Subscribed{}, 50ms}; }; }},
    {"WritesFail", 90s, [](World& w) { w.driver.write_failure = [] { return Failure{FailureKind::retry_later, "Not connected"}; }; },
     [](World& w) { w.driver.write_failure = [] { return std::nullopt; }; }},
    {"AccessDenied", 60s,
     [](World& w) {
       w.driver.connect = [] { return Driver::Reply{event::Failed{{FailureKind::access_denied, "AccessDenied"}}, 10ms}; };
       w.driver.loseLink();
     },
     [](World& w) { w.driver.connect = connects; }},
    {"ModuleRefusesForEightSecondsAfterEachFailure", 120s, refuseForEightSeconds, [](World&) {}},
};

class Recovery : public testing::TestWithParam<Scenario> {};

// How long the trouble lasts, and by how much it is shifted against the session's own rhythm.
struct Course {
  Duration lasts;
  Duration phase;
};

std::vector<Course> courses() {
  std::vector<Course> all{{7200s, 0s}};
  for (const Duration lasts : {1s, 20s, 300s}) {
    for (Duration phase{}; phase < 15s; phase += 1370ms) all.push_back({lasts, phase});
  }
  return all;
}

SessionConfig config(const Course& course, bool keep) {
  SessionConfig config;
  config.units = {{.id = test::kInverterId, .family = test::shared(test::inverter()), .model = "RIV1230RCH-SPS"}};
  config.poll_interval = 5s;
  config.keep_connected = keep;
  config.seed = static_cast<std::uint64_t>((course.phase + course.lasts).count());
  return config;
}

TEST_P(Recovery, IsWithinItsBoundWheneverTheTroubleEnds) {
  const Scenario& scenario = GetParam();
  Duration worst{};
  for (const Course& course : courses()) {
    for (const bool keep : {true, false}) {
      World world(config(course, keep));
      ASSERT_TRUE(world.freshValueWithin(5s, 10));
      world.driver.runFor(6s + course.phase);
      scenario.begin(world);
      world.driver.runFor(course.lasts + course.phase / 2);
      scenario.end(world);
      const TimePoint end = world.driver.now();
      ASSERT_TRUE(world.freshValueWithin(scenario.bound, 77)) << inSeconds(course.lasts) << " s, phase " << inSeconds(course.phase)
                                                              << (keep ? ", kept" : ", per poll") << ", in " << name(world.driver.session().state());
      worst = std::max(worst, world.driver.now() - end);
      EXPECT_EQ(world.driver.session().reason(), ConnectionReason::connected);
    }
  }
  RecordProperty("worst_seconds", std::to_string(inSeconds(worst)));
}

INSTANTIATE_TEST_SUITE_P(All, Recovery, testing::ValuesIn(kScenarios), [](const auto& scenario) { return std::string(scenario.param.name); });

}  // namespace
}  // namespace blupow::device
