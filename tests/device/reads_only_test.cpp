// Nothing but function 03 is ever sent unless a person's wish asks for it: whole lives of sessions with every shipped family and every fault, and wishes
// for whatever must not be written.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <random>

#include "device/lamp.hpp"
#include "device/running.hpp"
#include "device/shunt.hpp"
#include "profile/encode.hpp"
#include "profile/json/loader.hpp"
#include "profile/variant.hpp"
#include "support/places.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;

// At its id it answers to every read, with words that may make sense or not, and plays every fault.
class Anything {
 public:
  Anything(std::uint64_t seed, std::uint8_t id) : seed_(seed), id_(id), random_(seed) {}

  std::vector<test::Notification> operator()(const Bytes& request) {
    const std::uint64_t mood = random_() % 20;
    const Duration after = std::chrono::milliseconds(mood == 0 ? 7000 : 20);
    if (mood == 1 || (request[0] != id_ && request[0] != modbus::kAnyUnit)) return {};
    if (mood == 2) return {{after, test::exceptionFrom(request[0], static_cast<std::uint8_t>(1 + random_() % 11), request[1])}};
    if (mood == 3) return {{after, Bytes{0x42, 0x57, 0x01, 0x19, request[0], 0x06, 0x01, 0x0A}}};
    if (request[1] != 0x03) return {{after, request}};
    std::vector<std::uint16_t> words(static_cast<std::size_t>(request[4] << 8U | request[5]));
    const auto address = static_cast<std::uint16_t>(request[2] << 8U | request[3]);
    std::mt19937_64 registers(mood == 5 ? random_() : seed_ + address);
    for (auto& word : words) word = static_cast<std::uint16_t>(seed_ % 2 == 0 ? registers() : registers() % 130);
    if (const auto text = models.find(address); text != models.end()) words = test::wordsOf(text->second, words.size());
    Bytes frame = test::answerTo(request[0], words);
    return {{after, mood == 4 ? test::corrupted(frame) : frame}};
  }

  std::map<std::uint16_t, std::string> models;

 private:
  std::uint64_t seed_;
  std::uint8_t id_;
  std::mt19937_64 random_;
};

void expectReadsOnly(const std::vector<Bytes>& written) {
  for (const Bytes& request : written) {
    ASSERT_EQ(request.size(), 8U);
    ASSERT_EQ(request[1], 0x03) << toHex(request);
  }
}

class EveryFamily : public testing::Test {
 protected:
  EveryFamily() : loaded_(profile::loadCatalogue(blupow::test::sourceFolder() / "rootfs/usr/share/blupow/profiles")) {
    std::vector<profile::ProfilePtr> all = loaded_.catalogue.all();
    profile::Profile lamp = test::lamp();
    lamp.type = "lamp";
    all.push_back(test::shared(lamp));
    if (!loaded_.catalogue.find("renogy_shunt")) all.push_back(test::shared(test::shunt()));
    all_ = profile::Catalogue(all);
  }

