#include "homeassistant/documents.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text.hpp"

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
  addIfAny(device, "configuration_url", description.page);
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

// What is none of the choices or out of the range is an error to Home Assistant; no value is none. Another program may have set it: the document
// that allows it comes a moment after the state.
std::string choiceTemplateOf(const std::string& key, const std::vector<std::string>& choices) {
  const std::string value = "value_json.get('" + key + "')";
  return "{{ " + value + " if " + value + " in " + rendered(choices) + " else None }}";
}

std::string rangeTemplateOf(const std::string& key, const NumberRange& range) {
  const std::string value = "value_json.get('" + key + "')";
  const std::string within = rendered(range.lowest) + " <= " + value + " <= " + rendered(range.highest);
  return "{{ " + value + " if " + value + " is number and " + within + " else None }}";
}

// Home Assistant cuts longer ids at their end, where the key is (MAX_LENGTH_STATE_ENTITY_ID of its const.py).
constexpr std::size_t kLongestEntityId = 255;

// object: what the id ends in.
std::string entityId(const Description& description, const std::string& platform, const std::string& object) {
  std::string device = slug(description.name);
  if (device.empty()) device = slug(description.object_id.substr(description.object_id.find('_') + 1));
  const std::size_t others = platform.size() + object.size() + 2;  // with the point and the underscore
  if (others + device.size() > kLongestEntityId) device = slug(device.substr(0, kLongestEntityId - others));
  return platform + "." + device + "_" + object;
}

const std::string& either(const std::string& text, const std::string& otherwise) { return text.empty() ? otherwise : text; }

json identityOf(const Description& description, const std::string& platform, const std::string& key, const std::string& object) {
  return {{"unique_id", description.object_id + "_" + key}, {"default_entity_id", entityId(description, platform, object)}};
}

void addControl(json& entity, const Component& component) {
  addIfAny(entity, "command_topic", component.command_topic);
  const std::string& key = either(component.state_key, component.key);
  if (component.platform == "select") entity["value_template"] = choiceTemplateOf(key, component.options);
  if (component.range) {
    entity["value_template"] = rangeTemplateOf(key, *component.range);
    entity["min"] = component.range->lowest;
    entity["max"] = component.range->highest;
    entity["step"] = component.range->step;
    entity["mode"] = "box";
  }
  if (component.platform == "binary_sensor" || component.platform == "switch") {
    entity["payload_on"] = "on";
    entity["payload_off"] = "off";
  }
}

json entityOf(const Description& description, const Component& component) {
  json entity = identityOf(description, component.platform, component.key, either(component.object, component.key));
  entity["name"] = component.name;
  if (component.platform != "button") {
    entity["state_topic"] = either(component.state_topic, description.state_topic);
    entity["value_template"] = templateOf(either(component.state_key, component.key));
  }
  if (!component.status_topic.empty()) entity["availability"] = json::array({{{"topic", component.status_topic}}});
  addIfAny(entity, "unit_of_measurement", component.unit);
  addIfAny(entity, "device_class", component.device_class);
  addIfAny(entity, "state_class", component.state_class);
  addIfAny(entity, "icon", component.icon);
  addIfAny(entity, "entity_category", component.category);
  if (component.precision) entity["suggested_display_precision"] = *component.precision;
  if (!component.options.empty()) entity["options"] = component.options;
  if (!component.enabled) entity["enabled_by_default"] = false;
  addControl(entity, component);
  return entity;
}

// What was there before is known by key and platform only. These platforms ask for more than a state. It shows nothing: what is there now may not fit it.
json standInOf(const Description& description, const EntityPlace& departing) {
  const std::string& platform = departing.platform;
  json entity = identityOf(description, platform, departing.key, departing.key);
  std::string name = departing.key;
  std::ranges::replace(name, '_', ' ');
  entity["name"] = std::move(name);
  const std::string nowhere = description.state_topic + "/departing";
  if (platform != "button") {
    entity["state_topic"] = nowhere;
    entity["value_template"] = templateOf(departing.key);
  }
  if (platform != "sensor" && platform != "binary_sensor") entity["command_topic"] = nowhere;
  if (platform == "select") entity["options"] = {"unknown"};
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
