#include "gateway/json/command_parser.hpp"

#include <gmock/gmock.h>

namespace blupow::gateway {
namespace {

std::optional<Refusal> refusalOf(std::string_view payload) {
  const ParsedCommand parsed = parseCommand(payload);
  return parsed.command ? std::nullopt : std::optional(parsed.command.error().reason);
}

std::string requestIdOf(std::string_view payload) { return parseCommand(payload).request_id; }

template <typename Kind>
Kind parsedAs(std::string_view payload) {
  const ParsedCommand parsed = parseCommand(payload);
  EXPECT_TRUE(parsed.command) << payload << ": " << parsed.command.error().message;
  return std::get<Kind>(parsed.command.value());
}

TEST(CommandParser, ReadsEveryCommand) {
  parsedAs<command::GetDevices>(R"({"command": "get_devices", "request_id": "1"})");
  parsedAs<command::RestartGateway>(R"({"command": "restart_gateway"})");
  EXPECT_EQ(parsedAs<command::Remove>(R"({"command": "remove_device", "address": "aa:bb:cc:dd:ee:ff"})").address.text(), "AA:BB:CC:DD:EE:FF");
  EXPECT_EQ(parsedAs<command::Refresh>(R"({"command": "refresh_device", "address": "AA:BB:CC:DD:EE:FF"})").address.text(), "AA:BB:CC:DD:EE:FF");
  EXPECT_EQ(parsedAs<command::Identify>(R"({"command": "identify_device", "address": "AA:BB:CC:DD:EE:FF"})").address.text(), "AA:BB:CC:DD:EE:FF");
  EXPECT_EQ(parsedAs<command::Resume>(R"({"command": "resume_device", "address": "AA:BB:CC:DD:EE:FF"})").address.text(), "AA:BB:CC:DD:EE:FF");
  const auto add = parsedAs<command::Add>(R"({"command": "add_device", "address": "aa:bb:cc:dd:ee:ff", "type": "renogy_inverter", "name": " Roof "})");
  EXPECT_EQ(add.request.type, "renogy_inverter");
  EXPECT_EQ(add.request.name, "Roof");
  EXPECT_EQ(parsedAs<command::Add>(R"({"command": "add_device", "address": "aa:bb:cc:dd:ee:ff", "type": null})").request.type, "");
}

TEST(CommandParser, DiscoversForTenSecondsUnlessToldOtherwise) {
  EXPECT_EQ(parsedAs<command::Discover>(R"({"command": "discover_devices"})").time, std::chrono::seconds(10));
  EXPECT_EQ(parsedAs<command::Discover>(R"({"command": "discover_devices", "seconds": 20})").time, std::chrono::seconds(20));
  for (const char* const seconds : {"0", "21", "-1", "1.5", "true", "\"5\"", "[]", "18446744073709551615"}) {
    EXPECT_EQ(refusalOf(std::string(R"({"command": "discover_devices", "seconds": )") + seconds + "}"), Refusal::bad_argument) << seconds;
  }
}

TEST(CommandParser, HandsOverForAQuarterOfAnHourUnlessToldOtherwise) {
  const std::string release = R"({"command": "release_device", "address": "AA:BB:CC:DD:EE:FF")";
  EXPECT_EQ(parsedAs<command::Release>(release + "}").time, std::chrono::minutes(15));
  EXPECT_EQ(parsedAs<command::Release>(release + R"(, "minutes": 1440})").time, std::chrono::minutes(1440));
  for (const char* const minutes : {"0", "1441", "-1", "1.5", "true", "\"5\"", "[]", "18446744073709551615"}) {
    EXPECT_EQ(refusalOf(release + R"(, "minutes": )" + minutes + "}"), Refusal::bad_argument) << minutes;
  }
  EXPECT_EQ(refusalOf(R"({"command": "release_device", "minutes": 5})"), Refusal::bad_argument);
}

TEST(CommandParser, TakesADeviceThatItsCallerDescribes) {
  const auto add = parsedAs<command::Add>(R"({"command": "add_device", "request_id": "1", "address": "AA:BB:CC:DD:EE:FF", "name": "Pump",
      "type": "generic_modbus_device", "notify_uuid": "fff1", "write_uuid": "ffd1", "device_id": 3,
      "sensors": [{"key": "water", "name": "Water", "register": 256, "scale": 0.1, "unit": "V", "device_class": "voltage"}]})");
  ASSERT_NE(add.request.description, nullptr);
  EXPECT_EQ(add.request.description->type, "generic_modbus_device");
  EXPECT_NE(add.request.description->field("water"), nullptr);
  EXPECT_EQ(add.request.description_text.find("request_id"), std::string::npos);
  EXPECT_NE(add.request.description_text.find("\"device_id\":3"), std::string::npos);
  EXPECT_EQ(parsedAs<command::Add>(R"({"command": "add_device", "address": "AA:BB:CC:DD:EE:FF", "type": "renogy_dcc", "sensors": 7})").request.description,
            nullptr);
}

TEST(CommandParser, SaysWhereADescriptionIsWrongAndWhichRuleItBreaks) {
  const std::string begin = R"({"command": "add_device", "address": "AA:BB:CC:DD:EE:FF", "type": "generic_modbus_device")";
  const ParsedCommand parsed = parseCommand(begin + R"(, "notify_uuid": "fff1", "write_uuid": "ffd1",
      "sensors": [{"key": "water", "name": "Water", "register": 70000}]})");
  ASSERT_FALSE(parsed.command);
  EXPECT_EQ(parsed.command.error().reason, Refusal::bad_argument);
  EXPECT_TRUE(parsed.command.error().message.contains("/sensors/0/register (maximum)")) << parsed.command.error().message;
  EXPECT_EQ(refusalOf(begin + "}"), Refusal::bad_argument);
  EXPECT_EQ(refusalOf(begin + R"(, "sensors": "all", "notify_uuid": {"a": 1}, "write_uuid": null, "device_id": [[]]})"), Refusal::bad_argument);
}