  // A life of twenty hours and more with links that break, and with what happens at each turn.
  std::vector<Bytes> live(const profile::ProfilePtr& family, std::uint64_t seed, const std::function<void(test::Driver&, std::mt19937_64&)>& happen) {
    std::mt19937_64 random(seed);
    SessionConfig config;
    config.seed = seed;
    config.keep_connected = seed % 2 == 0;
    config.adaptive_polling = seed % 3 == 0;
    const std::uint8_t id = family->unit_ids.empty() ? modbus::kAnyUnit : family->unit_ids.front();
    if (seed % 4 != 0) config.units = {{.id = id, .family = family}};
    if (seed % 4 == 2) config.type = family;
    test::Driver driver(config, all_);
    Anything device(seed, id);
    for (const auto& read : family->identify) {
      if (!family->models.empty()) device.models[read.address] = family->models.front();
    }
    driver.device = [&](const Bytes& request) { return device(request); };
    driver.resolve = [&]() -> std::optional<test::Driver::Reply> {
      const auto& paths = driver.last<action::Resolve>()->paths;
      const auto own = std::ranges::find(paths, family->gatt);
      if (own == paths.end()) return test::Driver::Reply{event::Failed{{FailureKind::retry_later, "no such characteristic"}}, 1s};
      return test::Driver::Reply{event::Resolved{static_cast<std::size_t>(own - paths.begin())}, 1s};
    };
    driver.write_failure = [&]() -> std::optional<Failure> {
      if (random() % 30 != 0) return std::nullopt;
      return Failure{static_cast<FailureKind>(random() % 10), "fault"};
    };
    driver.radio(RadioState::ready);
    for (int step = 0; step < 60; ++step) {
      driver.runFor(std::chrono::seconds(random() % (step % 10 == 0 ? 4000 : 120)));
      happen(driver, random);
    }
    driver.send(event::Stop{});
    polls_ += driver.count<action::PollEnded>();
    wishes_ended_ += driver.count<action::WriteEnded>();
    return driver.written;
  }

  static void trouble(test::Driver& driver, std::mt19937_64& random) {
    switch (random() % 10) {
      case 0:
        return driver.loseLink(static_cast<FailureKind>(random() % 10));
      case 1:
        return driver.radio(RadioState::adapter_off);
      case 2:
        return driver.send(event::Identify{});
      case 3:
        return driver.send(event::Release{driver.now() + 1min});
      case 4:
        return driver.send(event::Resume{});
      case 5:
        return driver.send(event::Refresh{});
      case 6:
        return driver.send(event::Yield{});
      default:
        driver.radio(RadioState::ready);
        if (driver.up()) driver.send(event::Received{test::shuntFrame(static_cast<std::int32_t>(random() % 1000))});
    }
  }

  profile::LoadedCatalogue loaded_;
  profile::Catalogue all_;
  std::size_t polls_ = 0;
  std::size_t wishes_ended_ = 0;
};

TEST_F(EveryFamily, IsSentNothingButReadsWhateverHappens) {
  ASSERT_TRUE(loaded_.errors.empty());
  for (const auto& family : all_.all()) {
    SCOPED_TRACE(family->type);
    std::size_t sent = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      const auto written = live(family, seed, trouble);
      sent += written.size();
      ASSERT_NO_FATAL_FAILURE(expectReadsOnly(written));
    }
    EXPECT_EQ(sent == 0, family->gatt.write.empty());
  }
  EXPECT_GT(polls_, 500U);
}

TEST_F(EveryFamily, IsSentNothingButReadsForWishesThatAreNoSettingOrOutOfRange) {
  for (const auto& family : all_.all()) {
    SCOPED_TRACE(family->type);
    std::vector<std::string> keys{"", "reset", "device_id", "load_statu", "LOAD_STATUS", "../load_status"};
    for (const auto& field : family->fields) {
      if (!field.setting) keys.push_back(field.key);
    }
    const std::size_t plain = keys.size();
    for (const auto& field : family->fields) {
      if (field.setting) keys.push_back(field.key);
    }
    std::uint64_t number = 0;
    wishes_ended_ = 0;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const auto written = live(family, seed, [&](test::Driver& driver, std::mt19937_64& random) {
        trouble(driver, random);
        for (int i = 0; i < 4; ++i) {
          const std::size_t key = random() % keys.size();
          const std::string text = key < plain ? "1" : std::array{"", "65536", "-1e9", "nan", "no such word", "1;2", "\xff"}[random() % 7];
          driver.send(event::Set{++number, random() % 3, keys[key], text});
        }
      });
      ASSERT_NO_FATAL_FAILURE(expectReadsOnly(written));
    }
    EXPECT_EQ(wishes_ended_, number);  // each ends, once
  }
}

using Wish = std::pair<std::string, std::string>;  // key and text

