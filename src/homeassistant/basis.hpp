// What the description of a unit was made of. Readings change with every poll, the description hardly ever does, and to make it anew costs more than the
// poll itself: so it is asked first whether it would be another. Pure.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "gateway/events.hpp"

namespace blupow::homeassistant {

class Basis {
 public:
  Basis(const gateway::Device& device, const gateway::Unit& unit);

  // Whether describe() says of this unit what it said of the one that this was made of. The settings and the address are the same.
  bool holds(const gateway::Device& device, const gateway::Unit& unit) const;

 private:
  std::string device_name_;
  profile::ProfilePtr profile_;  // kept, so that no other takes its address
  device::UnitIdentity identity_;
  profile::Readings readings_;
  std::set<std::string, std::less<>> telling_;  // keys whose values the description hangs on; of the others only whether they are there
};

}  // namespace blupow::homeassistant
