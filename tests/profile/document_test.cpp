// docs/device-profiles.md stays true: its example loads and decodes as it says, and its tables name every word of the schema.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/bytes.hpp"
#include "modbus/frame.hpp"
#include "profile/decode.hpp"
#include "profile/encode.hpp"
#include "profile/json/render.hpp"
#include "profile/variant.hpp"
#include "shipped.hpp"
#include "support/places.hpp"
#include "support/temp_folder.hpp"

namespace blupow::profile {
namespace {

std::string page() { return test::readFile(test::sourceFolder() / "docs/device-profiles.md"); }

LoadedProfile example() {
  const std::string text = page();
  const std::size_t begin = text.find("```json\n") + 8;
  return ProfileLoader(kShipped).parse(text.substr(begin, text.find("```", begin) - begin), "device-profiles.md");
}

TEST(DeviceProfilesPage, ItsExampleLoadsAndDecodesAsItSays) {
  const LoadedProfile loaded = example();
  ASSERT_TRUE(loaded.profile) << listed(loaded.errors);
  const std::vector<std::uint16_t> words{0x01C2, 0x04D2, 0x0001, 0xE240, 0x0802};
  EXPECT_EQ(toJson(decode(*loaded.profile, 0x0100, words).readings).dump(),
            R"({"energy_total":123.456,"faults":"too hot","mode":"boost","power":1234,"water_temperature":45.0})");
  const std::vector<std::uint16_t> wires{2, 15, 21, 65535, 65535, 2300};
  EXPECT_EQ(toJson(published(*loaded.profile, decode(*loaded.profile, 0x0110, wires).readings)).dump(),
            R"({"mains_voltage":230.0,"wire_1_current":1.5,"wire_1_power":345.0,"wire_2_current":2.1})");
  EXPECT_EQ(encode(*loaded.profile, "eco_temperature", "40.5", {{"eco_temperature", 35.0}, {"boost_temperature", 60.0}})->value, 405);
  EXPECT_EQ(variantFor(loaded.profile, "TH-1", "")->field("power")->scale, 10);
}

TEST(DeviceProfilesPage, TheFrameToTryIsTheExamplesFirstAnswer) {
  const std::string text = page();
  const std::string command = "blupow decode --data data --type " + example().profile->type + " --register 0x0100 ";
  const std::size_t begin = text.find(command);
  ASSERT_NE(begin, std::string::npos);
  const auto frame = fromHex(text.substr(begin + command.size(), text.find('\n', begin) - begin - command.size()));
  ASSERT_TRUE(frame);
  const auto answer = modbus::parseAnswer(*frame);
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->words, (std::vector<std::uint16_t>{0x01C2, 0x04D2, 0x0001, 0xE240, 0x0802}));
}

TEST(DeviceProfilesPage, ItNamesEveryKeyAndWordOfTheSchema) {
  const std::string text = page();
  const auto schema = nlohmann::json::parse(test::readFile(kShipped / "profile.schema.json"));
  const auto expectNamed = [&](const std::string& word) { EXPECT_THAT(text, testing::HasSubstr("`" + word + "`")); };
  const auto& definitions = schema.at("definitions");
  for (const auto& place : {schema, schema.at("properties").at("gatt"), schema.at("properties").at("stream"), schema.at("properties").at("history"),
                            definitions.at("identify"), definitions.at("block"), definitions.at("field"), definitions.at("part"), definitions.at("setting"),
                            definitions.at("meter"), definitions.at("quirk")}) {
    for (const auto& [key, rule] : place.at("properties").items()) {
      expectNamed(key);
      for (const auto& word : rule.value("enum", nlohmann::json::array())) expectNamed(word.get<std::string>());
    }
  }
}

}  // namespace
}  // namespace blupow::profile
