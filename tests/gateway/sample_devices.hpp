// Devices as the gateway tells of them, made of the shipped profiles and captured readings.
#pragma once

#include <string>

#include "gateway/events.hpp"
#include "profile/catalogue.hpp"

namespace blupow::test {

const profile::Catalogue& shippedProfiles();

// One device with one unit, and a view of it as the gateway gives it.
class SampleDevice {
 public:
  SampleDevice(std::string address, const std::string& type, std::string model);

  // All blocks answered; readings as given.
  void poll(profile::Readings readings);

  gateway::Device view() const;
  gateway::Unit unitView() const;

  MacAddress address;
  std::string name;  // the given one
  profile::ProfilePtr profile;
  device::UnitIdentity identity;
  profile::Readings readings;
  std::vector<device::HistoryDay> history;
  gateway::LinkStatus link;
  device::ConnectionReason reason = device::ConnectionReason::connecting;
  bool first = true;
  bool online = false;
  bool settled = false;
};

// RIV1230RCH-SPS at AA:BB:CC:DD:EE:01, as in the README of the reference implementation.
SampleDevice inverter();
// RNG-CTRL-RVR40 at AA:BB:CC:DD:EE:02.
SampleDevice controller();

profile::Readings inverterReadings();
profile::Readings controllerReadings();

}  // namespace blupow::test
