#include "app/options.hpp"

#include <gmock/gmock.h>

#include "app/gateway_settings.hpp"
#include "support/temp_folder.hpp"

namespace blupow::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::vector<std::string> kTypes{"renogy_controller", "renogy_inverter"};

Options sound(std::string_view text) {
  auto options = parseOptions(text, "options.json", kTypes);
  if (!options) ADD_FAILURE() << text << ": " << options.error().front();
  return options.value_or(Options{});
}

Errors errorsOf(std::string_view text) {
  const auto options = parseOptions(text, "options.json", kTypes);
  EXPECT_FALSE(options.has_value()) << text;
  return options ? Errors{} : options.error();
}

TEST(Options, AnEmptyObjectGivesTheDefaults) {
  const Options options = sound("{}");
  EXPECT_EQ(options.log_level, LogLevel::info);
  EXPECT_EQ(options.poll_interval, std::chrono::seconds(30));
  EXPECT_FALSE(options.adaptive_polling);
  EXPECT_TRUE(options.keep_connected);
  EXPECT_EQ(options.adapter, "");
  EXPECT_EQ(options.base_topic, "blupow");
  EXPECT_EQ(options.discovery, Discovery::device);
  EXPECT_EQ(options.discovery_prefix, "homeassistant");
  EXPECT_FALSE(options.allow_settings);
  EXPECT_EQ(options.broker.host, "localhost");
  EXPECT_EQ(options.broker.port, 1883);
  EXPECT_TRUE(options.devices.empty());
  EXPECT_TRUE(options.banks.empty());
}

TEST(Options, ReachTheGateway) {
  const gateway::Settings settings = gatewaySettings(sound(R"({"poll_interval": 7, "adaptive_polling": true, "keep_connected": false, "allow_settings": true,
    "devices": [{"address": "D8:B6:73:BF:4F:75", "name": "Shed", "type": "renogy_inverter", "poll_interval": 9}],
    "banks": [{"name": "House", "devices": ["AC:4D:16:17:8A:45_17"]}]})"));
  EXPECT_EQ(settings.poll_interval, std::chrono::seconds(7));
  EXPECT_TRUE(settings.adaptive_polling);
  EXPECT_FALSE(settings.keep_connected);
  EXPECT_TRUE(settings.allow_settings);
  ASSERT_EQ(settings.devices.size(), 1U);
  EXPECT_EQ(settings.devices[0].name, "Shed");
  EXPECT_EQ(settings.devices[0].type, "renogy_inverter");
  EXPECT_EQ(settings.devices[0].poll_interval, Duration(std::chrono::seconds(9)));
  ASSERT_EQ(settings.banks.size(), 1U);
  EXPECT_EQ(settings.banks[0].name, "House");
  EXPECT_THAT(settings.banks[0].members, ElementsAre("AC:4D:16:17:8A:45_17"));
}

TEST(Options, EveryKeyIsRead) {
  const Options options = sound(R"({
    "log_level": "trace", "poll_interval": 5, "adaptive_polling": true, "keep_connected": false, "adapter": "aa:bb:cc:dd:ee:ff", "base_topic": "solar/roof",
    "discovery": "component", "discovery_prefix": "ha", "allow_settings": true,
    "mqtt": {"host": "/run/broker", "port": 1, "username": "u", "password": "p", "ssl": false, "client_id": "me"},
    "devices": [{"address": "d8:b6:73:bf:4f:75", "name": "Shed", "type": "renogy_inverter", "poll_interval": 3600}, {"address": "AC:4D:16:17:8A:45"}],
    "banks": [{"name": "House", "devices": ["ac:4d:16:17:8a:45_17", "D8:B6:73:BF:4F:75"]}]})");
  EXPECT_EQ(options.log_level, LogLevel::trace);
  EXPECT_EQ(options.poll_interval, std::chrono::seconds(5));
  EXPECT_TRUE(options.adaptive_polling);
  EXPECT_FALSE(options.keep_connected);
  EXPECT_EQ(options.adapter, "AA:BB:CC:DD:EE:FF");
  EXPECT_EQ(options.base_topic, "solar/roof");
  EXPECT_EQ(options.discovery, Discovery::component);
  EXPECT_EQ(options.discovery_prefix, "ha");
  EXPECT_TRUE(options.allow_settings);
  EXPECT_EQ(options.broker.host, "/run/broker");
  EXPECT_EQ(options.broker.port, 1);
  EXPECT_EQ(options.broker.username, "u");
  EXPECT_EQ(options.broker.password, "p");
  EXPECT_EQ(options.broker.client_id, "me");
  ASSERT_EQ(options.devices.size(), 2U);
  EXPECT_EQ(options.devices[0].address.text(), "D8:B6:73:BF:4F:75");
  EXPECT_EQ(options.devices[0].name, "Shed");
  EXPECT_EQ(options.devices[0].type, "renogy_inverter");
  EXPECT_EQ(options.devices[0].poll_interval, std::chrono::seconds(3600));
  EXPECT_EQ(options.devices[1].type, "");
  EXPECT_FALSE(options.devices[1].poll_interval);
  ASSERT_EQ(options.banks.size(), 1U);
  EXPECT_THAT(options.banks[0].devices, ElementsAre("AC:4D:16:17:8A:45_17", "D8:B6:73:BF:4F:75"));
}

