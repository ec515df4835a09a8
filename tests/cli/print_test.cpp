#include "cli/print.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace blupow::cli {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const MacAddress kAddress = *MacAddress::parse("D8:B6:73:BF:4F:75");

TEST(Print, ScanDocumentHasNullForWhatIsNotKnown) {
  const Json document =
      Json::parse(scanDocument({{.address = kAddress, .name = "", .rssi = {}, .age = std::chrono::milliseconds(1234), .renogy = false, .type = ""}}));
  EXPECT_EQ(document, Json::parse(R"({"devices": [{"address": "D8:B6:73:BF:4F:75", "name": null, "rssi": null, "age": 1.2, "renogy": false, "type": null}]})"));
  EXPECT_EQ(Json::parse(scanDocument({})), Json::parse(R"({"devices": []})"));
}

TEST(Print, ReadDocumentHoldsTheStateAsItIsPublished) {
  const std::vector<app::UnitReading> units{{.id = 32,
                                             .type = "renogy_inverter",
                                             .model = "RIV1230RCH-SPS",
                                             .state = {{"input_voltage", 124.9}, {"load_percentage", std::int64_t{5}}, {"charging_status", "mppt"}}}};
  EXPECT_EQ(Json::parse(readDocument(kAddress, units)), Json::parse(R"({"address": "D8:B6:73:BF:4F:75", "units": [{"unit": 32, "type": "renogy_inverter",
    "model": "RIV1230RCH-SPS", "state": {"input_voltage": 124.9, "load_percentage": 5, "charging_status": "mppt"}}]})"));
}

TEST(Print, DecodeDocumentHasWordsForReadAnswersOnly) {
  app::DecodedFrame frame{.answer = modbus::Answer{.unit = 255, .function = 3, .words = {1, 65535}}, .decoded = {.readings = {{"a", 1.5}}}};
  EXPECT_EQ(Json::parse(decodeDocument(frame)),
            Json::parse(R"({"device_id": 255, "function": 3, "words": [1, 65535], "exception": null, "fields": {"a": 1.5}})"));
  frame = {.answer = modbus::Answer{.unit = 1, .function = 3, .exception = 2}};
  EXPECT_EQ(Json::parse(decodeDocument(frame)), Json::parse(R"({"device_id": 1, "function": 3, "words": null, "exception": 2, "fields": {}})"));
  frame = {.answer = modbus::Answer{.unit = 1, .function = 6, .address = 256, .value = 1}};
  EXPECT_EQ(Json::parse(decodeDocument(frame)), Json::parse(R"({"device_id": 1, "function": 6, "words": null, "exception": null, "fields": {}})"));
}

TEST(Print, DecodeDocumentOfAStreamHasItsFieldsAlone) {
  EXPECT_EQ(Json::parse(decodeDocument({.answer = {}, .decoded = {.readings = {{"soc", 96.5}}}})), Json::parse(R"({"fields": {"soc": 96.5}})"));
}

TEST(Print, CheckDocumentIsOkWhenEveryFileIs) {
  EXPECT_EQ(Json::parse(checkDocument({{.file = "a.json"}})), Json::parse(R"({"ok": true, "files": [{"file": "a.json", "ok": true, "errors": []}]})"));
  const Json document =
      Json::parse(checkDocument({{.file = "a.json"}, {.file = "b.json", .errors = {{.file = "b.json", .path = "/type", .rule = "required", .message = "m"}}}}));
  EXPECT_EQ(document.at("ok"), false);
  EXPECT_EQ(document.at("files").at(1), Json::parse(R"({"file": "b.json", "ok": false, "errors": [{"path": "/type", "rule": "required", "message": "m"}]})"));
}

