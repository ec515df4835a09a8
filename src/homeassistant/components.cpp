#include "homeassistant/components.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "device/state.hpp"
#include "gateway/banks.hpp"
#include "gateway/meters.hpp"
#include "homeassistant/quantities.hpp"
#include "profile/encode.hpp"

namespace blupow::homeassistant {

namespace {

using profile::Field;
using profile::Quantity;
using profile::Type;

constexpr std::string_view kUnknown = "unknown";
constexpr std::string_view kDiagnostic = "diagnostic";
constexpr std::string_view kConfig = "config";
constexpr double kHighestFactor = 4;   // of ranges that count for 12 V, in a system of 48 V
constexpr double kFinestStep = 0.001;  // Home Assistant takes no smaller one
constexpr double kStepsInOne = 1000;

bool isNumber(const Field& field) {
  switch (field.type) {
    case Type::ascii:
    case Type::enumeration:
    case Type::bits:
    case Type::version:
    case Type::hex:
    case Type::alarms:
      return false;
    default:
      return true;
  }
}

void addOption(std::vector<std::string>& options, const std::string& word) {
  if (std::ranges::find(options, word) == options.end()) options.push_back(word);
}

void addWords(std::vector<std::string>& options, const profile::Profile& profile, const Field& field) {
  if (field.type == Type::first) {
    for (const std::string& key : field.inputs) {
      if (const Field* const input = profile.field(key); input != nullptr && input->type != Type::first) addWords(options, profile, *input);
    }
    return;
  }
  for (const profile::Word& value : field.values) addOption(options, value.word);
}

// A code that is not listed is published as "unknown": left out of the options, Home Assistant would keep the word before it.
std::vector<std::string> optionsOf(const profile::Profile& profile, const Field& field) {
  std::vector<std::string> options;
  addWords(options, profile, field);
  addOption(options, std::string(kUnknown));
  return options;
}

double tidy(double number) { return std::round(number * kStepsInOne) / kStepsInOne; }

// What may be set, and what is set now: Home Assistant takes a value outside of the range for an error.
NumberRange rangeOf(const gateway::Unit& unit, const Field& field) {
  const profile::Setting& setting = *field.setting;
  NumberRange range{.step = profile::stepOf(*unit.profile, field, *unit.readings).value_or(kFinestStep)};
  if (const auto now = profile::rangeOf(*unit.profile, field, *unit.readings)) {
    range.lowest = now->lowest;
    range.highest = now->highest;
  } else if (setting.range) {  // the system voltage is not known yet: wide enough for all
    range.lowest = setting.range->lowest;
    range.highest = setting.range->highest * (field.times.empty() ? 1 : kHighestFactor);
  }
  if (const auto reading = profile::numberIn(*unit.readings, field.key)) {
    range.lowest = std::min(range.lowest, *reading);
    range.highest = std::max(range.highest, *reading);
  }
  return {.lowest = tidy(range.lowest), .highest = tidy(range.highest), .step = std::max(tidy(range.step), kFinestStep)};
}

// Likewise: the words that may be written, and the one that is there.
std::vector<std::string> choicesOf(const gateway::Unit& unit, const Field& field) {
  std::vector<std::string> choices;
  for (const std::string& word : profile::choicesOf(field)) addOption(choices, word);
  const auto reading = unit.readings->find(field.key);
  const auto* const word = reading == unit.readings->end() ? nullptr : std::get_if<std::string>(&reading->second);
  if (word != nullptr && *word != kUnknown) addOption(choices, *word);
  return choices;
}

void makeSensor(Component& component, const profile::Profile& profile, const Field& field, const Looks& looks) {
  component.platform = field.quantity == Quantity::contact ? "binary_sensor" : "sensor";
  component.state_class = looks.state_class;
  component.category = field.category == profile::Category::primary ? "" : kDiagnostic;
  if (field.quantity == Quantity::word) component.options = optionsOf(profile, field);
  if (isNumber(field) && !component.state_class.empty()) component.precision = field.decimals;
}

void makeControl(Component& component, const Settings& settings, const gateway::Unit& unit, const Field& field) {
  component.command_topic = Topics(settings).setting(placeOf(unit), field.key);
  component.category = field.setting->always ? "" : kConfig;
  if (field.quantity == Quantity::contact) {
    component.platform = "switch";
    if (field.key == "load_status") {  // as users of the first BluPow know it
      component.name = "Load";
      component.object = "load";
    }
  } else if (isNumber(field)) {
    component.platform = "number";
    component.range = rangeOf(unit, field);
  } else {
    component.platform = "select";
    component.device_class.clear();
    component.options = choicesOf(unit, field);
  }
}

Component componentOf(const Settings& settings, const gateway::Unit& unit, const Field& field) {
  const Looks looks = looksOf(field.quantity, field.unit);
  Component component{
      .key = field.key,
      .name = field.name,
      .unit = field.unit,
      .device_class = std::string(looks.device_class),
      .icon = field.icon.empty() ? std::string(looks.icon) : field.icon,
      .enabled = field.enabled,
  };
  std::ranges::replace(component.name, '_', ' ');
  if (field.setting && (settings.allow_settings || field.setting->always)) {
    makeControl(component, settings, unit, field);
  } else {
    makeSensor(component, *unit.profile, field, looks);
  }
  return component;
}

bool isAnswered(const gateway::Unit& unit, const Field& field) {
  const std::set<std::string>& answered = unit.identity->answered_blocks;
  return unit.profile->tells(field, {answered.begin(), answered.end()});
}

// Counted fields only as far as the device itself counts.
bool isThere(const gateway::Unit& unit, const Field& field) {
  if (field.count.empty()) return true;
  if (const auto reading = profile::numberIn(*unit.readings, field.count)) return field.index <= *reading;
  const auto kept = unit.identity->counts.find(field.count);
  return kept != unit.identity->counts.end() && field.index <= kept->second;
}

bool isListed(const gateway::Unit& unit, const Field& field) {
  if (!field.published) return false;
  return unit.readings->contains(field.key) || (isAnswered(unit, field) && isThere(unit, field));
}

Component componentOf(const profile::Meter& meter) {
  const Looks looks = looksOf(Quantity::energy_total, gateway::kMeterUnit);
  return {.key = meter.key,
          .name = meter.name,
          .unit = std::string(gateway::kMeterUnit),
          .device_class = std::string(looks.device_class),
          .state_class = std::string(looks.state_class),
          .precision = gateway::kMeterDecimals};
}

// A meter is in the state as long as its power can be told: were it listed by the state alone, it would go while the store is read.
bool isListed(const gateway::Unit& unit, const profile::Meter& meter) {
  const Field* const power = unit.profile->field(meter.power);
  return unit.readings->contains(meter.key) || (power != nullptr && isAnswered(unit, *power) && isThere(unit, *power));
}

std::vector<std::string> reasons() {
  std::vector<std::string> words;
  constexpr auto kLast = static_cast<int>(device::ConnectionReason::handed_over);
  for (int reason = 0; reason <= kLast; ++reason) words.emplace_back(device::words(static_cast<device::ConnectionReason>(reason)));
  return words;
}

}  // namespace

UnitPlace placeOf(const gateway::Unit& unit) {
  if (unit.first) return {.address = unit.address, .id = std::nullopt};
  return {.address = unit.address, .id = unit.identity->known_as};
}

std::vector<Component> unitComponents(const Settings& settings, const gateway::Unit& unit) {
  std::vector<Component> components;
  for (const Field& field : unit.profile->fields) {
    if (isListed(unit, field)) components.push_back(componentOf(settings, unit, field));
  }
  for (const profile::Meter& meter : unit.profile->meters) {
    if (isListed(unit, meter)) components.push_back(componentOf(meter));
  }
  return components;
}

std::vector<Component> linkComponents(const Settings& settings, const MacAddress& address) {
  const Topics topics(settings);
  const UnitPlace place{.address = address, .id = std::nullopt};
  // Those that change with every poll are for whoever looks into a bad connection.
  std::vector<Component> components = {
      {.key = "connection_reason", .name = "Connection Reason", .device_class = "enum", .icon = "mdi:bluetooth-settings", .options = reasons()},
      {.key = "rssi",
       .name = "Signal Strength",
       .unit = "dBm",
       .device_class = "signal_strength",
       .state_class = "measurement",
       .precision = 0,
       .enabled = false},
      {.key = "success_rate",
       .name = "Poll Success Rate",
       .unit = "%",
       .state_class = "measurement",
       .icon = "mdi:check-network-outline",
       .precision = 0,
       .enabled = false},
      {.key = "poll_duration",
       .name = "Poll Duration",
       .unit = "s",
       .device_class = "duration",
       .state_class = "measurement",
       .precision = 2,
       .enabled = false},
      {.key = "reconnects", .name = "Reconnects", .state_class = "total_increasing", .icon = "mdi:bluetooth-connect", .precision = 0},
      {.key = "last_success", .name = "Last Success", .device_class = "timestamp"},
      {.platform = "switch",
       .key = std::string(kBluetoothConnection),
       .name = "Bluetooth Connection",
       .icon = "mdi:bluetooth",
       .category = std::string(kConfig),
       .state_key = "bluetooth",
       .command_topic = topics.setting(place, kBluetoothConnection)},
      {.platform = "button", .key = std::string(kRefresh), .name = "Refresh", .icon = "mdi:refresh", .command_topic = topics.setting(place, kRefresh)},
  };
  for (Component& component : components) {
    if (component.category.empty()) component.category = kDiagnostic;
    component.status_topic = topics.gatewayStatus();
    if (component.platform != "button") component.state_topic = topics.link(address);
  }
  return components;
}

std::vector<Component> bankComponents() {
  std::vector<Component> components = {
      {.key = "count", .name = "Batteries", .state_class = "measurement", .icon = "mdi:battery-sync", .precision = 0, .category = std::string(kDiagnostic)},
  };
  for (const gateway::BankField& field : gateway::kBankFields) {
    const Looks looks = looksOf(field.quantity, field.unit);
    components.push_back({.key = std::string(field.key),
                          .name = std::string(field.name),
                          .unit = std::string(field.unit),
                          .device_class = std::string(looks.device_class),
                          .state_class = std::string(looks.state_class),
                          .icon = std::string(looks.icon),
                          .precision = field.decimals});
  }
  return components;
}

}  // namespace blupow::homeassistant
