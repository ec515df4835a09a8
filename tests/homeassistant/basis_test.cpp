// When a unit need not be described anew: never where the description would be another.
#include "homeassistant/basis.hpp"

#include <gmock/gmock.h>

#include "gateway/sample_devices.hpp"
#include "homeassistant/description.hpp"
#include "profile/variant.hpp"

namespace blupow::homeassistant {
namespace {

using namespace test;
using profile::Value;

const Settings kShown{.version = "2.0.0"};
const Settings kAllowed{.version = "2.0.0", .allow_settings = true};

// As the families are, and as each of their quirks makes them.
std::vector<profile::ProfilePtr> everyProfile() {
  std::vector<profile::ProfilePtr> all = shippedProfiles().all();
  for (const profile::ProfilePtr& family : shippedProfiles().all()) {
    for (const profile::Quirk& quirk : family->quirks) all.push_back(std::make_shared<const profile::Profile>(profile::withQuirk(*family, quirk)));
  }
  return all;
}

// A device of the kind that has told what it can tell, but for what it counts: twelve of everything, and the first of the words.
SampleDevice everythingOf(const profile::ProfilePtr& kind) {
  SampleDevice device("AA:BB:CC:DD:EE:07", kind->type, "A model");
  device.profile = kind;
  profile::Readings readings;
  for (const profile::Field& field : kind->fields) {
    if (field.count.empty()) readings.emplace(field.key, field.values.empty() ? Value(12) : Value(field.values.front().word));
  }
  for (const profile::Field& field : kind->fields) {
    for (const std::string& key : {field.count, field.times}) {
      if (!key.empty()) readings.insert_or_assign(key, Value(12));
    }
  }
  device.poll(std::move(readings));
  for (const profile::Block& block : kind->blocks) device.identity.answered_blocks.insert(block.name);
  return device;
}

bool describedAlike(const SampleDevice& one, const SampleDevice& other) {
  return describe(kShown, one.view(), one.unitView()) == describe(kShown, other.view(), other.unitView()) &&
         describe(kAllowed, one.view(), one.unitView()) == describe(kAllowed, other.view(), other.unitView());
}

// With every reading changed whose change alone the basis does not mind.
SampleDevice changedAsFarAsItHolds(const SampleDevice& before, const Value& number, const Value& word) {
  const Basis basis(before.view(), before.unitView());
  SampleDevice after = before;
  for (auto& [key, value] : after.readings) {
    SampleDevice one = before;
    one.readings.insert_or_assign(key, std::holds_alternative<std::string>(value) ? word : number);
    if (basis.holds(one.view(), one.unitView())) value = one.readings.at(key);
  }
  EXPECT_TRUE(basis.holds(after.view(), after.unitView())) << before.profile->type;
  return after;
}

TEST(Basis, NoReadingOfAnyKindChangesTheDescriptionWhileItHolds) {
  for (const profile::ProfilePtr& kind : everyProfile()) {
    const SampleDevice before = everythingOf(kind);
    for (const auto& [number, word] : {std::pair<Value, Value>(24, "unknown"), {2.5, "a word"}}) {
      const SampleDevice after = changedAsFarAsItHolds(before, number, word);
      EXPECT_NE(before.readings, after.readings) << kind->type << ": measurements come and go without a word";
      EXPECT_TRUE(describedAlike(before, after)) << kind->type;
    }
  }
}

TEST(Basis, DoesNotHoldWhereAReadingComesOrGoes) {
  const SampleDevice before = everythingOf(shippedProfiles().find("renogy_controller"));
  const Basis basis(before.view(), before.unitView());
  for (const auto& [key, value] : before.readings) {
    SampleDevice after = before;
    after.readings.erase(key);
    EXPECT_FALSE(basis.holds(after.view(), after.unitView())) << key;
  }
}

TEST(Basis, HoldsOverPollsThatBringOtherMeasurements) {
  SampleDevice before = controller();
  before.poll(controllerReadings());
  SampleDevice after = before;
  for (const char* key : {"battery_voltage", "battery_soc", "power_generation_total"}) after.readings.insert_or_assign(key, Value(7.5));
  after.readings.insert_or_assign("charging_status", Value("boost"));
  EXPECT_TRUE(Basis(before.view(), before.unitView()).holds(after.view(), after.unitView()));
  EXPECT_TRUE(describedAlike(before, after));
}

TEST(Basis, DoesNotHoldForAnotherNameIdentityOrProfile) {
  SampleDevice before = controller();
  before.poll(controllerReadings());
  const auto differs = [&before](const std::string& what, auto change) {
    SampleDevice after = before;
    change(after);
    EXPECT_FALSE(describedAlike(before, after)) << what;
    EXPECT_FALSE(Basis(before.view(), before.unitView()).holds(after.view(), after.unitView())) << what;
  };
  differs("the given name", [](SampleDevice& device) { device.name = "Roof"; });
  differs("the model", [](SampleDevice& device) { device.identity.model = "RNG-CTRL-RVR20"; });
  differs("the serial number", [](SampleDevice& device) { device.identity.serial_number = "2"; });
  differs("an answered block", [](SampleDevice& device) { device.identity.answered_blocks.insert("times"); });
  differs("the profile", [](SampleDevice& device) {
    profile::Profile other = *device.profile;
    other.fields.pop_back();
    other.fields.front().name = "Another";
    device.profile = std::make_shared<const profile::Profile>(other);
  });
  SampleDevice further = before;
  further.first = false;
  SampleDevice renamed = further;
  renamed.identity.known_as = 33;
  EXPECT_FALSE(Basis(further.view(), further.unitView()).holds(renamed.view(), renamed.unitView())) << "what it is known as";
}

}  // namespace
}  // namespace blupow::homeassistant