TEST(Print, DoctorDocumentHasNullForWhatWasNotTried) {
  const Json document =
      Json::parse(doctorDocument({.checks = {{.name = "bus", .ok = false, .detail = "d", .cure = "c"}, {.name = "adapter", .ok = {}, .detail = "not tried"}}}));
  EXPECT_EQ(document, Json::parse(R"({"ok": false, "checks": [{"name": "bus", "ok": false, "detail": "d", "cure": "c"},
    {"name": "adapter", "ok": null, "detail": "not tried", "cure": null}]})"));
  EXPECT_EQ(Json::parse(doctorDocument({.began = false})), Json::parse(R"({"ok": false, "checks": []})"));
}

TEST(Print, ADocumentIsValidWhateverBytesANameHolds) {
  EXPECT_TRUE(Json::accept(scanDocument({{.address = kAddress, .name = "\xff\x01"}})));
  EXPECT_TRUE(Json::accept(errorDocument("\xff")));
}

TEST(Print, LinesHoldNoControlCharacters) {
  EXPECT_THAT(scanLines({{.address = kAddress, .name = "\x1b[31m"}}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(readLines({{.id = 1, .type = "t", .model = "\x1b[31m", .state = {{"model", "\x1b[31m"}}}}, {}), Not(HasSubstr("\x1b")));
}

TEST(Print, ValuesHaveTheirUnitsThoseThatAQuirkBringsToo) {
  profile::Profile family;
  family.type = "t";
  family.fields = {{.key = "power", .unit = "W"}, {.key = "state"}};
  family.quirks = {{.models = "^A", .fields = {{.key = "limit", .unit = "A"}}}};
  const auto profile = std::make_shared<const profile::Profile>(std::move(family));
  const profile::Readings readings{{"limit", 1.5}, {"power", std::int64_t{7}}, {"state", "on"}};
  EXPECT_EQ(readLines({{.id = 1, .type = "t", .model = "", .state = readings}}, profile::Catalogue({profile})),
            "unit 1: t\n"
            "  limit                            1.5 A\n"
            "  power                            7 W\n"
            "  state                            on\n");
  const app::DecodedFrame frame{.answer = {}, .decoded = {.readings = {{"limit", 1.5}}}};
  EXPECT_EQ(decodeLines(frame, profile), "  limit                            1.5 A\n");
}

TEST(Print, AScanThatHeardNothingSaysWhatKeepsDevicesSilent) {
  EXPECT_EQ(scanLines({}), "Nothing heard. A device keeps silent while it is connected: to the BluPow service, a phone or another host.\n");
}

TEST(Print, ADumpShowsRegistersByTheirDecimalAddress) {
  const std::vector<app::UnitReading> units{
      {.id = 17, .type = "", .model = "", .state = {}, .registers = app::Registers{{4000, 1201}, {4001, 0}, {5000, 65535}}}};
  const Json document = Json::parse(readDocument(*MacAddress::parse("D8:B6:73:BF:4F:75"), units));
  EXPECT_EQ(document, Json::parse(R"({"address": "D8:B6:73:BF:4F:75", "units": [
    {"unit": 17, "type": null, "model": null, "state": {}, "registers": {"4000": 1201, "4001": 0, "5000": 65535}}]})"));
  EXPECT_EQ(readLines(units, {}), "unit 17: no device that a profile describes\n  registers\n   4000  04B1 0000\n   5000  FFFF\n");
}

TEST(Print, ALineOfADumpHasTenWords) {
  app::Registers registers;
  for (std::uint16_t address = 10; address < 31; ++address) registers[address] = address;
  const std::string lines = readLines({{.id = 1, .type = "t", .model = "", .state = {}, .registers = registers}}, {});
  EXPECT_THAT(lines, testing::EndsWith("\n     10  000A 000B 000C 000D 000E 000F 0010 0011 0012 0013\n"
                                       "     20  0014 0015 0016 0017 0018 0019 001A 001B 001C 001D\n"
                                       "     30  001E\n"));
}

TEST(Print, WithoutADumpThereAreNoRegisters) {
  const std::vector<app::UnitReading> units{{.id = 17, .type = "t", .model = "", .state = {}}};
  EXPECT_FALSE(Json::parse(readDocument(MacAddress{}, units)).at("units").at(0).contains("registers"));
}

}  // namespace
}  // namespace blupow::cli
