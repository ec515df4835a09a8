#include "cli/arguments.hpp"

#include <gmock/gmock.h>

namespace blupow::cli {
namespace {

using testing::HasSubstr;

std::expected<Arguments, Ended> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "blupow");
  return parseArguments(static_cast<int>(arguments.size()), arguments.data());
}

Arguments sound(const std::vector<const char*>& arguments) {
  auto parsed = parse(arguments);
  if (!parsed) ADD_FAILURE() << parsed.error().text;
  return parsed.value_or(Arguments{});
}

TEST(Arguments, HaveTheirDefaults) {
  const Arguments run = sound({"run"});
  EXPECT_EQ(run.command, Command::run);
  EXPECT_EQ(run.options, "/data/options.json");
  EXPECT_EQ(run.data, "/data");
  EXPECT_EQ(sound({"scan"}).seconds, 10);
  EXPECT_EQ(sound({"read", "AA:BB:CC:DD:EE:FF"}).seconds, 30);
  EXPECT_EQ(sound({"doctor"}).seconds, 10);
  EXPECT_FALSE(sound({"scan"}).json);
}

TEST(Arguments, AreReadForEachCommand) {
  EXPECT_EQ(sound({"run", "--options", "o", "--data", "d", "--profiles", "p", "--http", "off"}).http, "off");
  const Arguments health = sound({"health", "--http", "[::1]:80", "--json"});
  EXPECT_EQ(health.command, Command::health);
  EXPECT_EQ(health.http, "[::1]:80");
  EXPECT_TRUE(health.json);
  const Arguments scan = sound({"scan", "--seconds", "600", "--all", "--json", "--adapter", "aa:bb:cc:dd:ee:ff"});
  EXPECT_EQ(scan.command, Command::scan);
  EXPECT_EQ(scan.seconds, 600);
  EXPECT_TRUE(scan.all);
  EXPECT_TRUE(scan.json);
  EXPECT_EQ(scan.adapter, "AA:BB:CC:DD:EE:FF");
  const Arguments read =
      sound({"read", "d8:b6:73:bf:4f:75", "--type", "renogy_inverter", "--unit", "255", "--dump", "--adapter", "hci1", "--profiles", "p", "--data", "d"});
  EXPECT_EQ(read.address.text(), "D8:B6:73:BF:4F:75");
  EXPECT_EQ(read.type, "renogy_inverter");
  EXPECT_EQ(read.unit, 255);
  EXPECT_TRUE(read.dump);
  const Arguments decode = sound({"decode", "--register", "0x100", "--model", "RIV4835CSH1S", "--name", "BT-TH-1", "FF 03"});
  EXPECT_EQ(decode.first_register, 256);
  EXPECT_EQ(decode.frame, (Bytes{0xFF, 0x03}));
  EXPECT_EQ(sound({"decode", "ff03", "--register", "57348"}).first_register, 0xE004);
  EXPECT_EQ(sound({"profiles"}).command, Command::profiles);
  const Arguments check = sound({"profiles", "check", "a.json", "b.json", "--json", "--profiles", "p"});
  EXPECT_EQ(check.command, Command::check_profiles);
  EXPECT_THAT(check.files, testing::ElementsAre("a.json", "b.json"));
  EXPECT_TRUE(check.json);
  EXPECT_EQ(check.profiles, "p");
  EXPECT_EQ(sound({"doctor", "--options", "o", "--data", "d", "--seconds", "1", "--adapter", "hci0", "--json"}).options, "o");
}

TEST(Arguments, AnUnknownCommandIsNamed) {
  const auto parsed = parse({"fly", "--high"});
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().text, "blupow: there is no command fly. See blupow --help\n");
}

TEST(Arguments, ACommandThatIsMissingIsAskedFor) {
  EXPECT_EQ(parse({}).error().text, "blupow: a command is needed. See blupow --help\n");
  EXPECT_EQ(parse({"--high"}).error().text, "blupow: a command is needed before --high. See blupow --help\n");
}

