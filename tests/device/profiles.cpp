#include "device/profiles.hpp"

#include <memory>
#include <regex>
#include <utility>

namespace blupow::device::test {

namespace {
using profile::Block;
using profile::Field;
using profile::Interval;
using profile::Type;

const profile::Gatt kGatt{.write_service = "ffd0", .write = "ffd1", .notify_service = "fff0", .notify = "fff1"};

Field number(std::string key, std::string block, std::uint16_t address, double scale = 1) {
  return {.key = key, .name = key, .block = std::move(block), .address = address, .scale = scale, .decimals = scale < 1 ? 1 : 0};
}

profile::IdentifyRead identifyRead(std::uint16_t address, const std::string& pattern) {
  return {.address = address, .words = 8, .pattern = pattern, .expression = std::regex(pattern)};
}
}  // namespace

profile::Profile inverter() {
  profile::Profile family;
  family.type = "renogy_inverter";
  family.guess = "^BTRIC";
  family.gatt = kGatt;
  family.unit_ids = {kInverterId, 255};
  family.identify = {identifyRead(4311, "^RIV")};
  family.answer_timeout = std::chrono::seconds(5);
  family.blocks = {{"live", 4000, 10, Interval::fast},
                   {"charging", 4327, 7, Interval::normal},
                   {"load", 4408, 6, Interval::normal},
                   {"model", 4311, 8, Interval::once},
                   {"id", 4109, 1, Interval::once}};
  family.fields = {number("input_voltage", "live", 4000, 0.1), number("battery_voltage", "live", 4005, 0.1), number("battery_soc", "charging", 4327),
                   number("load_power", "load", 4409), number("device_id", "id", 4109)};
  family.fields[1].limits = profile::Limits{5, 70};
  family.fields[2].limits = profile::Limits{0, 100};
  family.fields.push_back({.key = "model", .name = "model", .block = "model", .address = 4311, .words = 8, .type = Type::ascii});
  return family;
}

profile::Profile controller() {
  profile::Profile family;
  family.type = "renogy_controller";
  family.gatt = kGatt;
  family.unit_ids = {255, 17, 1, 16, 96, 97};
  family.identify = {identifyRead(12, "^(RNG-CTRL|RCC|ML24)")};
  family.blocks = {{"live", 256, 34, Interval::fast}, {"model", 12, 8, Interval::once}, {"version", 20, 4, Interval::slow}};
  family.fields = {number("battery_soc", "live", 256), number("battery_voltage", "live", 257, 0.1)};
  family.fields[0].limits = profile::Limits{0, 100};
  family.fields.push_back({.key = "charging_status",
                           .name = "charging status",
                           .block = "live",
                           .address = 288,
                           .type = Type::enumeration,
                           .mask = 0xFF,
                           .values = {{0, "deactivated"}, {2, "mppt"}}});
  family.fields.push_back({.key = "model", .name = "model", .block = "model", .address = 12, .words = 8, .type = Type::ascii});
  family.fields.push_back({.key = "software_version", .name = "software version", .block = "version", .address = 20, .words = 2, .type = Type::version});
  return family;
}

profile::ProfilePtr shared(profile::Profile family) { return std::make_shared<const profile::Profile>(std::move(family)); }

profile::Catalogue catalogue() { return profile::Catalogue({shared(controller()), shared(inverter())}); }

std::vector<std::uint16_t> wordsOf(const std::string& text, std::size_t words) {
  std::string padded = text;
  padded.resize(words * 2, ' ');
  std::vector<std::uint16_t> registers;
  for (std::size_t i = 0; i < words; ++i) {
    const auto high = static_cast<unsigned char>(padded[2 * i]);
    const auto low = static_cast<unsigned char>(padded[2 * i + 1]);
    registers.push_back(static_cast<std::uint16_t>(high << 8U | low));
  }
  return registers;
}

}  // namespace blupow::device::test
