// What Home Assistant is to know of one device (a unit, a bank or the gateway itself), before it becomes a discovery document. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/events.hpp"
#include "homeassistant/components.hpp"
#include "homeassistant/settings.hpp"
#include "homeassistant/topics.hpp"

namespace blupow::homeassistant {

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
  std::string page;  // a URL that Home Assistant takes; empty: none
  std::string via;   // identifier of the gateway; empty for the gateway itself
  std::string state_topic;
  std::vector<std::string> status_topics;  // available when all say online
  std::string program_version;
  std::vector<Component> components;

  bool operator==(const Description&) const = default;
};

Description describe(const Settings& settings, const gateway::Device& device, const gateway::Unit& unit);
Description describe(const Settings& settings, const gateway::Bank& bank);
Description describeGateway(const Settings& settings);

}  // namespace blupow::homeassistant
