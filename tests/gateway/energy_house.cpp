#include "gateway/energy_house.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "modbus/crc16.hpp"

namespace blupow::test {

using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t kModel = 12;
constexpr std::uint16_t kPack = 300;
constexpr std::uint16_t kPackWords = 7;

profile::Profile family(std::string type, const std::string& pattern) {
  profile::Profile profile;
  profile.type = std::move(type);
  profile.name = profile.type;
  profile.advertised_names = {"BT-TH-"};
  profile.gatt = {"ffd0", "ffd1", "fff0", "fff1"};
  profile.unit_ids = {1};
  profile.identify = {{.address = kModel, .words = 8, .pattern = pattern, .expression = std::regex(pattern)}};
  return profile;
}

profile::Field field(const std::string& key, const std::string& block, std::uint16_t address, int decimals = 0) {
  return {.key = key, .name = key, .block = block, .address = address, .type = profile::Type::s16, .scale = std::pow(10, -decimals), .decimals = decimals};
}

std::uint16_t word(double value, int decimals) { return static_cast<std::uint16_t>(static_cast<std::int16_t>(std::lround(value * std::pow(10, decimals)))); }

// The pack of the battery that is asked; nothing from an id that has none.
std::vector<Bytes> answerOf(const std::map<std::uint8_t, Battery>& batteries, const Bytes& request) {
  const auto found = batteries.find(request[0]);
  if (found == batteries.end()) return {};
  const Battery& battery = found->second;
  Bytes frame{request[0], 3, kPackWords * 2};
  for (const std::uint16_t value : {word(battery.current, 2), word(battery.power, 1), word(battery.remaining_ah, 2), word(battery.capacity_ah, 2),
                                    word(battery.soc, 1), word(battery.low_cell, 3), word(battery.high_cell, 3)}) {
    frame.push_back(static_cast<std::uint8_t>(value >> 8U));
    frame.push_back(static_cast<std::uint8_t>(value & 0xFFU));
  }
  const std::uint16_t crc = modbus::crc16(frame);
  frame.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  frame.push_back(static_cast<std::uint8_t>(crc >> 8U));
  return {frame};
}

}  // namespace

void MemoryMeterStore::later(runtime::Task task) {
  if (!hangs) timers_.push_back(loop_.at(loop_.now() + 10ms, "meter store", std::move(task)));
}

void MemoryMeterStore::load(std::move_only_function<void(Result<gateway::MeterValues>)> done) {
  later([this, done = std::move(done)]() mutable { done(failure ? Result<gateway::MeterValues>(std::unexpected(*failure)) : values); });
}

void MemoryMeterStore::save(gateway::MeterValues changed, std::move_only_function<void(Result<>)> done) {
  saves.push_back(loop_.now());
  later([this, changed = std::move(changed), done = std::move(done)]() mutable {
    if (!failure) {
      for (const auto& [place, value] : changed) values.insert_or_assign(place, value);
    }
    done(failure ? Result<>(std::unexpected(*failure)) : Result<>());
  });
}

void MemoryMeterStore::forget(std::string place_prefix) {
  later([this, prefix = std::move(place_prefix)] { std::erase_if(values, [&](const auto& value) { return value.first.starts_with(prefix); }); });
}

void EnergyJournal::unitPolled(const gateway::Device& device, const gateway::Unit& unit) {
  units[device.address.text() + "_" + std::to_string(unit.identity->known_as)].push_back({loop_.now(), *unit.readings, unit.online});
}

profile::Catalogue energyCatalogue() {
  profile::Profile meter = family("test_meter", "^METER");
  meter.blocks = {{"live", kSolarPower, 2, profile::Interval::normal}, {"other", kOther, 1, profile::Interval::normal}};
  meter.fields = {field("solar_power", "live", kSolarPower), field("battery_power", "live", kBatteryPower), field("other", "other", kOther)};
  meter.fields[0].type = profile::Type::u16;
  meter.fields[0].limits = profile::Limits{0, 4000};
  meter.fields[1].limits = profile::Limits{-5000, 5000};
  meter.meters = {{"solar_energy", "Solar Energy", "solar_power", 0},
                  {"charge_energy", "Charge Energy", "battery_power", 1},
                  {"discharge_energy", "Discharge Energy", "battery_power", -1},
                  {"load_energy", "Load Energy", "load_power", 0}};  // a power that these devices do not tell
  profile::Profile battery = family("test_battery", "^BATTERY");
  battery.blocks = {{"pack", kPack, kPackWords, profile::Interval::normal}};
  battery.fields = {field("current", "pack", kPack, 2),           field("power", "pack", kPack + 1, 1), field("remaining_ah", "pack", kPack + 2, 2),
                    field("capacity_ah", "pack", kPack + 3, 2),   field("soc", "pack", kPack + 4, 1),   field("cell_voltage_1", "pack", kPack + 5, 3),
                    field("cell_voltage_2", "pack", kPack + 6, 3)};
  return profile::Catalogue({std::make_shared<const profile::Profile>(meter), std::make_shared<const profile::Profile>(battery)});
}

EnergyHouse::EnergyHouse(gateway::Settings with) : settings(std::move(with)) {}

EnergyHouse::~EnergyHouse() = default;

gateway::StoredDevice EnergyHouse::meter(int number) {
  FakeModule module{.address = mac(number), .words = {{kSolarPower, 0}, {kBatteryPower, 0}, {kOther, 7}}};
  putText(module, kModel, "METER-1");
  transport.add(module);
  store.stored.push_back({.address = mac(number), .type = "test_meter", .units = {{.id = 1, .family = catalogue.find("test_meter"), .known_as = 1}}});
  return store.stored.back();
}

gateway::StoredDevice EnergyHouse::hub(int number, std::map<std::uint8_t, Battery> batteries) {
  gateway::StoredDevice hub{.address = mac(number), .type = "test_battery", .name = "Shed"};
  for (const auto& [id, battery] : batteries) hub.units.push_back({.id = id, .family = catalogue.find("test_battery"), .known_as = id});
  hubs[mac(number)] = std::move(batteries);
  FakeModule module{.address = mac(number)};
  module.script = [this, address = mac(number)](const Bytes& request) { return answerOf(hubs.at(address), request); };
  transport.add(std::move(module));
  store.stored.push_back(hub);
  return hub;
}

void EnergyHouse::start() {
  gateway = std::make_unique<gateway::Gateway>(loop, transport, catalogue, store, settings, &meters);
  subscription = gateway->subscribe(journal);
  gateway->start(store.stored);
}

void EnergyHouse::stop() {
  bool stopped = false;
  gateway->stop([&] { stopped = true; });
  const TimePoint begin = loop.now();
  while (!stopped && loop.now() < begin + 4s) loop.advance(10ms);
  EXPECT_TRUE(stopped);
  subscription = {};
  gateway.reset();
}

void EnergyHouse::kill() {
  meters.lose();
  subscription = {};
  gateway.reset();
}

double EnergyHouse::shown(const std::string& unit, const std::string& key) {
  const std::vector<double> all = series(unit, key);
  return all.empty() ? -1 : all.back();
}

std::vector<double> EnergyHouse::series(const std::string& unit, const std::string& key) {
  std::vector<double> values;
  for (const Told& told : journal.units[unit]) {
    const auto found = told.readings.find(key);
    if (found == told.readings.end()) continue;
    const auto* whole = std::get_if<std::int64_t>(&found->second);
    values.push_back(whole != nullptr ? static_cast<double>(*whole) : std::get<double>(found->second));
  }
  return values;
}

}  // namespace blupow::test
