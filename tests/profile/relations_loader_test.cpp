// The keys of profiles that say how values, settings, meters, streams and histories hang together: read, and refused with place and rule.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "profile/json/loader.hpp"
#include "profile/variant.hpp"
#include "shipped.hpp"

namespace blupow::profile {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

// A battery with every kind of relation.
json battery() {
  return json::parse(R"({
    "type": "pack", "name": "Pack", "manufacturer": "Acme", "advertised_names": ["P-"], "gatt": {"write": "ffd1", "notify": "fff1"}, "unit_ids": [48],
    "max_words": 40, "models": ["P1", "P2"],
    "identify": [{"address": 10, "words": 4, "pattern": "^P"}, {"address": 5042, "words": 4, "plausible": true, "names": "^P-", "model": "P1"}],
    "blocks": [{"name": "cells", "address": 5000, "words": 17}, {"name": "pack", "address": 5042, "words": 6}, {"name": "alarms", "address": 5100, "words": 8},
               {"name": "settings", "address": 600, "words": 4, "interval": "slow"}],
    "fields": [{"key": "cell_count", "name": "Cells", "block": "cells", "address": 5000, "type": "u16"},
               {"key": "cell_voltage_#", "name": "Cell # Voltage", "block": "cells", "address": 5001, "type": "u16", "repeat": 16, "count": "cell_count", "scale": 0.1,
                "above": {"raw": 100, "scale": 0.001}, "confidence": "captured"},
               {"key": "current", "name": "Current", "block": "pack", "address": 5042, "type": "s16", "scale": 0.01},
               {"key": "voltage", "name": "Voltage", "block": "pack", "address": 5043, "type": "u16", "scale": 0.1, "limits": [5, 70]},
               {"key": "power", "name": "Power", "type": "product", "inputs": ["voltage", "current"]},
               {"key": "system", "name": "System", "block": "settings", "address": 600, "type": "low_byte", "published": false},
               {"key": "system_voltage", "name": "System Voltage", "type": "first", "inputs": ["system", "cell_count"], "values": {"12": "12 V", "24": "24 V"}},
               {"key": "mode", "name": "Mode", "block": "settings", "address": 601, "type": "enumeration", "values": {"0": "auto", "1": "custom"}, "setting": {"always": true}},
               {"key": "low", "name": "Low", "block": "settings", "address": 602, "type": "u16", "scale": 0.1, "times": "system_voltage",
                "setting": {"range": [7, 17], "step": 0.5, "when": {"key": "mode", "word": "custom"}}},
               {"key": "high", "name": "High", "block": "settings", "address": 603, "type": "u16", "scale": 0.1, "times": "system_voltage",
                "setting": {"address": 700, "range": [7, 17], "follows": {"key": "mode", "word": "auto"}}},
               {"key": "faults", "name": "Faults", "block": "alarms", "type": "alarms",
                "parts": [{"address": 5100, "words": 2, "kind": "pairs", "values": {"1": "cell # low"}}, {"address": 5106, "mask": "0xFFF0", "values": {"4": "hot"}}]}],
    "meters": [{"key": "charge_energy", "name": "Charge Energy", "power": "power", "sign": 1}],
    "history": {"address": 30000, "words": 10, "days": 3, "fields": [{"key": "max", "name": "Max", "address": 9, "type": "u16"}]},
    "ascending": [["low", "high"]],
    "quirks": [{"models": "^P2", "max_words": 20, "without": ["voltage"]}]
  })");
}

json stream() {
  return json::parse(R"({
    "type": "shunt", "name": "Shunt", "manufacturer": "Acme", "advertised_names": ["S-"], "gatt": {"notify": "c411"}, "unit_ids": [1],
    "stream": {"header": "42570119", "length": 110},
    "fields": [{"key": "current", "name": "Current", "address": 21, "type": "s24", "scale": 0.001}, {"key": "voltage", "name": "Voltage", "address": 25, "type": "u24"},
               {"key": "power", "name": "Power", "type": "product", "inputs": ["current", "voltage"]}]
  })");
}

ProfilePtr loaded(const json& document) {
  const LoadedProfile result = loader().parse(document.dump(), "x.json");
  EXPECT_EQ(listed(result.errors), "");
  return result.profile;
}

struct Break {
  std::string pointer;
  json value;
  std::string path;
  std::string rule;
  std::string message;
};

void expectRefused(const json& sound, const std::vector<Break>& breaks) {
  for (const Break& each : breaks) {
    json document = sound;
    document[json::json_pointer(each.pointer)] = each.value;
    const std::vector<ProfileError> errors = loader().parse(document.dump(), "x.json").errors;
    EXPECT_EQ(errors.size(), 1U) << each.pointer << " = " << each.value << "\n" << listed(errors);
    if (errors.empty()) continue;
    EXPECT_EQ(errors[0].path, each.path) << each.value;
    EXPECT_EQ(errors[0].rule, each.rule) << each.value;
    EXPECT_THAT(errors[0].message, HasSubstr(each.message)) << each.pointer;
  }
}