TEST(Arguments, WrongUsageHasStatus2AndASentence) {
  const std::vector<std::vector<const char*>> wrong{{},
                                                    {"fly"},
                                                    {"run", "--fast"},
                                                    {"run", "extra"},
                                                    {"run", "--json"},
                                                    {"run", "--options"},
                                                    {"run", "--options", ""},
                                                    {"run", "--http", "8099"},
                                                    {"scan", "--seconds", "0"},
                                                    {"scan", "--seconds", "601"},
                                                    {"scan", "--seconds", "1.5"},
                                                    {"scan", "--seconds", "ten"},
                                                    {"scan", "--seconds", "-1"},
                                                    {"scan", "--seconds", ""},
                                                    {"scan", "--adapter", "usb0"},
                                                    {"read"},
                                                    {"read", "AA:BB"},
                                                    {"read", "AA:BB:CC:DD:EE:FF", "--unit", "0"},
                                                    {"read", "AA:BB:CC:DD:EE:FF", "--unit", "256"},
                                                    {"read", "AA:BB:CC:DD:EE:FF", "AA:BB:CC:DD:EE:FE"},
                                                    {"read", "AA:BB:CC:DD:EE:FF", "--type", ""},
                                                    {"decode"},
                                                    {"decode", "xyz"},
                                                    {"decode", "abc"},
                                                    {"decode", ""},
                                                    {"decode", "ff", "--register", "65536"},
                                                    {"decode", "ff", "--register", "0x10000"},
                                                    {"decode", "ff", "--register", "0x"},
                                                    {"decode", "ff", "--register", "-1"},
                                                    {"profiles", "check"},
                                                    {"profiles", "drop"},
                                                    {"doctor", "--seconds", "999999999999"}};
  for (const auto& arguments : wrong) {
    const auto parsed = parse(arguments);
    const std::string said = arguments.empty() ? "nothing" : std::string(arguments.front()) + " " + arguments.back();
    ASSERT_FALSE(parsed.has_value()) << said;
    EXPECT_EQ(parsed.error().status, 2) << said;
    EXPECT_THAT(parsed.error().text, testing::StartsWith("blupow: ")) << said;
    EXPECT_THAT(parsed.error().text, HasSubstr("--help\n")) << said;
  }
}

TEST(Arguments, VersionAndHelpEndWithStatus0) {
  const auto version = parse({"--version"});
  ASSERT_FALSE(version.has_value());
  EXPECT_EQ(version.error().status, 0);
  EXPECT_THAT(version.error().text, testing::MatchesRegex("blupow [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  const auto help = parse({"--help"});
  ASSERT_FALSE(help.has_value());
  EXPECT_EQ(help.error().status, 0);
  for (const char* word : {"run", "scan", "read", "decode", "profiles", "doctor", "/data/options.json", "127.0.0.1:8099"}) {
    EXPECT_THAT(help.error().text, HasSubstr(word));
  }
  const auto scanHelp = parse({"scan", "--help"});
  ASSERT_FALSE(scanHelp.has_value());
  EXPECT_THAT(scanHelp.error().text, HasSubstr("--seconds"));
}

TEST(Arguments, HelpSaysHowACommandIsCalled) {
  EXPECT_THAT(parse({"--help"}).error().text, HasSubstr("Usage: blupow [OPTIONS] COMMAND"));
  EXPECT_THAT(parse({"read", "--help"}).error().text, HasSubstr("Usage: blupow read [OPTIONS] address"));
  EXPECT_THAT(parse({"profiles", "--help"}).error().text, HasSubstr("Usage: blupow profiles [OPTIONS] [COMMAND]"));
  EXPECT_THAT(parse({"profiles", "check", "--help"}).error().text, HasSubstr("Usage: blupow profiles check [OPTIONS] files"));
}

}  // namespace
}  // namespace blupow::cli
