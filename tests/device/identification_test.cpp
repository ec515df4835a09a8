#include "device/identification.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "device/exchange.hpp"
#include "device/hub.hpp"
#include "device/module.hpp"
#include "device/profiles.hpp"

namespace blupow::device {
namespace {

using namespace std::chrono_literals;
using test::Module;

struct Asked {
  int unit;
  int address;
  bool operator==(const Asked&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Asked& asked) { return out << asked.address << "@" << asked.unit; }
};

struct Outcome {
  Identification identification;
  std::vector<Asked> asked;
  std::vector<Found> found;
  Duration taken{};
};

Outcome identify(const Module& module, const std::vector<profile::ProfilePtr>& families, std::string_view first = "", std::string_view name = "") {
  Outcome run{Identification(families, first, name), {}, {}, {}};
  TimePoint now{};
  Exchange exchange;
  while (!run.identification.done()) {
    const modbus::Request request = run.identification.next();
    run.asked.push_back({request.unit, request.address});
    const Bytes bytes = exchange.begin(request, Identification::kProbeTimeout, now);
    std::optional<Result<modbus::Answer>> answer;
    for (const auto& notification : module(bytes)) answer = exchange.feed(notification.bytes, 0s, now += notification.after);
    if (answer && *answer) {
      run.identification.answered(**answer);
    } else if (answer) {
      run.identification.failed(answer->error());
    } else {
      now = exchange.deadline();
      run.identification.failed(*exchange.expire(now));
    }
  }
  while (const auto found = run.identification.take()) run.found.push_back(*found);
  run.taken = now - TimePoint{};
  return run;
}

std::vector<profile::ProfilePtr> all() { return test::catalogue().all(); }

TEST(Identification, TakesOneReadForAControllerThatAnswersAnyId) {
  const Outcome run = identify(test::controllerModule({255}), all());
  ASSERT_EQ(run.found.size(), 1U);
  EXPECT_EQ(run.found[0].family->type, "renogy_controller");
  EXPECT_EQ(run.found[0].id, 255);
  EXPECT_EQ(run.found[0].model, "RNG-CTRL-RVR40");
  EXPECT_EQ(run.asked, (std::vector<Asked>{{255, 12}}));
}

TEST(Identification, AsksAnInverterAfterTheControllerAtItsOwnId) {
  Module module = test::inverterModule();
  module.exceptions = true;
  const Outcome run = identify(module, all());
  ASSERT_EQ(run.found.size(), 1U);
  EXPECT_EQ(run.found[0].family->type, "renogy_inverter");
  EXPECT_EQ(run.found[0].id, test::kInverterId);
  EXPECT_EQ(run.asked, (std::vector<Asked>{{255, 12}, {32, 4311}}));
}

TEST(Identification, BeginsWithTheFamilyThatTheNameTells) {
  const Outcome run = identify(test::inverterModule(), all(), "renogy_inverter");
  EXPECT_EQ(run.asked, (std::vector<Asked>{{32, 4311}}));
}

TEST(Identification, AsksOneTypeOnly) {
  const Outcome run = identify(test::controllerModule({255}), {test::shared(test::inverter())});
  EXPECT_TRUE(run.found.empty());
  EXPECT_EQ(run.asked, (std::vector<Asked>{{32, 4311}, {255, 4311}}));
  EXPECT_EQ(run.identification.failure().kind, FailureKind::retry_later);
}

TEST(Identification, FindsEveryIdOfAControllerWithinFifteenSeconds) {
  for (const std::uint8_t id : test::controller().unit_ids) {
    const Outcome run = identify(test::controllerModule({id}), all());
    ASSERT_EQ(run.found.size(), 1U) << int{id};
    EXPECT_EQ(run.found[0].id, id);
    EXPECT_LT(run.taken, id == 17 ? 5s : 15s - 2s) << int{id};
  }
}

TEST(Identification, AsksAKnownIdAgainWhereTheFirstReadWasLost) {
  Module module = test::controllerModule({255});
  module.exceptions = true;
  Identification identification(all(), "");
  identification.failed({FailureKind::retry_later, "no answer"});  // 12@255, lost
  identification.failed({FailureKind::retry_later, "no answer"});  // 4311@32
  EXPECT_EQ(identification.next().unit, 17);
  identification.failed({FailureKind::retry_later, "no answer"});
  EXPECT_EQ(identification.next().unit, 255);
  EXPECT_EQ(identification.next().address, 4311);
  identification.failed({FailureKind::rejected, "exception 2"});
  ASSERT_FALSE(identification.done());
  EXPECT_EQ(identification.next().unit, 255);
  EXPECT_EQ(identification.next().address, 12);
  identification.failed({FailureKind::retry_later, "no answer"});
  EXPECT_TRUE(identification.done());
}

TEST(Identification, DoesNotRecogniseAStrangerAndSaysWhatCame) {
  Module module = test::controllerModule({255});
  module.exceptions = true;
  module.blocks[255][12] = test::wordsOf("RBC50D1S-G1", 8);
  const Outcome run = identify(module, all());
  EXPECT_TRUE(run.found.empty());
  EXPECT_EQ(run.identification.failure().kind, FailureKind::rejected);
  EXPECT_EQ(run.identification.answers().find("register 12 at id 255: RBC50D1S-G1"), 0U) << run.identification.answers();
  EXPECT_EQ(run.asked, (std::vector<Asked>{{255, 12}, {32, 4311}, {255, 4311}}));
}

TEST(Identification, TellsCorruptAnswersFromNone) {
  Module module = test::controllerModule({255});
  module.corrupt = true;
  const Outcome run = identify(module, all());
  EXPECT_TRUE(run.found.empty());
  EXPECT_EQ(run.identification.failure().kind, FailureKind::protocol);
  EXPECT_EQ(identify(Module{}, all()).identification.failure().kind, FailureKind::retry_later);
}

TEST(Identification, SharesOneReadBetweenFamilies) {
  profile::Profile other = test::controller();
  other.type = "renogy_dcc";
  other.unit_ids = {255, 96};
  other.identify[0].pattern = "^(RBC|DCC)";
  other.identify[0].expression = std::regex(other.identify[0].pattern);
  auto families = all();
  families.push_back(test::shared(other));
  Module module = test::controllerModule({96});
  module.blocks[96][12] = test::wordsOf("RBC50D1S-G1", 8);
  const Outcome run = identify(module, families);
  ASSERT_EQ(run.found.size(), 1U) << run.identification.answers();
  EXPECT_EQ(run.found[0].family->type, "renogy_dcc");
  EXPECT_EQ(std::ranges::count(run.asked, Asked{255, 12}), 1);
}

TEST(Identification, TakesAnInverterThatIsSilentAboutItsModelByItsWords) {
  Module module = test::inverterModule();
  module.blocks = {{test::kInverterId, test::inverterRegisters()}};
  module.silent = {4311};
  const auto families = test::hubCatalogue().all();
  const Outcome run = identify(module, families, "", "BT-TH-F26D8F08    ");
  ASSERT_EQ(run.found.size(), 1U) << run.identification.answers();
  EXPECT_EQ(run.found[0].family->type, "renogy_inverter");
  EXPECT_EQ(run.found[0].model, "RIV4835CSH1S");
  EXPECT_EQ(run.asked, (std::vector<Asked>{{48, 5122}, {255, 12}, {32, 4311}, {32, 4000}, {32, 4311}})) << "the model once more: it may have been lost";
  EXPECT_LT(run.taken, 10s);
  EXPECT_TRUE(identify(module, families, "", "BTRIC134000035").found.empty()) << "names that say otherwise";
}

TEST(Identification, DoesNotGuessWhereOnlyTheModelWasLost) {
  Module module = test::inverterModule();
  module.blocks = {{test::kInverterId, test::inverterRegisters()}};
  Identification identification(test::hubCatalogue().all(), "renogy_inverter", "BT-TH-F26D8F08");
  identification.failed({FailureKind::retry_later, "no answer"});  // 4311@32, lost
  while (identification.next().address != 4000) identification.failed({FailureKind::retry_later, "no answer"});
  identification.answered({.unit = 32, .words = module.blocks[32][4000]});
  ASSERT_EQ(identification.next().address, 4311);
  identification.answered({.unit = 32, .words = module.blocks[32][4311]});
  EXPECT_EQ(identification.take()->model, "RIV1230RCH-SPS");
}

TEST(Identification, BelievesNoWordsThatMakeNoSense) {
  Module module;
  module.exceptions = true;
  std::vector<std::uint16_t> words(10, 0);
  words[0] = 1217;
  words[5] = 4;  // a battery of 0.4 V
  module.blocks = {{test::kInverterId, {{4000, words}}}};
  EXPECT_TRUE(identify(module, test::hubCatalogue().all(), "", "BT-TH-F26D8F08").found.empty());
  module.blocks = {{test::kInverterId, {{4000, std::vector<std::uint16_t>(10, 132)}}}};
  EXPECT_TRUE(identify(module, test::hubCatalogue().all(), "", "BT-TH-F26D8F08").found.empty());
}

TEST(Identification, AsksForWordsOnlyWhereNoTextCame) {
  Module module;
  module.blocks = {{test::kInverterId, test::inverterRegisters()}};
  module.blocks[test::kInverterId][4311] = test::wordsOf("XYZ-1", 8);
  const Outcome run = identify(module, test::hubCatalogue().all(), "", "BT-TH-F26D8F08");
  EXPECT_TRUE(run.found.empty());
  EXPECT_EQ(std::ranges::count(run.asked, Asked{32, 4000}), 0);
}

TEST(Identification, GoesOnPastAnIdThatOnlyCollides) {
  Module module = test::hubModule();
  const Outcome run = identify(module, test::hubCatalogue().all(), "renogy_controller", "BT-TH-B00E7B91");
  EXPECT_EQ(run.found.size(), 1U);
  Identification identification(test::hubCatalogue().all(), "renogy_controller", "BT-TH-B00E7B91");
  identification.failed({FailureKind::protocol, "corrupt answer"});  // 12@255: several spoke at once
  identification.failed({FailureKind::protocol, "corrupt answer"});
  EXPECT_EQ(identification.next(), modbus::Request::read(48, 5122, 8));
  identification.failed({FailureKind::retry_later, "no answer"});
  while (!identification.done() && identification.next().unit != 97) identification.failed({FailureKind::retry_later, "no answer"});
  EXPECT_FALSE(identification.done()) << "97 is still asked";
}

TEST(Identification, TakesAFamilyWithoutReadsAsItIs) {
  profile::Profile described = test::controller();
  described.identify.clear();
  described.unit_ids = {5};
  Identification identification({test::shared(described)}, "");
  ASSERT_TRUE(identification.done());
  EXPECT_EQ(identification.take()->id, 5);
}

}  // namespace
}  // namespace blupow::device
