// Every command but run, as a script meets it: exit status, one document on stdout, sentences on stderr.
#include <gmock/gmock.h>

#include <fstream>

#include "e2e/house.hpp"
#include "support/places.hpp"

namespace blupow::test {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

// Nobody may speak to bluetoothd.
constexpr const char* kDenied = R"(<deny send_destination="org.bluez"/>)";

class Commands : public House {
 protected:
  // Result of each check of the doctor, in order.
  static std::vector<std::pair<std::string, Json>> checks(const Json& document) {
    std::vector<std::pair<std::string, Json>> checks;
    for (const Json& check : document.at("checks")) checks.emplace_back(check.at("name"), check.at("ok"));
    return checks;
  }
  std::vector<std::string> doctor(const std::filesystem::path& options, const std::string& seconds = "1") const {
    return {"doctor", "--options", options.string(), "--data", data.path().string(), "--seconds", seconds};
  }
};

TEST_F(Commands, ScanShowsTheStrongestFirst) {
  const Answer answer = ask({"scan", "--seconds", "2"});
  EXPECT_EQ(answer.status, 0) << answer.errors;
  const Json& devices = answer.document.at("devices");
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0].at("address"), kInverter);
  EXPECT_EQ(devices[0].at("type"), "renogy_inverter");
  EXPECT_EQ(devices[1].at("name"), "BT-TH-B00E7B91") << "blanks at the end cut";
  EXPECT_EQ(devices[1].at("type"), nullptr);
  EXPECT_EQ(devices[1].at("renogy"), true);
}

TEST_F(Commands, ReadGivesTheStateOfADeviceAndLeavesNoLink) {
  for (const std::string& address : {kInverter, kController}) {
    const Answer answer = ask({"read", address, "--seconds", "20"});
    ASSERT_EQ(answer.status, 0) << answer.errors;
    EXPECT_EQ(answer.document.at("address"), address);
    ASSERT_EQ(answer.document.at("units").size(), 1U);
    const Json& state = answer.document.at("units")[0].at("state");
    EXPECT_TRUE(state.contains("battery_voltage")) << answer.document;
    EXPECT_FALSE(state.contains("nominal_voltage") || state.contains("voltage_setting")) << "for the profile's own use: " << state;
  }
  const auto list = Json::parse(simulator.tell(R"({"do":"list"})"));
  for (const Json& device : list.at("devices")) EXPECT_EQ(device.at("connected"), false) << device;
}

TEST_F(Commands, ReadHasAStatusForEachReason) {
  EXPECT_EQ(ask({"read", "00:11:22:33:44:55", "--seconds", "1"}).status, 4);
  EXPECT_EQ(ask({"read", kController, "--type", "renogy_inverter", "--seconds", "20"}).status, 1) << "not of this type";
  EXPECT_EQ(run({"read", kController, "--type", "toaster", "--json"}).status, 2);
  simulator.tell(R"({"do":"connected","device":")" + kInverter + "\"}");
  const Answer connected = ask({"read", kInverter});
  EXPECT_EQ(connected.status, 1);
  EXPECT_THAT(connected.document.at("error").get<std::string>(), HasSubstr("connected already"));
  EXPECT_THAT(connected.document.at("error").get<std::string>(), HasSubstr("bluetoothctl disconnect " + kInverter));
}