TEST(Relations, AreReadFromJson) {
  const ProfilePtr profile = loaded(battery());
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->max_words, 40);
  EXPECT_THAT(profile->models, ElementsAre("P1", "P2"));
  EXPECT_TRUE(profile->identify[1].plausible);
  EXPECT_EQ(profile->identify[1].model, "P1");
  const Field& power = *profile->field("power");
  EXPECT_THAT(power.inputs, ElementsAre("voltage", "current"));
  EXPECT_EQ(power.decimals, 2) << "as its most precise input";
  EXPECT_FALSE(profile->field("system")->published);
  const Setting& low = *profile->field("low")->setting;
  EXPECT_EQ(low.range->highest, 17);
  EXPECT_EQ(low.step, 0.5);
  EXPECT_EQ(low.when_word, "custom");
  const Setting& high = *profile->field("high")->setting;
  EXPECT_EQ(high.address, 700);
  EXPECT_EQ(high.follows_key, "mode");
  EXPECT_TRUE(profile->field("mode")->setting->always);
  const Field& faults = *profile->field("faults");
  ASSERT_EQ(faults.parts.size(), 2U);
  EXPECT_EQ(faults.parts[0].kind, AlarmPart::Kind::pairs);
  EXPECT_EQ(faults.parts[1].mask, 0xFFF0U);
  EXPECT_EQ(profile->meters.at(0).sign, 1);
  EXPECT_EQ(profile->history->days, 3);
  EXPECT_EQ(profile->history->fields.at(0).address, 9);
  EXPECT_THAT(profile->ascending, ElementsAre(ElementsAre("low", "high")));
}

TEST(Relations, ARepeatedFieldIsSoManyFields) {
  const ProfilePtr profile = loaded(battery());
  const Field& last = *profile->field("cell_voltage_16");
  EXPECT_EQ(last.name, "Cell 16 Voltage");
  EXPECT_EQ(last.address, 5016);
  EXPECT_EQ(last.index, 16);
  EXPECT_EQ(last.count, "cell_count");
  EXPECT_EQ(last.above, 100U);
  EXPECT_EQ(last.decimals_above, 3);
  EXPECT_EQ(last.confidence, "captured");
  EXPECT_EQ(profile->field("cell_voltage_17"), nullptr);
}

TEST(Relations, WhatHangsOnFieldsThatAQuirkTakesAwayGoesWithThem) {
  const ProfilePtr variant = variantFor(loaded(battery()), "P2", "");
  EXPECT_EQ(variant->field("power"), nullptr);
  EXPECT_TRUE(variant->meters.empty());
  EXPECT_EQ(variant->max_words, 20);
}

TEST(Relations, AStreamIsRead) {
  const ProfilePtr profile = loaded(stream());
  EXPECT_EQ(profile->stream, (Stream{.header = {0x42, 0x57, 0x01, 0x19}, .length = 110}));
  EXPECT_EQ(profile->field("power")->decimals, 3);
  EXPECT_TRUE(profile->blocks.empty());
}

TEST(Relations, KeysThatDoNotBelongTogetherAreRefused) {
  expectRefused(battery(), {{"/fields/4/block", "pack", "/fields/4/block", "not_here", "has no register"},
                            {"/fields/4/inputs", json::array({"voltage"}), "/fields/4/inputs", "minItems", "fewer than 2"},
                            {"/fields/2/inputs", {"voltage", "power"}, "/fields/2/inputs", "not_here", "inputs are for"},
                            {"/fields/2/parts", battery()["fields"][10]["parts"], "/fields/2/parts", "not_here", "parts are for alarms"},
                            {"/fields/10/address", 5100, "/fields/10/address", "not_here", "the parts of alarms say it"},
                            {"/fields/2/name", "#", "/fields/2/name", "repeat", "a # is for repeated fields"},
                            {"/fields/2/index", 2, "/fields/2/index", "counted", "an index needs a count"},
                            {"/fields/2/count", "cell_count", "/fields/2", "required", "the key index is missing"},
                            {"/identify/1/pattern", "x", "/identify/1/pattern", "not_here", "a plausible read has no text"},
                            {"/identify/0/model", "x", "/identify/0/model", "not_here", "it is for plausible reads"},
                            {"/history/fields/0/block", "pack", "/history/fields/0/block", "not_here", "a history is only read"}});
  json document = battery();
  document["fields"][2]["repeat"] = 2;
  EXPECT_THAT(loader().parse(document.dump(), "x.json").errors, testing::SizeIs(2)) << "key and name need a #";
}

