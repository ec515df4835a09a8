// Thousands of random event sequences: nothing that may come, in whatever order, breaks what must hold always (Driver checks it after each step, the
// session asserts its table).
#include <gtest/gtest.h>

#include <random>

#include "device/driver.hpp"
#include "device/hub.hpp"
#include "device/module.hpp"
#include "device/profiles.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;
using test::Driver;

class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : random_(seed), hub_(seed % 5 == 0), all_(hub_ ? test::hubCatalogue() : test::catalogue()), driver_(config(seed), all_) {
    driver_.connect = step(event::Connected{});
    driver_.resolve = step(event::Resolved{0});
    driver_.subscribe = step(event::Subscribed{});
    driver_.disconnect = [this]() -> std::optional<Driver::Reply> {
      if (chance(10)) return std::nullopt;
      return Driver::Reply{event::Down{}, upTo(4000)};
    };
    driver_.turn = [this]() -> std::optional<Driver::Reply> {
      if (chance(20)) return std::nullopt;
      return Driver::Reply{event::Granted{}, upTo(3000)};
    };
    driver_.write_failure = [this]() -> std::optional<Failure> {
      if (chance(95)) return std::nullopt;
      return failure();
    };
    driver_.device = [this](const Bytes& request) { return answer(request); };
    driver_.radio(RadioState::ready);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      happen();
      driver_.runFor(upTo(chance(80) ? 5000 : 120'000));
    }
  }

  Driver& driver() { return driver_; }

 private:
  static SessionConfig config(std::uint64_t seed) {
    SessionConfig config;
    config.seed = seed;
    config.poll_interval = std::chrono::seconds(5 + seed % 20);
    config.keep_connected = seed % 3 != 0;
    if (seed % 2 == 0) config.units = {{.id = test::kInverterId, .family = test::shared(test::inverter())}};
    if (seed % 10 == 5) config.units = {{.id = 48, .family = test::shared(test::hubBattery()), .model = {}, .serial_number = "SN-A"}};
    if (seed % 4 == 0) config.units.push_back({.id = 17, .family = test::shared(test::controller())});
    return config;
  }

  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
  Duration upTo(int milliseconds) { return std::chrono::milliseconds(random_() % static_cast<unsigned>(milliseconds)); }
  Failure failure() { return {static_cast<FailureKind>(random_() % (static_cast<unsigned>(FailureKind::access_denied) + 1)), "chaos"}; }

  Driver::Step step(Event success) {
    return [this, success]() -> std::optional<Driver::Reply> {
      if (chance(5)) return std::nullopt;
      if (chance(15)) return Driver::Reply{event::Failed{failure()}, upTo(3000)};
      return Driver::Reply{success, upTo(3000)};
    };
  }

  std::vector<test::Notification> answer(const Bytes& request) {
    if (hub_ && chance(1)) std::swap(hub_module_.blocks[random_() % 64], hub_module_.blocks[48 + random_() % 4]);
    test::Module& module = hub_ ? hub_module_ : chance(50) ? inverter_ : controller_;
    module.exceptions = chance(50);
    module.lose = chance(15);
    module.corrupt = chance(10);
    module.latency = upTo(chance(90) ? 300 : 9000);
    module.piece = chance(50) ? 20 : 0;
    return module(request);
  }

  void happen() {
    switch (random_() % 14) {
      case 0:
        return driver_.radio(static_cast<RadioState>(random_() % 7));
      case 1:
      case 2:
        return driver_.radio(RadioState::ready);
      case 3:
        return driver_.loseLink(failure().kind);
      case 4:
        return driver_.send(event::Refresh{});
      case 5:
        return driver_.send(event::Identify{});
      case 6:
        return driver_.send(event::Release{driver_.now() + upTo(60'000)});
      case 7:
        return driver_.send(event::Resume{});
      case 8:
        return driver_.send(event::Yield{});
      case 9:
        if (!driver_.up()) driver_.send(event::Present{});
        return;
      case 10:
        driver_.advertises = chance(70);
        return;
      case 11:
        return driver_.send(event::Failed{failure()});  // of a step that is over
      case 12:
        return driver_.send(event::Received{{0x20, 0x03, 0x02, 0x00}});
      default:
        return driver_.send(event::Down{});
    }
  }

  std::mt19937_64 random_;
  bool hub_;
  test::Module inverter_ = test::inverterModule();
  test::Module hub_module_ = test::hubModule();
  test::Module controller_ = test::controllerModule({255, 17});
  profile::Catalogue all_;
  Driver driver_;
};

TEST(Soak, NoSequenceOfEventsBreaksTheSession) {
  std::size_t polls = 0;
  for (std::uint64_t seed = 1; seed <= 2000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Chaos chaos(seed);
    chaos.run(25);
    polls += chaos.driver().count<action::PollEnded>();
    chaos.driver().send(event::Stop{});
    chaos.driver().runFor(3s);
    EXPECT_FALSE(chaos.driver().session().holdsLink());
    EXPECT_EQ(chaos.driver().session().state(), State::stopping);
    std::set<int> names;
    for (std::size_t i = 0; i < chaos.driver().session().unitCount(); ++i) names.insert(chaos.driver().session().unit(i).known_as);
    EXPECT_EQ(names.size(), chaos.driver().session().unitCount()) << "each unit has a name of its own";
  }
  EXPECT_GT(polls, 6'000U);
}

TEST(Soak, TheSameSeedGivesTheSameLife) {
  Chaos one(4711);
  Chaos other(4711);
  one.run(60);
  other.run(60);
  EXPECT_EQ(one.driver().states(), other.driver().states());
  EXPECT_EQ(one.driver().written, other.driver().written);
  EXPECT_EQ(one.driver().now(), other.driver().now());
}

}  // namespace
}  // namespace blupow::device
