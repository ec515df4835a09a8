#include "profile/json/loader.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "shipped.hpp"
#include "support/temp_folder.hpp"

namespace blupow::profile {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// One small sound profile that every test breaks in its own way.
json sound() {
  return json::parse(R"({
    "type": "pump", "name": "Pump", "manufacturer": "Acme", "advertised_names": ["PUMP-"], "guess": "^PUMP", "gatt": {"write": "FFD1", "notify": "fff1"},
    "unit_ids": [1, 2], "identify": [{"address": 10, "words": 4, "pattern": "^P"}],
    "blocks": [{"name": "live", "address": 100, "words": 4}, {"name": "text", "address": "0x00C8", "words": 8, "interval": "once"}],
    "fields": [{"key": "pressure", "name": "Pressure", "block": "live", "address": 100, "type": "u16", "scale": 0.01, "unit": "bar", "limits": [0, 10]},
               {"key": "mode", "name": "Mode", "block": "live", "address": 101, "type": "enumeration", "mask": "0xFF00", "shift": 8, "values": {"10": "on", "2": "off"}},
               {"key": "model", "name": "Model", "block": "text", "address": "0x00C8", "type": "ascii", "words": 8}],
    "quirks": [{"models": "^OLD", "blocks": [{"name": "live", "address": 100, "words": 2}], "without": ["mode"]}]
  })");
}

struct Break {
  std::string pointer;  // what is replaced or, where it does not exist, added
  json value;
  std::string path;
  std::string rule;
  std::string message;
};

std::vector<ProfileError> errorsOf(const json& document) { return loader().parse(document.dump(), "pump.json").errors; }

TEST(ProfileLoader, ReadsEveryKeyOfASoundProfile) {
  const LoadedProfile loaded = loader().parse(sound().dump(), "pump.json");
  ASSERT_TRUE(loaded.profile) << listed(loaded.errors);
  const Profile& profile = *loaded.profile;
  EXPECT_EQ(profile.type, "pump");
  EXPECT_EQ(profile.name, "Pump");
  EXPECT_EQ(profile.manufacturer, "Acme");
  EXPECT_THAT(profile.advertised_names, ElementsAre("PUMP-"));
  EXPECT_EQ(profile.gatt, (Gatt{.write = "0000ffd1-0000-1000-8000-00805f9b34fb", .notify = "0000fff1-0000-1000-8000-00805f9b34fb"}));
  EXPECT_THAT(profile.unit_ids, ElementsAre(1, 2));
  ASSERT_EQ(profile.identify.size(), 1U);
  EXPECT_TRUE(std::regex_search("P1", profile.identify[0].expression));
  EXPECT_EQ(profile.answer_timeout, std::chrono::seconds(3)) << "the default";
  EXPECT_THAT(profile.blocks, ElementsAre(Block{"live", 100, 4, Interval::normal}, Block{"text", 200, 8, Interval::once}));
  const Field& pressure = *profile.field("pressure");
  EXPECT_EQ(pressure.decimals, 2);
  EXPECT_EQ(pressure.limits->highest, 10);
  EXPECT_EQ(pressure.unit, "bar");
  EXPECT_TRUE(pressure.enabled);
  const Field& mode = *profile.field("mode");
  EXPECT_EQ(mode.mask, 0xFF00U);
  ASSERT_EQ(mode.values.size(), 2U);
  EXPECT_EQ(mode.values[0].code, 2U) << "in numerical order";
  EXPECT_EQ(profile.field("model")->address, 200);
  EXPECT_THAT(profile.quirks.at(0).without, ElementsAre("mode"));
}

TEST(ProfileLoader, ReadsTimesAsSeconds) {
  json document = sound();
  document["answer_timeout"] = 1.5;
  document["pause_after_subscribe"] = 1;
  document["pause_between_requests"] = 0.3;
  const LoadedProfile loaded = loader().parse(document.dump(), "pump.json");
  ASSERT_TRUE(loaded.profile) << listed(loaded.errors);
  EXPECT_EQ(loaded.profile->answer_timeout, std::chrono::milliseconds(1500));
  EXPECT_EQ(loaded.profile->pause_after_subscribe, std::chrono::milliseconds(1000));
  EXPECT_EQ(loaded.profile->pause_between_requests, std::chrono::milliseconds(300));
}