TEST(Relations, WhatRefersToNothingIsRefused) {
  expectRefused(battery(), {{"/fields/1/count", "cells", "/fields/1/count", "known_field", "there is no field cells"},
                            {"/fields/8/times", "mode", "/fields/8/times", "known_field", "field mode is no number"},
                            {"/fields/8/times", "high", "/fields/8/times", "known_field", "field high hangs on another one itself"},
                            {"/fields/4/inputs/0", "volts", "/fields/4/inputs/0", "known_field", "there is no field volts"},
                            {"/fields/4/inputs/0", "system_voltage", "/fields/4/inputs/0", "known_field", "must stand before this one"},
                            {"/fields/8/setting/when/key", "state", "/fields/8/setting/when/key", "known_field", "there is no enumeration state"},
                            {"/fields/8/setting/when/word", "user", "/fields/8/setting/when/word", "known_word", "field mode never says user"},
                            {"/meters/0/power", "watts", "/meters/0/power", "known_field", "there is no field watts"},
                            {"/meters/0/key", "power", "/meters/0/key", "unique_field", "there is another field or meter power"},
                            {"/ascending/0/1", "highest", "/ascending/0/1", "known_field", "there is no field highest"},
                            {"/quirks/0/without/0", "cell_count", "/quirks/0", "known_field", "there is no field cell_count"}});
}

TEST(Relations, PlacesAndSizesAreChecked) {
  expectRefused(battery(), {{"/blocks/1/words", 21, "/quirks/0", "max_words", "21 words are more than one request may ask for (20)"},
                            {"/identify/0/words", 41, "/identify/0/words", "max_words", "41 words"},
                            {"/quirks/0/max_words", 10, "/quirks/0", "max_words", "17 words are more than one request may ask for (10)"},
                            {"/identify/1/address", 20000, "/identify/1", "plausible", "no field with limits"},
                            {"/fields/1/repeat", 17, "/fields/1/address", "inside_block", "register 5017 is not inside of block cells"},
                            {"/fields/10/parts/1/address", 5108, "/fields/10/parts/1/address", "inside_block", "register 5108 is not inside"},
                            {"/fields/10/parts/1/values/16", "x", "/fields/10/parts/1/values/16", "values", "no such bit"},
                            {"/fields/10/parts/0/values/4", "x", "/fields/10/parts/0/values/4", "values", "two bits hold 1, 2 and 3"},
                            {"/history/fields/0/address", 10, "/history/fields/0/address", "inside_block", "register 10 is not inside of block a day"},
                            {"/history/address", 65534, "/history", "register_range", "65536"},
                            {"/fields/2/type", "u24", "/fields/2/type", "stream", "u24 and s24 are for streams"}});
}

TEST(Relations, SettingsThatCannotBeWrittenExactlyAreRefused) {
  expectRefused(battery(), {{"/fields/8/setting/range", json::array({7, 7000}), "/fields/8/setting/range", "setting", "cannot hold these values exactly"},
                            {"/fields/8/setting/range", json::array({7, 17.05}), "/fields/8/setting/range", "setting", "cannot hold these values exactly"},
                            {"/fields/8/setting/step", 0.25, "/fields/8/setting/step", "setting", "cannot hold such steps"},
                            {"/fields/8/setting", json::object(), "/fields/8/setting", "setting", "a number needs a range"},
                            {"/fields/8/mask", 255, "/fields/8/setting", "setting", "it would change the rest of its register too"},
                            {"/fields/7/setting/codes", json::array({2}), "/fields/7/setting/codes/0", "setting", "the field has no such code"},
                            {"/fields/7/values/2", "auto", "/fields/7/setting", "setting", "two codes say auto"},
                            {"/fields/7/setting/range", json::array({0, 1}), "/fields/7/setting/range", "setting", "a range is for numbers"}});
  json document = battery();
  document["gatt"].erase("write");
  EXPECT_THAT(loader().parse(document.dump(), "x.json").errors, testing::SizeIs(3)) << "one a setting: nothing can be written";
}

TEST(Relations, AStreamHasNoRegisters) {
  expectRefused(stream(), {{"/fields/0/block", "b", "/fields/0/block", "not_here", "a stream is not asked"},
                           {"/gatt/write", "ffd1", "/gatt/write", "not_here", "a stream is not asked"},
                           {"/blocks", battery()["blocks"], "/blocks", "not_here", "a stream is not asked"},
                           {"/fields/0/address", 108, "/fields/0/address", "inside_frame", "the frame ends before"},
                           {"/fields/1/type", "low_byte", "/fields/1/type", "stream", "a stream cannot hold this type"},
                           {"/stream/header", "4", "/stream/header", "pattern", "does not have the form"}});
}

}  // namespace
}  // namespace blupow::profile