TEST(Options, EmptyTextAndNullCountAsAbsent) {
  const Options options = sound(R"({"log_level": "", "poll_interval": null, "adapter": "", "base_topic": null, "devices": "", "banks": [null],
    "mqtt": {"host": "", "port": "", "ssl": null, "ca_file": "", "client_id": ""}})");
  EXPECT_EQ(options.poll_interval, std::chrono::seconds(30));
  EXPECT_EQ(options.base_topic, "blupow");
  EXPECT_EQ(options.broker.host, "localhost");
  EXPECT_EQ(options.broker.port, 1883);
  EXPECT_THAT(errorsOf(R"({"devices": [{"address": ""}]})"), ElementsAre(StartsWith("devices[0].address: is missing")));
}

TEST(Options, AnEncryptedConnectionHasItsOwnPort) {
  EXPECT_EQ(sound(R"({"mqtt": {"ssl": true}})").broker.port, 8883);
  EXPECT_EQ(sound(R"({"mqtt": {"ssl": true, "port": 1884}})").broker.port, 1884);
  EXPECT_EQ(sound(R"({"mqtt": {"ssl": true, "port": 1884}})").broker_port, 1884);
  EXPECT_EQ(sound(R"({"mqtt": {"ssl": true}})").broker_port, std::nullopt);
}

TEST(Options, OnlyAHostNamesABroker) {
  EXPECT_TRUE(sound(R"({"mqtt": {"host": "h"}})").broker_named);
  for (const char* const text : {"{}", R"({"mqtt": {}})", R"({"mqtt": {"host": ""}})", R"({"mqtt": {"host": null, "port": 1884, "username": "me"}})"}) {
    EXPECT_FALSE(sound(text).broker_named) << text;
  }
}

