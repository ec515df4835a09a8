#include "device/hub.hpp"

#include <algorithm>

#include "device/profiles.hpp"

namespace blupow::device::test {

namespace {
using profile::Field;
using profile::Interval;
using profile::Type;

profile::IdentifyRead text(std::uint16_t address, const std::string& pattern) {
  return {.address = address, .words = 8, .pattern = pattern, .expression = std::regex(pattern)};
}

void addSerialBlock(profile::Profile& family) {
  family.blocks.push_back({"serial", 24, 3, Interval::once});
  family.fields.push_back({.key = "serial_number", .name = "serial number", .block = "serial", .address = 24, .words = 2, .type = Type::hex});
  family.fields.push_back({.key = "device_id", .name = "device id", .block = "serial", .address = 26, .type = Type::low_byte});
}

void put(std::vector<std::uint16_t>& into, std::size_t at, const std::vector<std::uint16_t>& words) {
  std::ranges::copy(words, into.begin() + static_cast<std::ptrdiff_t>(at));
}
}  // namespace

profile::Profile hubController() {
  profile::Profile family = controller();
  family.name = "charge controller";
  family.fields[1].limits = profile::Limits{5, 70};
  addSerialBlock(family);
  return family;
}

profile::Profile hubCharger() {
  profile::Profile family = hubController();
  family.type = "renogy_dcc";
  family.name = "DC-DC charger";
  family.unit_ids = {255, 96, 1, 97};
  family.identify = {text(12, "^(RBC|DCC)")};
  family.blocks[0].words = 30;
  std::erase_if(family.fields, [](const Field& field) { return field.key == "charging_status"; });
  return family;
}

profile::Profile hubBattery() {
  profile::Profile family;
  family.type = "renogy_battery";
  family.name = "battery";
  family.guess = "^RNG";
  family.gatt = controller().gatt;
  family.unit_ids = {48, 255, 49, 50, 51, 33, 34, 35, 247, 52, 53, 54, 55};
  family.identify = {text(5122, "^RBT")};
  family.blocks = {{"cells", 5000, 34, Interval::normal}, {"pack", 5042, 7, Interval::fast}, {"info", 5104, 28, Interval::once}};
  family.fields.push_back({.key = "cell_count", .name = "cell count", .block = "cells", .address = 5000});
  for (std::uint16_t cell = 1; cell <= 4; ++cell) {
    family.fields.push_back({.key = "cell_voltage_" + std::to_string(cell),
                             .name = "cell",
                             .block = "cells",
                             .address = static_cast<std::uint16_t>(5000 + cell),
                             .scale = 0.1,
                             .decimals = 1,
                             .count = "cell_count",
                             .index = cell});
  }
  family.fields.push_back(
      {.key = "battery_voltage", .name = "voltage", .block = "pack", .address = 5043, .scale = 0.1, .decimals = 1, .limits = profile::Limits{5, 70}});
  family.fields.push_back({.key = "current", .name = "current", .block = "pack", .address = 5042, .type = Type::s16, .scale = 0.01, .decimals = 2});
  family.fields.push_back({.key = "power", .name = "power", .type = Type::product, .inputs = {"battery_voltage", "current"}});
  family.fields.push_back({.key = "serial_number", .name = "serial number", .block = "info", .address = 5110, .words = 8, .type = Type::ascii});
  family.fields.push_back({.key = "model", .name = "model", .block = "info", .address = 5122, .words = 8, .type = Type::ascii});
  return family;
}

profile::Profile hubInverter() {
  profile::Profile family = inverter();
  family.name = "inverter";
  family.identify.push_back({.address = 4000, .words = 10, .plausible = true, .names = "^BT-TH-", .model = "RIV4835CSH1S"});
  return family;
}

profile::Catalogue hubCatalogue() { return profile::Catalogue({shared(hubBattery()), shared(hubController()), shared(hubCharger()), shared(hubInverter())}); }

Registers controllerRegisters(std::uint16_t serial, std::uint8_t own_id, std::uint16_t mark, const std::string& model) {
  std::vector<std::uint16_t> live(34, 0);
  live[0] = 99;
  live[1] = mark;
  return {{256, live}, {12, wordsOf("  " + model, 8)}, {20, {0, 0x0102, 0, 1}}, {24, {0x1501, serial, own_id}}};
}

Registers chargerRegisters(std::uint16_t serial, std::uint8_t own_id, std::uint16_t mark) {
  Registers registers = controllerRegisters(serial, own_id, mark, "RBC50D1S-G1");
  registers[256].resize(30);
  return registers;
}

Registers batteryRegisters(const std::string& serial, std::uint16_t mark) {
  std::vector<std::uint16_t> cells(34, 0);
  cells[0] = 4;
  for (std::size_t i = 1; i <= 4; ++i) cells[i] = 33;
  std::vector<std::uint16_t> info(28, 0);
  put(info, 6, wordsOf(serial, 8));
  put(info, 18, wordsOf("RBT100LFP12-BT", 8));
  return {{5000, cells}, {5042, {100, mark, 0, 0, 0, 0, 0}}, {5104, info}, {5122, wordsOf("RBT100LFP12-BT", 8)}};
}

Registers inverterRegisters() { return inverterModule().blocks.at(kInverterId); }

Module hubModule() {
  Module module;
  module.blocks = {{97, controllerRegisters(7, 97, 131)}, {96, chargerRegisters(8, 96, 132)},  {32, inverterRegisters()},
                   {48, batteryRegisters("SN-A", 133)},   {49, batteryRegisters("SN-B", 134)}, {50, batteryRegisters("SN-C", 135)},
                   {51, batteryRegisters("SN-D", 136)}};
  return module;
}

}  // namespace blupow::device::test