TEST(CommandParser, NamesWhatIsWrong) {
  EXPECT_EQ(refusalOf(R"({"command": "fly"})"), Refusal::unknown_command);
  EXPECT_EQ(refusalOf(R"({"request_id": "1"})"), Refusal::bad_argument);
  EXPECT_EQ(refusalOf(R"({"command": 7})"), Refusal::bad_argument);
  for (const char* const text : {"", "{", "nonsense", "[]", "7", "null", "\xff\xfe", R"({"command": "get_devices"} x)"}) {
    EXPECT_EQ(refusalOf(text), Refusal::bad_json) << text;
  }
  for (const char* const address : {"", R"(, "address": 7)", R"(, "address": "AA:BB")", R"(, "address": null)", R"(, "address": {})"}) {
    EXPECT_EQ(refusalOf(std::string(R"({"command": "add_device")") + address + "}"), Refusal::bad_argument) << address;
  }
  EXPECT_EQ(refusalOf(R"({"command": "add_device", "address": "AA:BB:CC:DD:EE:FF", "type": 7})"), Refusal::bad_argument);
  EXPECT_EQ(refusalOf(R"({"command": "add_device", "address": "AA:BB:CC:DD:EE:FF", "name": "a\u0000b"})"), Refusal::bad_argument);
}

TEST(CommandParser, ARequestIdIsOneLevelOfATopic) {
  EXPECT_EQ(requestIdOf(R"({"command": "get_devices", "request_id": "a b-1"})"), "a b-1");
  const std::string longest(128, 'x');
  EXPECT_EQ(requestIdOf(R"({"request_id": ")" + longest + "\"}"), longest);
  EXPECT_EQ(requestIdOf(R"({"request_id": ")" + longest + "x\"}"), "");
  for (const char* const id : {"\"\"", "\"a/b\"", "\"a+\"", "\"#\"", "\"a\\nb\"", "\"\\u0085\"", "7", "null", "[\"a\"]"}) {
    EXPECT_EQ(requestIdOf(std::string(R"({"command": "get_devices", "request_id": )") + id + "}"), "") << id;
  }
}

TEST(CommandParser, WhoSendsTooMuchOrHalfACommandIsToldWhereHeCanBe) {
  const std::string filling(70000, 'x');
  const ParsedCommand large = parseCommand(R"({"pad": ")" + filling + R"(", "request_id": "big", "command": "get_devices"})");
  EXPECT_EQ(large.request_id, "big");
  EXPECT_EQ(large.command.error().reason, Refusal::bad_json);
  EXPECT_EQ(requestIdOf(R"({"request_id": "half", "command": "get_dev)"), "half");
  EXPECT_EQ(requestIdOf(R"({"in": {"request_id": "deeper"}, "command": )"), "");
  EXPECT_EQ(requestIdOf(R"([{"request_id": "listed"}, )"), "");
}

TEST(CommandParser, DeepNestingIsNoDanger) {
  EXPECT_EQ(refusalOf(std::string(60000, '[')), Refusal::bad_json);
  EXPECT_EQ(refusalOf(std::string(900000, '{')), Refusal::bad_json);
  const std::string deep = std::string(30000, '[') + std::string(30000, ']');
  const ParsedCommand unused = parseCommand(R"({"command": "get_devices", "a": )" + deep + R"(, "request_id": "deep"})");
  EXPECT_EQ(unused.command.error().reason, Refusal::bad_json);
  EXPECT_EQ(unused.request_id, "deep");
  const std::string generic = R"({"command": "add_device", "address": "AA:BB:CC:DD:EE:FF", "type": "generic_modbus_device", "sensors": )";
  EXPECT_EQ(refusalOf(generic + deep + "}"), Refusal::bad_json);
  std::string objects = "1";
  for (int level = 0; level < 9000; ++level) objects = R"({"a":)" + std::move(objects) + "}";
  EXPECT_EQ(refusalOf(generic + objects + "}"), Refusal::bad_json);
}

}  // namespace
}  // namespace blupow::gateway