// As a URL it would hold the password, and the log names the host.
TEST(Options, ABrokersHostIsNoUrl) {
  for (const char* const host : {"broker.local", "192.168.1.10", "fd00::1", "/run/mosquitto.sock", "/run/a@b"}) {
    EXPECT_EQ(sound(std::string(R"({"mqtt": {"host": ")") + host + R"("}})").broker.host, host);
  }
  for (const char* const host : {"mqtt://192.168.1.10", "mqtts://me:hush@broker.local:8883", "me:hush@broker.local", "192.168.1.10/24", "mqtt:/x"}) {
    EXPECT_THAT(errorsOf(std::string(R"({"mqtt": {"host": ")") + host + R"("}})"),
                ElementsAre("mqtt.host: must be a name, an address or the path of a unix socket; port, username, password and ssl are options of their own"));
  }
}

TEST(Options, AllMistakesAreToldAtOnceWithTheirKeysAndWhatIsAllowed) {
  const Errors errors = errorsOf(R"({"log_level": "loud", "poll_interval": 4, "keep_connected": "yes", "colour": 1, "discovery": "both",
    "mqtt": {"port": 65536, "hosts": "x"},
    "devices": [{"address": "AA:BB:CC:DD:EE:FF"}, {"address": "aa:bb:cc:dd:ee:ff", "type": "toaster"}, {"name": "x", "poll_interval": 30.5}, 7]})");
  EXPECT_THAT(
      errors,
      ElementsAre("log_level: must be one of trace, debug, info, warning, error", "poll_interval: must be a whole number from 5 to 3600",
                  "keep_connected: must be true or false", "discovery: must be one of device, component", "mqtt.port: must be a whole number from 1 to 65535",
                  "mqtt.hosts: is not known here; known are ca_file, client_id, host, password, port, ssl, username", "devices[1].address: is listed twice",
                  "devices[1].type: must be one of renogy_controller, renogy_inverter", StartsWith("devices[2].address: is missing; must be a MAC address"),
                  "devices[2].poll_interval: must be a whole number from 5 to 3600", "devices[3]: must be an object",
                  StartsWith("colour: is not known here; known are adapter, ")));
}

TEST(Options, AValueOfAWrongTypeIsAMistakeOfItsKey) {
  for (const std::string key : {"log_level", "poll_interval", "adaptive_polling", "keep_connected", "adapter", "base_topic", "discovery", "discovery_prefix",
                                "allow_settings", "mqtt", "devices", "banks"}) {
    EXPECT_THAT(errorsOf("{\"" + key + "\": 1.5}"), ElementsAre(StartsWith(key + ": must be "))) << key;
  }
  for (const std::string key : {"host", "port", "username", "password", "ssl", "client_id"}) {
    EXPECT_THAT(errorsOf("{\"mqtt\": {\"" + key + "\": []}}"), ElementsAre(StartsWith("mqtt." + key + ": must be "))) << key;
  }
}

TEST(Options, NumbersBeyondEveryRangeAreMistakesToo) {
  for (const char* number : {"-5", "1e30", "18446744073709551615", "99999999999999999999999", "4.0", "3601"}) {
    EXPECT_THAT(errorsOf(std::string("{\"poll_interval\": ") + number + "}"), ElementsAre("poll_interval: must be a whole number from 5 to 3600")) << number;
  }
}

TEST(Options, TopicsFollowTheRules) {
  for (const char* topic : {"/a", "a/", "a//b", "a+", "#", "a\\u0007b", "---", "\\u00e4", "/"}) {
    EXPECT_THAT(errorsOf(std::string("{\"base_topic\": \"") + topic + "\"}"), ElementsAre(StartsWith("base_topic: must be one or more topic levels"))) << topic;
    EXPECT_EQ(errorsOf(std::string("{\"discovery_prefix\": \"") + topic + "\"}").size(), 1U) << topic;
  }
  for (const char* topic : {"a", "a/b/c", "7", "Solar Dach/\\u00e4"}) sound(std::string("{\"base_topic\": \"") + topic + "\"}");
}

TEST(Options, AnAdapterIsAMacOrHciAndANumber) {
  EXPECT_EQ(parseAdapter("hci12"), "hci12");
  EXPECT_EQ(parseAdapter("aa:bb:cc:dd:ee:0f"), "AA:BB:CC:DD:EE:0F");
  for (const char* text : {"", "hci", "hci0x", "hci-1", "usb0", "aa:bb"}) EXPECT_FALSE(parseAdapter(text)) << text;
}

TEST(Options, ACaFileMustBeReadableAndGoesWithSslOnly) {
  const test::TempFolder folder;
  const std::string file = folder.write("ca.pem", "-----BEGIN CERTIFICATE-----").string();
  EXPECT_EQ(sound(R"({"mqtt": {"ssl": true, "ca_file": ")" + file + "\"}}").broker.ca_file, file);
  EXPECT_THAT(errorsOf(R"({"mqtt": {"ca_file": ")" + file + "\"}}"), ElementsAre("mqtt.ca_file: may stand only where mqtt.ssl is true"));
  EXPECT_THAT(errorsOf(R"({"mqtt": {"ssl": "x", "ca_file": ")" + file + "\"}}"), ElementsAre("mqtt.ssl: must be true or false"));
  for (const std::string& missing : {(folder / "none.pem").string(), folder.path().string()}) {
    EXPECT_THAT(errorsOf(R"({"mqtt": {"ssl": true, "ca_file": ")" + missing + "\"}}"), ElementsAre(StartsWith("mqtt.ca_file: must be the path of a PEM file")))
        << missing;
  }
}

