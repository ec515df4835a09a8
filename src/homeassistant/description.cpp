#include "homeassistant/description.hpp"

#include <algorithm>

#include "homeassistant/quantities.hpp"

namespace blupow::homeassistant {

namespace {

using profile::Field;
using profile::Quantity;
using profile::Type;

constexpr std::size_t kNameDigits = 4;

std::string lastDigits(const std::string& text) { return text.size() <= kNameDigits ? text : text.substr(text.size() - kNameDigits); }

std::string textOf(const profile::Readings& readings, std::string_view key) {
  const auto reading = readings.find(key);
  if (reading == readings.end()) return {};
  if (const auto* const text = std::get_if<std::string>(&reading->second)) return *text;
  if (const auto* const number = std::get_if<std::int64_t>(&reading->second)) return std::to_string(*number);
  return {};
}

bool isNumber(const Field& field) {
  switch (field.type) {
    case Type::ascii:
    case Type::enumeration:
    case Type::bits:
    case Type::version:
    case Type::hex:
      return false;
    default:
      return true;
  }
}

// A code that is not listed is published as "unknown": left out of the options, Home Assistant would keep the word before it.
std::vector<std::string> optionsOf(const Field& field) {
  std::vector<std::string> options;
  for (const profile::Word& value : field.values) {
    if (std::ranges::find(options, value.word) == options.end()) options.push_back(value.word);
  }
  if (std::ranges::find(options, "unknown") == options.end()) options.emplace_back("unknown");
  return options;
}

Component componentOf(const Field& field) {
  const Looks looks = looksOf(field.quantity, field.unit);
  Component component{
      .platform = field.quantity == Quantity::contact ? "binary_sensor" : "sensor",
      .key = field.key,
      .name = field.name,
      .unit = field.unit,
      .device_class = std::string(looks.device_class),
      .state_class = std::string(looks.state_class),
      .icon = field.icon.empty() ? std::string(looks.icon) : field.icon,
      .diagnostic = field.category != profile::Category::primary,
      .enabled = field.enabled,
  };
  std::ranges::replace(component.name, '_', ' ');
  if (field.quantity == Quantity::word) component.options = optionsOf(field);
  if (isNumber(field) && !component.state_class.empty()) component.precision = field.decimals;
  return component;
}

bool isListed(const Field& field, const gateway::Unit& unit) {
  return unit.identity->answered_blocks.contains(field.block) || unit.readings->contains(field.key);
}

std::string modelOf(const gateway::Unit& unit) { return unit.identity->model.empty() ? unit.profile->name : unit.identity->model; }

}  // namespace

UnitPlace placeOf(const gateway::Unit& unit) {
  if (unit.first) return {.address = unit.address, .id = std::nullopt};
  return {.address = unit.address, .id = unit.identity->id};
}

std::string deviceName(const gateway::Device& device, const gateway::Unit& unit) {
  if (unit.first) return device.name.empty() ? modelOf(unit) + " " + lastDigits(device.address.digits()) : device.name;
  const std::string& serial = unit.identity->serial_number;
  return modelOf(unit) + " " + (serial.empty() ? std::to_string(unit.identity->id) : lastDigits(serial));
}

Description describe(const Settings& settings, const gateway::Device& device, const gateway::Unit& unit) {
  const Topics topics(settings);
  const UnitPlace place = placeOf(unit);
  Description description{
      .object_id = topics.objectId(place),
      .identifier = topics.identifier(place),
      .bluetooth_address = unit.first ? device.address.text() : "",
      .name = deviceName(device, unit),
      .manufacturer = unit.profile->manufacturer,
      .model = unit.identity->model,
      .serial_number = unit.identity->serial_number,
      .software_version = textOf(*unit.readings, "software_version"),
      .hardware_version = textOf(*unit.readings, "hardware_version"),
      .via = topics.gatewayId(),
      .state_topic = topics.state(place),
      .status_topics = {topics.gatewayStatus(), topics.status(place)},
      .program_version = settings.version,
  };
  for (const Field& field : unit.profile->fields) {
    if (isListed(field, unit)) description.components.push_back(componentOf(field));
  }
  return description;
}

Description describeGateway(const Settings& settings) {
  const Topics topics(settings);
  Description description{
      .object_id = topics.gatewayId(),
      .identifier = topics.gatewayId(),
      .name = "BluPow gateway",
      .manufacturer = "BluPow",
      .software_version = settings.version,
      .state_topic = topics.gatewayState(),
      .status_topics = {topics.gatewayStatus()},
      .program_version = settings.version,
      .components =
          {
              {.key = "version", .name = "Version", .icon = "mdi:information-outline"},
              {.key = "started_at", .name = "Started At", .device_class = "timestamp"},
              {.key = "adapter", .name = "Bluetooth Adapter", .icon = "mdi:bluetooth"},
              {.key = "devices", .name = "Devices", .state_class = "measurement", .icon = "mdi:solar-power", .precision = 0},
              {.key = "polls_ok", .name = "Successful Polls", .state_class = "total_increasing", .icon = "mdi:check-circle-outline", .precision = 0},
              {.key = "polls_failed", .name = "Failed Polls", .state_class = "total_increasing", .icon = "mdi:alert-circle-outline", .precision = 0},
              {.key = "last_success", .name = "Last Success", .device_class = "timestamp"},
              {.key = "poll_time", .name = "Poll Time", .unit = "s", .device_class = "duration", .state_class = "measurement", .precision = 2},
          },
  };
  for (Component& component : description.components) component.diagnostic = true;
  return description;
}

}  // namespace blupow::homeassistant
