#include "homeassistant/documents.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace blupow::homeassistant {

namespace {

using nlohmann::json;

std::string rendered(const json& document) { return document.dump(-1, ' ', false, json::error_handler_t::replace); }

void addIfAny(json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

json deviceOf(const Description& description) {
  json device = {{"identifiers", {description.identifier}}, {"name", description.name}};
  if (!description.bluetooth_address.empty()) device["connections"] = json::array({json::array({"bluetooth", description.bluetooth_address})});
  addIfAny(device, "manufacturer", description.manufacturer);
  addIfAny(device, "model", description.model);
  addIfAny(device, "serial_number", description.serial_number);
  addIfAny(device, "sw_version", description.software_version);
  addIfAny(device, "hw_version", description.hardware_version);
  addIfAny(device, "via_device", description.via);
  return device;
}

// What both forms share: who, from whom, and when it is available.
json rootOf(const Description& description) {
  json root = {{"device", deviceOf(description)}, {"origin", {{"name", "BluPow"}}}, {"availability", json::array()}, {"availability_mode", "all"}, {"qos", 1}};
  addIfAny(root["origin"], "sw_version", description.program_version);
  for (const std::string& topic : description.status_topics) root["availability"].push_back({{"topic", topic}});
  return root;
}

// A missing key becomes None, shown as unknown; value_json.key would keep the old value.
std::string templateOf(const std::string& key) { return "{{ value_json.get('" + key + "') }}"; }

// Home Assistant cuts longer ids at their end, where the key is (MAX_LENGTH_STATE_ENTITY_ID of its const.py).
constexpr std::size_t kLongestEntityId = 255;

std::string entityId(const Description& description, const EntityPlace& entity) {
  std::string device = slug(description.name);
  if (device.empty()) device = slug(description.object_id.substr(description.object_id.find('_') + 1));
  const std::size_t others = entity.platform.size() + entity.key.size() + 2;  // with the point and the underscore
  if (others + device.size() > kLongestEntityId) device = slug(device.substr(0, kLongestEntityId - others));
  return entity.platform + "." + device + "_" + entity.key;
}

json entityOf(const Description& description, const EntityPlace& entity, const std::string& name) {
  return {
      {"unique_id", description.object_id + "_" + entity.key},
      {"default_entity_id", entityId(description, entity)},
      {"name", name},
      {"state_topic", description.state_topic},
      {"value_template", templateOf(entity.key)},
  };
}

json entityOf(const Description& description, const Component& component) {
  json entity = entityOf(description, EntityPlace{.platform = component.platform, .key = component.key}, component.name);
  addIfAny(entity, "unit_of_measurement", component.unit);
  addIfAny(entity, "device_class", component.device_class);
  addIfAny(entity, "state_class", component.state_class);
  addIfAny(entity, "icon", component.icon);
  if (component.precision) entity["suggested_display_precision"] = *component.precision;
  if (!component.options.empty()) entity["options"] = component.options;
  if (component.diagnostic) entity["entity_category"] = "diagnostic";
  if (!component.enabled) entity["enabled_by_default"] = false;
  if (component.platform == "binary_sensor") {
    entity["payload_on"] = "on";
    entity["payload_off"] = "off";
  }
  return entity;
}

// What was there before is known by key and platform only. These platforms ask for more than a state.
json standInOf(const Description& description, const EntityPlace& departing) {
  std::string name = departing.key;
  std::ranges::replace(name, '_', ' ');
  json entity = entityOf(description, departing, name);
  const std::string& platform = departing.platform;
  if (platform != "sensor" && platform != "binary_sensor") entity["command_topic"] = description.state_topic + "/departing";
  if (platform == "select") entity["options"] = {"unknown"};
  if (platform == "button") {
    entity.erase("state_topic");
    entity.erase("value_template");
  }
  return entity;
}

}  // namespace

std::string deviceDocument(const Description& description, const Departing& departing) {
  json root = rootOf(description);
  json components = json::object();
  for (const Component& component : description.components) {
    json& entity = components[component.key] = entityOf(description, component);
    entity["platform"] = component.platform;
  }
  for (const auto& [key, platform] : departing.whole) {
    json& entity = components[key] = standInOf(description, {.platform = platform, .key = key});
    entity["platform"] = platform;
  }
  for (const auto& [key, platform] : departing.emptied) components[key] = {{"platform", platform}};
  root["components"] = std::move(components);
  return rendered(root);
}

std::string entityDocument(const Description& description, const Component& component) {
  json root = rootOf(description);
  root.update(entityOf(description, component));
  return rendered(root);
}

std::string entityDocument(const Description& description, const EntityPlace& departing) {
  json root = rootOf(description);
  root.update(standInOf(description, departing));
  return rendered(root);
}

Listed componentsOf(std::string_view device_document) {
  Listed listed;
  const json root = json::parse(device_document, nullptr, false);
  if (!root.is_object()) return listed;
  const auto components = root.find("components");
  if (components == root.end() || !components->is_object()) return listed;
  for (const auto& [key, component] : components->items()) {
    if (!component.is_object()) continue;
    const auto platform = component.find("platform");
    if (platform == component.end() || !platform->is_string()) continue;
    (component.size() == 1 ? listed.emptied : listed.whole)[key] = platform->get<std::string>();
  }
  return listed;
}

}  // namespace blupow::homeassistant