TEST(Options, AClientIdHasAtMost64Characters) {
  std::string id;
  for (int count = 0; count < 64; ++count) id += "\xc3\xa4";
  EXPECT_EQ(sound(R"({"mqtt": {"client_id": ")" + id + "\"}}").broker.client_id, id);
  EXPECT_THAT(errorsOf(R"({"mqtt": {"client_id": ")" + id + "x\"}}"), ElementsAre("mqtt.client_id: must be a text of 1 to 64 characters"));
}

TEST(Options, BanksNameTheirDevices) {
  EXPECT_THAT(
      errorsOf(R"({"banks": [{"devices": ["x", "AA:BB:CC:DD:EE:FF_0", "AA:BB:CC:DD:EE:FF_256", "AA:BB:CC:DD:EE:FF_", 3, "AA:BB:CC:DD:EE:FF_255"]}]})"),
      ElementsAre("banks[0].name: is missing; must be a text", StartsWith("banks[0].devices[0]: must be a MAC address"), StartsWith("banks[0].devices[1]: "),
                  StartsWith("banks[0].devices[2]: "), StartsWith("banks[0].devices[3]: "), StartsWith("banks[0].devices[4]: ")));
}

TEST(Options, AKeyThatStandsTwiceIsAMistakeAtAnyDepth) {
  EXPECT_THAT(errorsOf(R"({"adapter": "hci0", "adapter": "hci1"})"), ElementsAre("adapter: stands there twice"));
  EXPECT_THAT(
      errorsOf(
          R"({"devices": [{"address": "AA:BB:CC:DD:EE:F0"}, {"address": "AA:BB:CC:DD:EE:FF", "name": "a", "name": "b"}], "mqtt": {"port": 1, "port": 2}})"),
      ElementsAre("devices[1].name: stands there twice", "mqtt.port: stands there twice"));
}

TEST(Options, TextThatIsNoJsonObjectIsAnErrorThatNamesTheFile) {
  for (const char* text : {"", "[]", "null", "7", "{", "{} x"}) {
    EXPECT_THAT(errorsOf(text), ElementsAre(StartsWith("options.json: is no JSON object"))) << text;
  }
  EXPECT_THAT(errorsOf("{\n \"adapter\": hci0}"), ElementsAre("options.json: is no JSON object (line 2, column 13)"));
  EXPECT_THAT(errorsOf(R"({"poll_interval": 1e400})"), ElementsAre("options.json: is no JSON object (a number is too large)"));
}

TEST(Options, NoMistakeRepeatsAValue) {
  for (const char* text :
       {R"({"mqtt": {"password": "secret})", R"({"mqtt": {"password": ["secret"]}})", R"({"mqtt": {"password": secret}})", R"({"mqtt": "secret"})"}) {
    for (const std::string& line : errorsOf(text)) EXPECT_THAT(line, testing::Not(HasSubstr("secret"))) << text;
  }
}

TEST(Options, AKeyOfControlCharactersBreaksNoLine) { EXPECT_THAT(errorsOf(R"({"a\nb\u001b": 1})"), ElementsAre(StartsWith("a?b?: is not known here"))); }

TEST(Options, AFileThatIsNotThereIsEmptyAndOneThatCannotBeReadIsNamed) {
  const test::TempFolder folder;
  EXPECT_TRUE(loadOptions(folder / "none.json", kTypes).has_value());
  EXPECT_TRUE(loadOptions(folder / "none/none.json", kTypes).has_value());
  const auto aFolder = loadOptions(folder.path(), kTypes);
  ASSERT_FALSE(aFolder.has_value());
  EXPECT_THAT(aFolder.error(), ElementsAre(StartsWith(folder.path().string() + ": cannot be read")));
  const auto file = folder.write("options.json", "[");
  const auto noObject = loadOptions(file, kTypes);
  ASSERT_FALSE(noObject.has_value());
  EXPECT_THAT(noObject.error(), ElementsAre(StartsWith(file.string() + ": is no JSON object")));
  EXPECT_EQ(loadOptions(folder.write("good.json", R"({"adapter": "hci3"})"), kTypes).value_or(Options{}).adapter, "hci3");
}

}  // namespace
}  // namespace blupow::app