TEST_F(Commands, AnUnknownTypeIsWrongUsage) {
  const Outcome outcome = run({"decode", "--type", "toaster", "--json", "ff03020010905c"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.output, "");
  EXPECT_THAT(outcome.errors, HasSubstr("renogy_controller"));
}

TEST_F(Commands, DecodeExplainsAFrame) {
  const Answer good = ask({"decode", "--type", "renogy_controller", "--register", "0xE004", "ff 03 02 00 04 90 53"});
  EXPECT_EQ(good.status, 0) << good.errors;
  EXPECT_EQ(good.document, Json::parse(R"({"device_id": 255, "function": 3, "words": [4], "exception": null, "fields": {"battery_type": "lithium"}})"));
  const Answer exception = ask({"decode", "ff8302a101"});
  EXPECT_EQ(exception.status, 0);
  EXPECT_EQ(exception.document.at("exception"), 2);
  const Answer broken = ask({"decode", "ff03020010905d"});
  EXPECT_EQ(broken.status, 1);
  EXPECT_TRUE(broken.document.contains("error"));
  EXPECT_NE(broken.errors, "");
  EXPECT_EQ(run({"decode", "no hex"}).status, 2);
}

TEST_F(Commands, ProfilesAreListedWithTheirFiles) {
  const Answer answer = ask({"profiles"});
  EXPECT_EQ(answer.status, 0);
  for (const Json& profile : answer.document.at("profiles")) {
    EXPECT_TRUE(std::filesystem::path(profile.at("file").get<std::string>()).is_absolute());
    EXPECT_GT(profile.at("fields").get<int>(), 5);
  }
}

TEST_F(Commands, ProfilesCheckTellsPathAndRule) {
  const auto wrong = data.write("wrong.json", R"({"type": "x"})").string();
  const Answer answer = ask({"profiles", "check", wrong});
  EXPECT_EQ(answer.status, 3);
  EXPECT_EQ(answer.document.at("ok"), false);
  EXPECT_FALSE(answer.document.at("files")[0].at("errors").empty());
  EXPECT_EQ(ask({"profiles", "check", (test::sourceFolder() / "rootfs/usr/share/blupow/profiles/renogy_inverter.json").string()}).status, 0);
}

TEST_F(Commands, AProfileFolderThatIsNotThereIsABadProfile) {
  EXPECT_EQ(ask({"profiles", "--profiles", (data / "none").string()}).status, 3);
  EXPECT_EQ(ask({"decode", "ff03020010905c", "--profiles", (data / "none").string()}).status, 3);
}

TEST_F(Commands, TheDoctorFindsEverythingWell) {
  const Answer answer = ask(doctor(writeOptions({{"devices", {{{"address", kInverter}}}}}), "20"));
  EXPECT_EQ(answer.status, 0) << answer.errors << answer.document;
  EXPECT_EQ(answer.document.at("ok"), true);
  const std::vector<std::pair<std::string, Json>> expected{
      {"bus", true}, {"bluetoothd", true}, {"adapter", true}, {"access", true}, {"broker", true}, {"heard " + kInverter, true}, {"answers " + kInverter, true}};
  EXPECT_EQ(checks(answer.document), expected);
}

TEST_F(Commands, TheDoctorKnowsStoredDevicesAndLeavesConnectedOnesAlone) {
  data.write("devices.json", R"({")" + kController + R"(": {"address": ")" + kController + R"(", "type": "renogy_controller"}, "AA:BB:CC:DD:EE:FF":
    {"address": "AA:BB:CC:DD:EE:FF", "type": "renogy_inverter"}})");
  simulator.tell(R"({"do":"connected","device":")" + kController + "\"}");
  const Answer answer = ask(doctor(writeOptions()));
  EXPECT_EQ(answer.status, 1);
  const auto found = checks(answer.document);
  EXPECT_THAT(found, testing::Contains(std::pair<std::string, Json>("heard " + kController, true)));
  EXPECT_THAT(found, testing::Contains(std::pair<std::string, Json>("answers " + kController, nullptr)));
  EXPECT_THAT(found, testing::Contains(std::pair<std::string, Json>("heard AA:BB:CC:DD:EE:FF", false)));
  EXPECT_THAT(found, testing::Contains(std::pair<std::string, Json>("answers AA:BB:CC:DD:EE:FF", nullptr)));
}

TEST_F(Commands, TheDoctorTellsAnAdapterThatIsOffFromOneThatIsMissing) {
  simulator.tell(R"({"do":"power","on":false})");
  const Answer off = ask(doctor(writeOptions()));
  EXPECT_EQ(off.status, 1);
  EXPECT_EQ(off.document.at("checks")[2].at("ok"), false);
  simulator.tell(R"({"do":"adapter_remove"})");
  const Answer missing = ask(doctor(writeOptions()));
  EXPECT_EQ(missing.document.at("checks")[2].at("ok"), false);
  EXPECT_NE(off.document.at("checks")[2].at("cure"), missing.document.at("checks")[2].at("cure"));
}

