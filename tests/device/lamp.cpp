#include "device/lamp.hpp"

#include "device/profiles.hpp"
#include "modbus/frame.hpp"

namespace blupow::device::test {

namespace {
constexpr std::uint16_t kLive = 0x0100;
constexpr std::uint16_t kSettings = 0xE001;
constexpr std::uint16_t kHistory = 0xF000;
constexpr Duration kLatency = std::chrono::milliseconds(80);
}  // namespace

profile::Profile lamp() {
  using profile::Field;
  using profile::Setting;
  using profile::Type;
  profile::Profile family = controller();
  family.unit_ids = {kLampId};
  family.blocks = {
      {"live", kLive, 34, profile::Interval::fast}, {"settings", kSettings, 31, profile::Interval::slow}, {"model", 12, 8, profile::Interval::once}};
  std::erase_if(family.fields, [](const Field& field) { return field.block == "version"; });
  family.fields.push_back({.key = "solar_power", .name = "solar power", .block = "live", .address = 0x0109, .unit = "W", .quantity = profile::Quantity::power});
  family.fields.push_back({.key = "load_status",
                           .name = "load",
                           .block = "live",
                           .address = 0x0120,
                           .type = Type::enumeration,
                           .mask = 0x8000,
                           .shift = 15,
                           .values = {{0, "off"}, {1, "on"}},
                           .setting = Setting{.address = kLoad, .always = true, .follows_key = "load_mode", .follows_word = "manual"}});
  family.fields.push_back({.key = "load_mode",
                           .name = "load mode",
                           .block = "settings",
                           .address = 0xE01D,
                           .type = Type::enumeration,
                           .values = {{0, "street light"}, {15, "manual"}}});
  family.fields.push_back({.key = "boost_voltage",
                           .name = "boost voltage",
                           .block = "settings",
                           .address = 0xE008,
                           .scale = 0.1,
                           .decimals = 1,
                           .unit = "V",
                           .setting = Setting{.range = profile::Limits{.lowest = 7, .highest = 17}}});
  family.fields.push_back({.key = "battery_type",
                           .name = "battery type",
                           .block = "settings",
                           .address = 0xE004,
                           .type = Type::enumeration,
                           .values = {{0, "custom"}, {1, "open"}, {2, "sealed"}, {4, "lithium"}},
                           .setting = Setting{}});
  profile::History history{.address = kHistory, .words = 10, .days = 7, .fields = {}};
  history.fields = {{.key = "battery_min_voltage", .name = "lowest", .address = 0, .scale = 0.1, .decimals = 1},
                    {.key = "power_generation", .name = "generation", .address = 8}};
  family.history = history;
  return family;
}

Lamp::Lamp() {
  std::vector<std::uint16_t> live(34, 0);
  live[0] = 99;
  live[1] = 132;
  live[32] = 2;
  std::vector<std::uint16_t> settings(31, 0);
  settings[0xE004 - kSettings] = 2;
  settings[0xE008 - kSettings] = 144;
  settings[0xE01D - kSettings] = 15;
  module.latency = kLatency;
  module.exceptions = true;
  module.blocks[kLampId] = {{kLive, live}, {kSettings, settings}, {12, wordsOf("RNG-CTRL-RVR40", 8)}};
  for (std::uint16_t day = 0; day < 9; ++day) days.push_back({120, 0, 0, 0, 0, 0, 0, 0, static_cast<std::uint16_t>(1000 + day), 0});
}

std::vector<Notification> Lamp::operator()(const Bytes& request) {
  const auto address = static_cast<std::uint16_t>(request[2] << 8U | request[3]);
  const auto value = static_cast<std::uint16_t>(request[4] << 8U | request[5]);
  if (request[1] == 0x06) return write(request, address, value);
  if (address < kHistory) return module(request);
  ++days_asked;
  if (silent_days || request[0] != kLampId) return {};
  const std::size_t day = address - kHistory;
  return {{kLatency, day < days.size() && value == 10 ? answerTo(kLampId, days[day]) : exceptionFrom(kLampId)}};
}

std::vector<Notification> Lamp::write(const Bytes& request, std::uint16_t address, std::uint16_t value) {
  written.emplace_back(address, value);
  if (request[0] != kLampId) return {};
  if (silent_writes > 0) {
    --silent_writes;
    if (silent_ones_work) follow(address, value);
    return {};
  }
  if (refuses) return {{kLatency, exceptionFrom(kLampId, *refuses, 0x06)}};
  if (deaf > 0) {
    --deaf;
  } else if (follows) {
    follow(address, value);
  }
  if (other_echo) return {{kLatency, modbus::encode(modbus::Request::writeOne(kLampId, static_cast<std::uint16_t>(address + 1), value))}};
  return {{kLatency, corrupt_echo ? corrupted(request) : request}};
}

void Lamp::follow(std::uint16_t address, std::uint16_t value) {
  auto& blocks = module.blocks[kLampId];
  if (address == kLoad) {
    blocks[kLive][32] = static_cast<std::uint16_t>((blocks[kLive][32] & 0xFFU) | (value != 0 ? 0x8000U : 0U));
  } else {
    blocks[kSettings][address - kSettings] = value;
  }
}

}  // namespace blupow::device::test