std::vector<profile::Profile> variantsOf(const profile::Profile& family) {
  std::vector<profile::Profile> variants{family};
  for (const auto& quirk : family.quirks) variants.push_back(profile::withQuirk(family, quirk));
  return variants;
}

// For each setting that some variant has: its words, and numbers that may or may not be possible.
std::vector<Wish> wishesFor(const std::vector<profile::Profile>& variants) {
  std::vector<Wish> wishes;
  for (const auto& variant : variants) {
    for (const auto& field : variant.fields) {
      if (!field.setting) continue;
      for (const auto& word : field.values) wishes.emplace_back(field.key, word.word);
      for (const char* text : {"0", "5", "10", "12.5", "60", "1000"}) wishes.emplace_back(field.key, text);
    }
  }
  return wishes;
}

// Reads, and function 06 to a register of a setting with a value that it can have. Counts the latter.
void expectSettingsOnly(const std::vector<Bytes>& written, const std::vector<profile::Profile>& variants, std::size_t& writes) {
  for (const Bytes& request : written) {
    ASSERT_EQ(request.size(), 8U);
    if (request[1] == 0x03) continue;
    ASSERT_EQ(request[1], 0x06) << toHex(request);
    const auto address = static_cast<std::uint16_t>(request[2] << 8U | request[3]);
    const auto value = static_cast<std::uint16_t>(request[4] << 8U | request[5]);
    ASSERT_TRUE(std::ranges::any_of(variants, [&](const auto& variant) { return profile::mayWrite(variant, address, value); })) << toHex(request);
    ++writes;
  }
}

TEST_F(EveryFamily, IsSentWhatAWishAsksForAndReads) {
  std::size_t writes = 0;
  for (const auto& family : all_.all()) {
    SCOPED_TRACE(family->type);
    const auto variants = variantsOf(*family);
    const auto wishes = wishesFor(variants);
    if (wishes.empty()) continue;
    std::uint64_t number = 0;
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      const auto written = live(family, seed, [&](test::Driver& driver, std::mt19937_64& random) {
        trouble(driver, random);
        const auto& [key, text] = wishes[random() % wishes.size()];
        driver.send(event::Set{++number, 0, key, text});
      });
      ASSERT_NO_FATAL_FAILURE(expectSettingsOnly(written, variants, writes));
    }
  }
  EXPECT_GT(writes, 20U);
}

// A description that claims dangerous registers for settings: the second lock stands, whatever the first one says.
TEST_F(EveryFamily, IsNeverWrittenADangerousRegister) {
  for (const std::uint16_t address :
       std::to_array<std::uint16_t>({0x001A, 0x001D, 4109, 4110, 5222, 5223, 5224, 5225, 5226, 0xDF00, 0xF000, 0xF001, 0xF002, 0xF123, 0xF3FF, 0xFFFF})) {
    SCOPED_TRACE(address);
    ASSERT_TRUE(profile::isDangerous(address));
    profile::Profile family = test::lamp();
    for (auto& field : family.fields) {
      if (field.key == "load_status") field.setting->address = address;
    }
    SessionConfig config;
    config.units = {{.id = test::kLampId, .family = test::shared(family)}};
    test::Running run(config);
    test::Lamp lamp;
    run.driver.device = [&](const Bytes& request) { return lamp(request); };
    ASSERT_TRUE(run.untilIdle());
    for (const char* text : {"on", "off", "1", "0"}) run.driver.send(event::Set{1, 0, "load_status", text});
    ASSERT_TRUE(run.driver.runUntil([&] { return run.driver.count<action::WriteEnded>() == 4; }, 1min));
    for (const auto& done : run.driver.log) {
      const auto* end = std::get_if<action::WriteEnded>(&done.action);
      EXPECT_TRUE(!end || !end->failure.empty());
    }
    expectReadsOnly(run.driver.written);
  }
}

}  // namespace
}  // namespace blupow::device