TEST_F(Commands, TheDoctorTellsABrokerThatIsAwayFromAWrongPassword) {
  const Broker strict("password_file " + data.write("passwords", "me:$7$101$Z0xKGQ==$AAAA\n").string() + "\nallow_anonymous false\n");
  const Answer refused = ask(doctor(writeOptions({{"mqtt", {{"host", strict.socket().string()}, {"username", "me"}, {"password", "wrong"}}}})));
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.document.at("checks")[4].at("ok"), false);
  const Answer away = ask(doctor(writeOptions({{"mqtt", {{"host", (data / "nobody").string()}}}})));
  EXPECT_EQ(away.document.at("checks")[4].at("ok"), false);
  EXPECT_NE(refused.document.at("checks")[4].at("cure"), away.document.at("checks")[4].at("cure"));
}

TEST_F(Commands, WithoutBluetoothdEveryCommandSaysSo) {
  simulator.kill();
  EXPECT_EQ(ask({"scan", "--seconds", "1"}).status, 1);
  EXPECT_EQ(ask({"read", kInverter}).status, 1);
  const Answer answer = ask(doctor(writeOptions({{"devices", {{{"address", kInverter}}}}})));
  EXPECT_EQ(answer.status, 1);
  const std::vector<std::pair<std::string, Json>> expected{{"bus", true},
                                                           {"bluetoothd", false},
                                                           {"adapter", nullptr},
                                                           {"access", nullptr},
                                                           {"broker", true},
                                                           {"heard " + kInverter, nullptr},
                                                           {"answers " + kInverter, nullptr}};
  EXPECT_EQ(checks(answer.document), expected);
}

TEST_F(Commands, TheDoctorSaysThatThereIsNoOptionsFile) {
  bus.stop();  // nothing but the sentence is wanted
  EXPECT_THAT(ask(doctor(data / "mistyped.json")).errors, HasSubstr("there is no " + (data / "mistyped.json").string() + ", so every option has its default"));
  EXPECT_THAT(ask(doctor(writeOptions())).errors, testing::Not(HasSubstr("there is no")));
}

TEST_F(Commands, WithoutABusEveryCommandSaysSo) {
  bus.stop();
  EXPECT_EQ(ask({"scan", "--seconds", "1"}).status, 1);
  const Answer answer = ask(doctor(writeOptions()));
  EXPECT_EQ(answer.status, 1);
  EXPECT_EQ(checks(answer.document).front(), (std::pair<std::string, Json>("bus", false)));
}

TEST_F(Commands, DeniedAccessHasAStatusOfItsOwn) {
  PrivateBus closed(kDenied);
  const Simulator unreachable(closed);
  const auto denied = [&](std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    return runToEnd(command(std::move(arguments)), closed.environment());
  };
  EXPECT_EQ(denied({"scan", "--seconds", "1"}).status, 5);
  EXPECT_EQ(denied({"read", kInverter}).status, 5);
  const Outcome outcome = denied(doctor(writeOptions()));
  EXPECT_EQ(outcome.status, 5);
  const std::vector<std::pair<std::string, Json>> expected{{"bus", true}, {"bluetoothd", true}, {"adapter", nullptr}, {"access", false}, {"broker", true}};
  EXPECT_EQ(checks(Json::parse(outcome.output)), expected);
}

TEST_F(Commands, TheDoctorChecksNothingWithBadOptions) {
  const Answer answer = ask(doctor(data.write("bad.json", R"({"colour": 1})")));
  EXPECT_EQ(answer.status, 3);
  EXPECT_EQ(answer.document, Json::parse(R"({"ok": false, "checks": []})"));
  EXPECT_THAT(answer.errors, HasSubstr("colour: is not known here"));
}

TEST_F(Commands, TheVersionIsTheSameEverywhere) {
  const std::string version = run({"--version"}).output;
  EXPECT_EQ(version, "blupow " BLUPOW_VERSION "\n");
  std::ifstream changes(test::sourceFolder() / "CHANGELOG.md");
  std::string line;
  while (std::getline(changes, line) && !line.starts_with("## ")) {
  }
  EXPECT_THAT(line, testing::StartsWith("## " BLUPOW_VERSION " ")) << "the newest section";
}

}  // namespace
}  // namespace blupow::test