TEST(ProfileLoader, TellsFilePlaceRuleAndWordsOfWhatTheSchemaForbids) {
  const std::vector<Break> breaks{{"/colour", "red", "/colour", "additionalProperties", "the key colour is not known here"},
                                  {"/fields/1/adress", 5, "/fields/1/adress", "additionalProperties", "the key adress is not known here"},
                                  {"/gatt/a~1b", 5, "/gatt/a~1b", "additionalProperties", "the key a/b is not known here"},
                                  {"/fields/0/address", 70000, "/fields/0/address", "maximum", "70000 is more than 65535"},
                                  {"/fields/0/address", -1, "/fields/0/address", "minimum", "-1 is less than 0"},
                                  {"/fields/0/address", 4.5, "/fields/0/address", "type", "4.5 is none of integer, string"},
                                  {"/fields/0/address", "100", "/fields/0/address", "pattern", "\"100\" does not have the form ^0x[0-9a-fA-F]{1,4}$"},
                                  {"/fields/0/scale", "0.1", "/fields/0/scale", "type", "\"0.1\" is no number"},
                                  {"/fields/0/enabled", 1, "/fields/0/enabled", "type", "1 is no boolean"},
                                  {"/fields/0/type", "u17", "/fields/0/type", "enum", "\"u17\" is none of u16, s16, u32, "},
                                  {"/fields/0/quantity", "pressure", "/fields/0/quantity", "enum", "\"pressure\" is none of none, voltage"},
                                  {"/fields/0/limits", json::array({1}), "/fields/0/limits", "minItems", "fewer than 2 elements"},
                                  {"/fields/1/values/high", "x", "/fields/1/values/high", "additionalProperties", "the key high is not known here"},
                                  {"/fields/1/values/3", 3, "/fields/1/values/3", "type", "3 is no string"},
                                  {"/fields/1/values", json::object(), "/fields/1/values", "minProperties", "fewer than 1 elements"},
                                  {"/fields", 1, "/fields", "type", "1 is no array"},
                                  {"/fields", json::array(), "/fields", "minItems", "fewer than 1 elements"},
                                  {"/blocks/0/words", 126, "/blocks/0/words", "maximum", "126 is more than 125"},
                                  {"/blocks/0/interval", "often", "/blocks/0/interval", "enum", "\"often\" is none of fast, normal, slow, once"},
                                  {"/type", "Pump", "/type", "pattern", "\"Pump\" does not have the form ^[a-z0-9_]+$"},
                                  {"/type", "", "/type", "pattern", "\"\" does not have the form ^[a-z0-9_]+$"},
                                  {"/unit_ids", json::array({1, 1}), "/unit_ids", "uniqueItems", "two elements are equal"},
                                  {"/unit_ids/0", 256, "/unit_ids/0", "maximum", "256 is more than 255"},
                                  {"/gatt/notify", "fff", "/gatt/notify", "pattern", "\"fff\" does not have the form"},
                                  {"/name", std::string(101, 'x'), "/name", "maxLength", "is longer than 100 characters"},
                                  {"/name", std::string(100'000, 'x'), "/name", "maxLength", "a text of 100000 bytes is too long"},
                                  {"/name", nullptr, "/name", "type", "null is no string"}};
  for (const Break& each : breaks) {
    json document = sound();
    document[json::json_pointer(each.pointer)] = each.value;
    const std::vector<ProfileError> errors = errorsOf(document);
    EXPECT_EQ(errors.size(), 1U) << each.pointer << " = " << each.value << "\n" << listed(errors);
    if (errors.empty()) continue;
    EXPECT_EQ(errors[0].file, "pump.json");
    EXPECT_EQ(errors[0].path, each.path);
    EXPECT_EQ(errors[0].rule, each.rule);
    EXPECT_THAT(errors[0].message, HasSubstr(each.message));
  }
}

TEST(ProfileLoader, TellsEveryMissingKey) {
  for (const std::string pointer : {"/type", "/name", "/manufacturer", "/advertised_names", "/gatt", "/unit_ids", "/blocks", "/fields", "/gatt/notify",
                                    "/identify/0/pattern", "/blocks/0/name", "/blocks/0/words", "/fields/2/key", "/fields/2/type", "/fields/2/block"}) {
    const json::json_pointer place(pointer);
    json document = sound();
    document.at(place.parent_pointer()).erase(place.back());
    const std::vector<ProfileError> errors = errorsOf(document);
    ASSERT_EQ(errors.size(), 1U) << pointer << "\n" << listed(errors);
    EXPECT_EQ(errors[0].path, place.parent_pointer().to_string());
    EXPECT_EQ(errors[0].rule, "required");
    EXPECT_EQ(errors[0].message, "the key " + place.back() + " is missing");
  }
}

TEST(ProfileLoader, TellsWhatDoesNotFitTogether) {
  const std::vector<Break> breaks{{"/fields/2/key", "pressure", "/fields/2/key", "unique_field", "there is another field pressure"},
                                  {"/fields/2/name", "Pressure", "/fields/2/name", "unique_name", "there is another field named \"Pressure\""},
                                  {"/identify/0/address", 65533, "/identify/0", "register_range", "it ends at register 65536, the last one is 65535"},
                                  {"/fields/0/address", 104, "/fields/0/address", "inside_block", "register 104 is not inside of block live"},
                                  {"/fields/0/address", 99, "/fields/0/address", "inside_block", "register 99 is not inside of block live"},
                                  {"/fields/2/words", 9, "/fields/2/address", "inside_block", "register 200 and its next is not inside of block text"},
                                  {"/fields/0/block", "dead", "/fields/0/block", "known_block", "there is no block dead"},
                                  {"/fields/0/words", 2, "/fields/0/words", "width", "the type does not fit into 2 words"},
                                  {"/fields/0/scale", 0, "/fields/0/scale", "scale", "a scale of 0 leaves nothing"},
                                  {"/fields/1/scale", 0.1, "/fields/1", "scale", "scale, offset and decimals are for numbers"},
                                  {"/fields/0/limits", json::array({5, 4}), "/fields/0/limits", "limits", "the lowest value is more than the highest"},
                                  {"/fields/2/limits", json::array({4, 5}), "/fields/2/limits", "limits", "limits are for numbers"},
                                  {"/fields/0/values", {{"1", "one"}}, "/fields/0/values", "values", "values are for an enumeration, for bits and for first"},
                                  {"/fields/2/mask", 255, "/fields/2", "mask", "mask and shift are for u16, u32, enumeration and bits"},
                                  {"/fields/0/shift", 3, "/fields/0/shift", "mask", "a shift needs a mask"},
                                  {"/fields/0/mask", 65536, "/fields/0/mask", "mask", "it is more than the field can hold"},
                                  {"/fields/0/absent", 65536, "/fields/0/absent", "absent", "it is more than the field can hold"},
                                  {"/fields/2/absent", 65535, "/fields/2/absent", "absent", "a text of more than two words cannot be compared"},
                                  {"/identify/0/pattern", "(", "/identify/0/pattern", "regular_expression", "\"(\" is no regular expression: "},
                                  {"/guess", "[", "/guess", "regular_expression", "\"[\" is no regular expression: "},
                                  {"/quirks/0/models", "*", "/quirks/0/models", "regular_expression", "\"*\" is no regular expression: "},
                                  {"/quirks/0/names", "a{2,1}", "/quirks/0/names", "regular_expression", "is no regular expression: "},
                                  {"/quirks/0/without/0", "moed", "/quirks/0/without/0", "known_name", "there is no block or field moed"},
                                  {"/quirks/0/blocks/0/address", 101, "/quirks/0/blocks/0", "inside_block", "field pressure is not inside of it"}};
  for (const Break& each : breaks) {
    json document = sound();
    document[json::json_pointer(each.pointer)] = each.value;
    const std::vector<ProfileError> errors = errorsOf(document);
    EXPECT_EQ(errors.size(), 1U) << each.pointer << " = " << each.value << "\n" << listed(errors);
    if (errors.empty()) continue;
    EXPECT_EQ(errors[0].path, each.path);
    EXPECT_EQ(errors[0].rule, each.rule);
    EXPECT_THAT(errors[0].message, HasSubstr(each.message)) << each.pointer;
  }
}

TEST(ProfileLoader, TwoBlocksOfOneNameAreAnError) {
  json document = sound();
  document["blocks"].push_back({{"name", "live"}, {"address", 500}, {"words", 1}});
  EXPECT_EQ(listed(errorsOf(document)), "pump.json: /blocks/2/name: there is another block live [unique_block]\n");
}

TEST(ProfileLoader, ABlockThatEndsBehindTheLastRegisterIsAnError) {
  json document = sound();
  document["blocks"].push_back({{"name", "last"}, {"address", 65535}, {"words", 1}});
  EXPECT_EQ(listed(errorsOf(document)), "");
  document["blocks"][2]["words"] = 3;
  EXPECT_EQ(listed(errorsOf(document)), "pump.json: /blocks/2: it ends at register 65537, the last one is 65535 [register_range]\n");
}

TEST(ProfileLoader, AFieldOfAQuirkIsCheckedLikeTheFamilys) {
  json document = sound();
  document["quirks"][0]["fields"] = json::array({{{"key", "pressure"}, {"name", "Pressure"}, {"block", "live"}, {"address", 103}, {"type", "u16"}},
                                                 {{"key", "flow"}, {"name", "Model"}, {"block", "live"}, {"address", 101}, {"type", "bits"}}});
  EXPECT_EQ(listed(errorsOf(document)),
            "pump.json: /quirks/0/fields/1/values: an enumeration and bits need values [values]\n"
            "pump.json: /quirks/0: there is another field named \"Model\" [unique_name]\n"
            "pump.json: /quirks/0/fields/0/address: register 103 is not inside of block live [inside_block]\n");
}

TEST(ProfileLoader, TellsAllErrorsAtOnce) {
  json document = sound();
  document.erase("name");
  document["fields"][0]["type"] = 3;
  document["blocks"][1]["words"] = 0;
  EXPECT_THAT(errorsOf(document), testing::SizeIs(4)) << listed(errorsOf(document)) << "type 3 is of a wrong type and none of the list";
}

TEST(ProfileLoader, TellsRepeatedKeysAtEveryLevel) {
  const std::string text = sound().dump();
  const auto withRepeated = [&](const std::string& before, const std::string& added) {
    std::string changed = text;
    changed.insert(changed.find(before), added);
    return loader().parse(changed, "pump.json").errors;
  };
  EXPECT_EQ(listed(withRepeated("\"manufacturer\"", R"("manufacturer":"B",)")), "pump.json: /manufacturer: the key stands here twice [unique_key]\n");
  EXPECT_EQ(listed(withRepeated("\"notify\"", R"("notify":"fff2",)")), "pump.json: /gatt/notify: the key stands here twice [unique_key]\n");
  EXPECT_EQ(listed(withRepeated("\"10\":", R"("10":"x",)")), "pump.json: /fields/1/values/10: the key stands here twice [unique_key]\n");
  EXPECT_EQ(listed(withRepeated("\"models\"", R"("models":"x","models":"y",)")),
            "pump.json: /quirks/0/models: the key stands here twice [unique_key]\npump.json: /quirks/0/models: the key stands here twice [unique_key]\n");
}

TEST(ProfileLoader, TellsWhatIsNoJson) {
  for (const std::string text : {"", "{", "{\"a\":}", "[1,]", "{} {}", "{\"a\":1e999}", "\"\xff\"", "nul"}) {
    const LoadedProfile loaded = loader().parse(text, "x.json");
    EXPECT_FALSE(loaded.profile);
    EXPECT_THAT(loaded.errors, testing::Contains(testing::Field(&ProfileError::rule, "json"))) << text;
  }
  EXPECT_EQ(listed(loader().parse("null", "x.json").errors), "x.json: null is no object [type]\n");
  EXPECT_EQ(listed(loader().parse("[]", "x.json").errors), "x.json: a list is no object [type]\n");
}

TEST(ProfileLoader, DeepNestingIsNoObstacle) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(listed(loader().parse(deep, "x.json").errors), "x.json: a list is no object [type]\n");
}

TEST(ProfileLoader, TellsWhatCannotBeRead) {
  const test::TempFolder folder;
  EXPECT_EQ(listed(loader().load(folder / "none.json").errors), (folder / "none.json").string() + ": cannot be read: no such file [readable]\n");
  EXPECT_EQ(listed(loader().load(folder.path()).errors), folder.path().string() + ": cannot be read: it is no file [readable]\n");
  EXPECT_THAT(listed(loader().load(folder.write("large.json", std::string(2'000'000, ' '))).errors), HasSubstr("it is larger than 1048576 bytes"));
}

TEST(ProfileLoader, KnowsTheFileOfAProfileThatLiesAnywhere) {
  const test::TempFolder folder;
  const LoadedProfile loaded = loader().load(folder.write("any.txt", sound().dump()));
  ASSERT_TRUE(loaded.profile) << listed(loaded.errors);
  EXPECT_EQ(loaded.profile->file, (folder / "any.txt").string());
  EXPECT_EQ(loader().parse(sound().dump(), "command").profile->file, "");
}

TEST(ProfileLoader, WithoutASoundSchemaNothingLoads) {
  const test::TempFolder folder;
  EXPECT_EQ(listed(ProfileLoader(folder.path()).parse(sound().dump(), "x.json").errors),
            (folder / "profile.schema.json").string() + ": cannot be read: no such file [readable]\n");
  folder.write("profile.schema.json", "{");
  EXPECT_THAT(listed(ProfileLoader(folder.path()).parse(sound().dump(), "x.json").errors), HasSubstr("[json]"));
  folder.write("profile.schema.json", R"({"type": 5})");
  EXPECT_THAT(listed(ProfileLoader(folder.path()).parse(sound().dump(), "x.json").errors), HasSubstr("the schema of profiles is wrong: "));
}

TEST(LoadedCatalogue, LeavesWrongFilesOutAndTakesTheOthers) {
  const test::TempFolder folder;
  folder.write("profile.schema.json", test::readFile(kShipped / "profile.schema.json"));
  folder.write("a.json", sound().dump());
  folder.write("b.json", "{");
  folder.write("c.json", sound().dump());
  folder.write("notes.txt", "not for us");
  const LoadedCatalogue loaded = loadCatalogue(folder.path());
  EXPECT_THAT(loaded.catalogue.all(), testing::SizeIs(1));
  EXPECT_EQ(loaded.catalogue.find("pump")->file, (folder / "a.json").string());
  EXPECT_THAT(listed(loaded.errors), AllOf(HasSubstr("b.json: parse error"), HasSubstr("c.json: /type: another file describes the type pump [unique_type]")));
}

TEST(LoadedCatalogue, AMissingFolderIsAnError) {
  const LoadedCatalogue loaded = loadCatalogue("/nowhere/at/all");
  EXPECT_THAT(loaded.catalogue.all(), IsEmpty());
  EXPECT_THAT(listed(loaded.errors), HasSubstr("/nowhere/at/all: cannot be read"));
}

}  // namespace
}  // namespace blupow::profile
