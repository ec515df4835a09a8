// Late answers name themselves: what the shipped families ask for, alone and on a hub, differs in unit or length; where it does not, it is held back.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "device/exchange.hpp"
#include "device/frames.hpp"
#include "profile/json/loader.hpp"
#include "profile/spans.hpp"
#include "profile/variant.hpp"
#include "support/places.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;

struct Member {
  std::uint8_t id;
  const char* type;
  const char* model;
  const char* name;
};

// Output settings of the RIV4835CSH1S, read every ten minutes: holes behind them leave 6 words, as many as the load at 4408 has. They are held back.
constexpr std::uint16_t kAsLongAsTheLoad = 4439;

class LateAnswers : public testing::Test {
 protected:
  LateAnswers() : loaded_(profile::loadCatalogue(blupow::test::sourceFolder() / "rootfs/usr/share/blupow/profiles")) {}

  profile::ProfilePtr variant(const Member& member) const { return profile::variantFor(loaded_.catalogue.find(member.type), member.model, member.name); }

  // All that is ever asked of it: whole and in parts, at each interval, days of its history, and what recognises it.
  static std::vector<modbus::Request> requestsOf(const profile::Profile& profile, std::uint8_t id) {
    std::vector<modbus::Request> requests;
    const auto add = [&](std::uint16_t address, std::uint16_t words) {
      const modbus::Request request = modbus::Request::read(id, address, words);
      if (std::ranges::find(requests, request) == requests.end()) requests.push_back(request);
    };
    for (const profile::Span& span : profile::spansOf(profile.blocks, profile.max_words)) add(span.address, span.words);
    for (const profile::Block& block : profile.blocks) add(block.address, block.words);
    for (const profile::IdentifyRead& read : profile.identify) add(read.address, read.words);
    for (std::uint16_t day = 0; profile.history && day < profile.history->days; ++day) add(profile.history->address + day, profile.history->words);
    return requests;
  }

  // Whether the late answer to the one would be taken for that to the other, were it not for the quarantine.
  static bool fits(const modbus::Request& late, const modbus::Request& other) {
    const auto answer = modbus::parseAnswer(test::answerTo(late.unit, std::vector<std::uint16_t>(late.count, 1)));
    return answer && modbus::matches(other, *answer).has_value();
  }

  // Of requests by whose answers each other's could be taken, these are not held back: none.
  static void expectHeldWhereOneFits(const std::vector<modbus::Request>& requests) {
    for (const modbus::Request& late : requests) {
      Exchange exchange;
      (void)exchange.begin(late, 3s, TimePoint{});
      const TimePoint now = exchange.deadline();
      ASSERT_TRUE(exchange.expire(now));
      for (const modbus::Request& other : requests) EXPECT_EQ(exchange.held(other, now), fits(late, other)) << late.address << " and " << other.address;
    }
  }

  profile::LoadedCatalogue loaded_;
};

TEST_F(LateAnswers, OfEachFamilyAreTakenForNoOther) {
  ASSERT_TRUE(loaded_.errors.empty());
  for (const profile::ProfilePtr& family : loaded_.catalogue.all()) {
    if (family->stream) continue;
    SCOPED_TRACE(family->type);
    std::vector<std::string> models = family->models;
    models.emplace_back();
    for (const std::string& model : models) {
      for (const char* name : {"BT-TH-F26D8F08", "BTRIC134000035", "RNGRIU20230001", "RNGRBP1228000830", "RNGC122BAT28000194", "RNGPRO125BAT-EF036881"}) {
        expectHeldWhereOneFits(requestsOf(*profile::variantFor(family, model, name), family->unit_ids.back()));
      }
    }
  }
}

// On a hub a unit is asked by its own id, which its answers carry; what differs in length or unit is never held back.
TEST_F(LateAnswers, OnAHubNameTheirUnit) {
  const std::vector<Member> hub{{97, "renogy_controller", "RNG-CTRL-RVR40", "BT-TH-B00E7B91"}, {96, "renogy_dcc", "RBC50D1S-G1", "BT-TH-B00E7B91"},
                                {32, "renogy_inverter", "RIV4835CSH1S", "BT-TH-B00E7B91"},     {48, "renogy_battery", "RBT100LFP12S-G1", "BT-TH-B00E7B91"},
                                {49, "renogy_battery", "RBT100LFP12S-G1", "BT-TH-B00E7B91"},   {50, "renogy_battery", "RBT100LFP12SH-G1", "BT-TH-B00E7B91"},
                                {51, "renogy_battery", "RBT50LFP48S", "BT-TH-B00E7B91"}};
  std::vector<modbus::Request> all;
  std::set<std::pair<std::uint8_t, std::uint16_t>> told;  // unit and length of what a poll is made of
  for (const Member& member : hub) {
    const profile::ProfilePtr profile = variant(member);
    for (const modbus::Request& request : requestsOf(*profile, member.id)) all.push_back(request);
    for (const profile::Span& span : profile::spansOf(profile->blocks, profile->max_words)) {
      if (span.words == 1 || span.address == kAsLongAsTheLoad) continue;
      EXPECT_TRUE(told.emplace(member.id, span.words).second) << member.type << " " << span.address;
    }
  }
  expectHeldWhereOneFits(all);
}

}  // namespace
}  // namespace blupow::device
