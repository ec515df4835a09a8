// The entities of a unit, its link and a bank: which there are, and what each looks like. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/events.hpp"
#include "homeassistant/settings.hpp"
#include "homeassistant/topics.hpp"

namespace blupow::homeassistant {

// What a number may be set to.
struct NumberRange {
  double lowest = 0;
  double highest = 0;
  double step = 0;

  bool operator==(const NumberRange&) const = default;
};

// One entity. Texts may be empty: then the document does not say it.
struct Component {
  std::string platform = "sensor";  // or binary_sensor, switch, number, select, button
  std::string key;                  // its unique id ends in it
  std::string name;
  std::string unit;
  std::string device_class;
  std::string state_class;
  std::string icon;
  std::optional<int> precision;
  std::vector<std::string> options;  // of an enumeration and of a select
  std::string category;              // diagnostic or config
  bool enabled = true;
  std::string object;         // its entity id ends in it; empty: the key
  std::string state_key;      // of the state; empty: the key
  std::string state_topic;    // empty: the device's own
  std::string status_topic;   // available when this says online; empty: when all of the device's do
  std::string command_topic;  // of those that take commands
  std::optional<NumberRange> range;

  bool operator==(const Component&) const = default;
};

// The fields of the blocks that the unit has ever answered, so that entities do not go when a block falls silent; then its meters.
std::vector<Component> unitComponents(const Settings& settings, const gateway::Unit& unit);
// What can be read and done while the device is away.
std::vector<Component> linkComponents(const Settings& settings, const MacAddress& address);
std::vector<Component> bankComponents();

// Keys under set/ that are about the link.
inline constexpr std::string_view kBluetoothConnection = "bluetooth_connection";
inline constexpr std::string_view kRefresh = "refresh";

// The unit as topics and ids know it.
UnitPlace placeOf(const gateway::Unit& unit);

}  // namespace blupow::homeassistant
