#include "homeassistant/document_checker.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace blupow::homeassistant {

namespace {

using nlohmann::json;
using Texts = std::set<std::string>;

// Any other key refuses the whole document (homeassistant/components/mqtt/schemas.py).
const Texts kRootKeys = {"device",
                         "origin",
                         "components",
                         "availability",
                         "availability_mode",
                         "availability_topic",
                         "availability_template",
                         "payload_available",
                         "payload_not_available",
                         "state_topic",
                         "command_topic",
                         "qos",
                         "encoding"};
const Texts kDeviceKeys = {"identifiers",   "connections", "name",       "manufacturer", "model",          "model_id",
                           "serial_number", "hw_version",  "sw_version", "via_device",   "suggested_area", "configuration_url"};
const Texts kOriginKeys = {"name", "sw_version", "support_url"};
const std::map<std::string, Texts> kUnits = {
    {"voltage", {"V", "mV"}}, {"current", {"A", "mA"}}, {"power", {"W", "kW"}},    {"apparent_power", {"VA"}},           {"frequency", {"Hz"}},
    {"temperature", {"°C"}},  {"battery", {"%"}},       {"energy", {"Wh", "kWh"}}, {"duration", {"s", "min", "h", "d"}}, {"signal_strength", {"dBm"}},
};
const Texts kWithoutUnit = {"enum", "timestamp"};
const Texts kStateClasses = {"measurement", "total", "total_increasing"};

class Checker {
 public:
  std::vector<std::string> complaints;

  void check(const json& document) {
    keysAmong(document, kRootKeys, "root");
    keysAmong(document.value("device", json::object()), kDeviceKeys, "device");
    keysAmong(document.value("origin", json::object()), kOriginKeys, "origin");
    require(document["origin"].contains("name"), "origin has no name");
    require(!document["device"]["identifiers"].empty(), "device has no identifier");
    require(document["device"].contains("name"), "device has no name");
    for (const auto& [key, text] : document["device"].items()) require(!text.is_null(), "null in device: " + key);
    require(document.value("availability_mode", "") == "all", "availability_mode is not all");
    std::set<std::string> ids;
    std::set<std::string> names;
    for (const auto& [key, component] : document["components"].items()) {
      checkComponent(key, component, document["device"]["name"]);
      require(ids.insert(component.value("unique_id", "")).second, key + ": unique_id twice");
      require(names.insert(component.value("name", "")).second, key + ": name twice");
    }
  }

 private:
  void require(bool holds, const std::string& complaint) {
    if (!holds) complaints.push_back(complaint);
  }

  void keysAmong(const json& object, const Texts& allowed, const std::string& where) {
    for (const auto& [key, value] : object.items()) require(allowed.contains(key), where + ": key " + key);
  }

  void checkComponent(const std::string& key, const json& component, const std::string& device_name) {
    for (const char* const needed : {"platform", "unique_id", "name", "default_entity_id"}) require(component.contains(needed), key + ": no " + needed);
    const std::string platform = component.value("platform", "");
    for (const char* const needed : {"state_topic", "value_template"}) {
      require(component.contains(needed) == (platform != "button"), key + ": " + needed);
    }
    const bool takes_commands = platform != "sensor" && platform != "binary_sensor";
    require(takes_commands == component.contains("command_topic"), key + ": command_topic");
    const std::string name = component.value("name", "");
    require(!name.empty() && !name.contains('_') && !name.contains(device_name), key + ": name " + name);
    require(component.value("default_entity_id", "").starts_with(component.value("platform", "") + "."), key + ": default_entity_id without its domain");
    require(platform == "button" || component.value("value_template", "").starts_with("{{ value_json.get('"), key + ": template");
    require(!component.contains("icon") || component["icon"].get<std::string>().starts_with("mdi:"), key + ": icon");
    require(takes_commands || component.value("entity_category", "diagnostic") == "diagnostic", key + ": a sensor has no other category");
    if (platform == "number") require(component.value("min", 0.0) < component.value("max", 0.0) && component.value("step", 0.0) >= 0.001, key + ": range");
    if (platform == "select") {
      require(!component.value("options", json::array()).empty(), key + ": nothing to choose");
      require(!component.contains("device_class") && !component.contains("unit_of_measurement"), key + ": a select has no class");
      return;
    }
    checkClass(key, component);
  }

  void checkClass(const std::string& key, const json& component) {
    const std::string device_class = component.value("device_class", "");
    const std::string state_class = component.value("state_class", "");
    const std::string unit = component.value("unit_of_measurement", "");
    require(state_class.empty() || kStateClasses.contains(state_class), key + ": state_class " + state_class);
    require((device_class == "enum") == component.contains("options"), key + ": options and enum belong together");
    if (device_class.empty()) return;
    if (kWithoutUnit.contains(device_class)) {
      require(unit.empty() && state_class.empty(), key + ": " + device_class + " with a unit or state_class");
      return;
    }
    const auto units = kUnits.find(device_class);
    require(units != kUnits.end(), key + ": device_class " + device_class);
    if (units == kUnits.end()) return;
    require(units->second.contains(unit), key + ": unit " + unit + " of class " + device_class);
    require((device_class == "energy") == (state_class == "total_increasing"), key + ": state_class " + state_class + " of " + device_class);
  }
};

}  // namespace

std::vector<std::string> complaintsAbout(const std::string& device_document) {
  const json document = json::parse(device_document, nullptr, false);
  if (!document.is_object() || !document.contains("device") || !document.contains("origin") || !document.contains("components")) return {"no document"};
  Checker checker;
  checker.check(document);
  return checker.complaints;
}

}  // namespace blupow::homeassistant
