#include "gateway/rig.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace blupow::test {

using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t kModel = 12;
constexpr std::uint16_t kLive = 256;
constexpr std::uint16_t kPowerModel = 4311;
constexpr std::uint16_t kPower = 4000;

profile::Profile family(std::string type, std::uint8_t unit, std::uint16_t model_at, const std::string& pattern) {
  profile::Profile profile;
  profile.type = std::move(type);
  profile.name = profile.type;
  profile.manufacturer = "Renogy";
  profile.advertised_names = {"BT-TH-"};
  profile.gatt = {"ffd0", "ffd1", "fff0", "fff1"};
  profile.unit_ids = {unit};
  profile.identify = {{.address = model_at, .words = 8, .pattern = pattern, .expression = std::regex(pattern)}};
  return profile;
}

profile::Field number(std::string key, std::string block, std::uint16_t address, double scale) {
  profile::Field field;
  field.key = std::move(key);
  field.name = field.key;
  field.block = std::move(block);
  field.address = address;
  field.scale = scale;
  field.decimals = scale < 1 ? 1 : 0;
  return field;
}

}  // namespace

profile::Catalogue testCatalogue() {
  profile::Profile solar = family("test_solar", 255, kModel, "^SOLAR");
  solar.blocks = {{"live", kLive, 3, profile::Interval::normal}, {"model", kModel, 8, profile::Interval::once}};
  solar.fields = {number("soc", "live", kLive, 1), number("voltage", "live", kLive + 1, 0.1), number("limit", "live", kLive + 2, 1)};
  solar.fields[1].setting = {.range = profile::Limits{10, 15}};
  solar.fields[2].setting = {.range = profile::Limits{0, 100}, .always = true};
  profile::Profile power = family("test_power", 32, kPowerModel, "^POWER");
  power.blocks = {{"live", kPower, 1, profile::Interval::normal}};
  power.fields = {number("load", "live", kPower, 1)};
  return profile::Catalogue({std::make_shared<const profile::Profile>(solar), std::make_shared<const profile::Profile>(power)});
}

profile::ProfilePtr describedFamily() {
  profile::Profile heater = family("generic_modbus_device", 5, 0, "");
  heater.identify.clear();
  heater.blocks = {{"heat", 700, 1, profile::Interval::normal}};
  heater.fields = {number("heat", "heat", 700, 1)};
  return std::make_shared<const profile::Profile>(heater);
}

FakeModule solarModule(const MacAddress& address) {
  FakeModule module{.address = address, .words = {{kLive, 80}, {kLive + 1, 132}, {kLive + 2, 50}}};
  putText(module, kModel, "SOLAR-40");
  return module;
}

FakeModule powerModule(const MacAddress& address) {
  FakeModule module{.address = address, .unit = 32, .words = {{kPower, 700}}};
  putText(module, kPowerModel, "POWER-3000");
  return module;
}

MacAddress mac(int number) {
  std::array<char, 18> text{};
  std::snprintf(text.data(), text.size(), "02:00:00:00:00:%02X", static_cast<unsigned>(number));
  return *MacAddress::parse(text.data());
}

void MemoryStore::save(std::vector<gateway::StoredDevice> devices, std::move_only_function<void(Result<>)> done) {
  ++saves;
  ++under_way;
  timers_.push_back(loop_.at(loop_.now() + 10ms, "save", [this, devices = std::move(devices), done = std::move(done)]() mutable {
    --under_way;
    if (!failure) stored = std::move(devices);
    done(failure ? Result<>(std::unexpected(*failure)) : Result<>());
  }));
}

void Journal::unitPolled(const gateway::Device& device, const gateway::Unit& unit) {
  entries.push_back("polled " + device.address.text());
  readings = *unit.readings;
  polls[device.address].push_back(loop->now());
  if (unit.first) settled[device.address] = unit.settled;
}

std::size_t Journal::count(std::string_view entry) const { return static_cast<std::size_t>(std::ranges::count(entries, entry)); }

std::optional<std::size_t> Journal::position(std::string_view entry) const {
  const auto found = std::ranges::find(entries, entry);
  if (found == entries.end()) return std::nullopt;
  return static_cast<std::size_t>(found - entries.begin());
}

Rig::Rig(gateway::Settings settings) : gateway(loop, transport, catalogue, store, std::move(settings)), subscription(gateway.subscribe(journal)) {
  journal.loop = &loop;
}

Rig::~Rig() = default;

gateway::StoredDevice Rig::known(const FakeModule& module) {
  const bool solar = module.words.contains(kLive);
  const auto type = catalogue.find(solar ? "test_solar" : "test_power");
  transport.add(module);
  return {.address = module.address,
          .type = type->type,
          .units = {{.id = solar ? std::uint8_t{255} : std::uint8_t{32}, .family = type, .model = solar ? "SOLAR-40" : "POWER-3000"}}};
}

bool Rig::runUntil(Duration bound, const std::function<bool()>& holds) {
  const TimePoint begin = loop.now();
  loop.settle();
  while (!holds() && loop.now() < begin + bound) loop.advance(10ms);
  took = loop.now() - begin;
  return holds();
}

template <typename T>
std::expected<T, gateway::CommandFailure> Rig::answered(Duration bound, const std::function<void(gateway::Answer<T>)>& ask) {
  std::optional<std::expected<T, gateway::CommandFailure>> answer;
  ask([&](std::expected<T, gateway::CommandFailure> outcome) { answer = std::move(outcome); });
  EXPECT_FALSE(answer.has_value()) << "answered inside the call";
  EXPECT_TRUE(runUntil(bound, [&] { return answer.has_value(); }));
  return answer.value_or(std::unexpected(gateway::CommandFailure{gateway::Refusal::failed, "not answered"}));
}

Rig::Added Rig::add(const gateway::AddRequest& request) {
  return answered<gateway::DeviceSummary>(26s, [&](auto answer) { gateway.add(request, std::move(answer)); });
}

Rig::Done Rig::remove(const MacAddress& address) {
  return answered<void>(12s, [&](auto answer) { gateway.remove(address, std::move(answer)); });
}

Rig::Added Rig::refresh(const MacAddress& address) {
  return answered<gateway::DeviceSummary>(30s, [&](auto answer) { gateway.refresh(address, std::move(answer)); });
}

Rig::Added Rig::identify(const MacAddress& address) {
  return answered<gateway::DeviceSummary>(30s, [&](auto answer) { gateway.identify(address, std::move(answer)); });
}

Rig::Done Rig::release(const MacAddress& address, std::chrono::minutes time) {
  return answered<void>(30s, [&](auto answer) { gateway.release(address, time, std::move(answer)); });
}

Rig::Done Rig::resume(const MacAddress& address) {
  return answered<void>(30s, [&](auto answer) { gateway.resume(address, std::move(answer)); });
}

Rig::Done Rig::set(const gateway::UnitAddress& unit, const std::string& key, const std::string& text) {
  return answered<void>(25s, [&](auto answer) { gateway.set(unit, key, text, std::move(answer)); });
}

}  // namespace blupow::test
