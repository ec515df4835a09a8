// What Home Assistant is to know of one device (a unit, or the gateway itself), before it becomes a discovery document. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/events.hpp"
#include "homeassistant/settings.hpp"
#include "homeassistant/topics.hpp"

namespace blupow::homeassistant {

// One entity. Texts may be empty: then the document does not say it.
struct Component {
  std::string platform = "sensor";  // or binary_sensor
  std::string key;                  // of the state
  std::string name;
  std::string unit;
  std::string device_class;
  std::string state_class;
  std::string icon;
  std::optional<int> precision;
  std::vector<std::string> options;  // of an enumeration
  bool diagnostic = false;
  bool enabled = true;

  bool operator==(const Component&) const = default;
};

struct Description {
  std::string object_id;
  std::string identifier;
  std::string bluetooth_address;  // only one device may name it, else Home Assistant makes one of several
  std::string name;
  std::string manufacturer;
  std::string model;
  std::string serial_number;
  std::string software_version;
  std::string hardware_version;
  std::string via;  // identifier of the gateway; empty for the gateway itself
  std::string state_topic;
  std::vector<std::string> status_topics;  // available when all say online
  std::string program_version;
  std::vector<Component> components;

  bool operator==(const Description&) const = default;
};

UnitPlace placeOf(const gateway::Unit& unit);

// The given name, else model and last digits of the MAC (further units: of the serial number, else the unit id).
std::string deviceName(const gateway::Device& device, const gateway::Unit& unit);

// Lists the fields of the blocks that the unit has ever answered, so that entities do not go when a block falls silent.
Description describe(const Settings& settings, const gateway::Device& device, const gateway::Unit& unit);
Description describeGateway(const Settings& settings);

}  // namespace blupow::homeassistant
