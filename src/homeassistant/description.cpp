#include "homeassistant/description.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "core/text.hpp"
#include "gateway/names.hpp"

namespace blupow::homeassistant {

namespace {

std::string textOf(const profile::Readings& readings, std::string_view key) {
  const auto reading = readings.find(key);
  if (reading == readings.end()) return {};
  if (const auto* const text = std::get_if<std::string>(&reading->second)) return *text;
  if (const auto* const number = std::get_if<std::int64_t>(&reading->second)) return std::to_string(*number);
  return {};
}

// The first component of a key or a name keeps it: of the device's own fields, one called as something of its link takes its place.
void makeUnique(std::vector<Component>& components) {
  std::set<std::string> keys;
  std::erase_if(components, [&keys](const Component& component) { return !keys.insert(component.key).second; });
  std::set<std::string> names;
  for (Component& component : components) {
    if (names.insert(lowerCase(component.name)).second) continue;
    std::string key = component.key;
    std::ranges::replace(key, '_', ' ');
    component.name += " (" + key + ")";
    names.insert(lowerCase(component.name));
  }
}

}  // namespace

Description describe(const Settings& settings, const gateway::Device& device, const gateway::Unit& unit) {
  const Topics topics(settings);
  const UnitPlace place = placeOf(unit);
  Description description{
      .object_id = topics.objectId(place),
      .identifier = topics.identifier(place),
      .bluetooth_address = unit.first ? device.address.text() : "",
      .name = gateway::unitName(device, unit),
      .manufacturer = unit.profile->manufacturer,
      .model = unit.identity->model,
      .serial_number = unit.identity->serial_number,
      .software_version = textOf(*unit.readings, "software_version"),
      .hardware_version = textOf(*unit.readings, "hardware_version"),
      .page = settings.page,
      .via = topics.gatewayId(),
      .state_topic = topics.state(place),
      .status_topics = {topics.gatewayStatus(), topics.status(place)},
      .program_version = settings.version,
  };
  description.components = unitComponents(settings, unit);
  if (unit.first) std::ranges::move(linkComponents(settings, device.address), std::back_inserter(description.components));
  makeUnique(description.components);
  return description;
}

Description describe(const Settings& settings, const gateway::Bank& bank) {
  const Topics topics(settings);
  return {
      .object_id = topics.bankId(bank.slug),
      .identifier = topics.bankId(bank.slug),
      .name = bank.name,
      .manufacturer = "BluPow",
      .model = "Battery bank",
      .page = settings.page,
      .via = topics.gatewayId(),
      .state_topic = topics.bankState(bank.slug),
      .status_topics = {topics.gatewayStatus(), topics.bankStatus(bank.slug)},
      .program_version = settings.version,
      .components = bankComponents(),
  };
}

Description describeGateway(const Settings& settings) {
  const Topics topics(settings);
  Description description{
      .object_id = topics.gatewayId(),
      .identifier = topics.gatewayId(),
      .name = "BluPow gateway",
      .manufacturer = "BluPow",
      .software_version = settings.version,
      .page = settings.page,
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
  for (Component& component : description.components) component.category = "diagnostic";
  return description;
}

}  // namespace blupow::homeassistant
