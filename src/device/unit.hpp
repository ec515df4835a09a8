// One Modbus unit behind a link: who it is, and what it last said. Pure values.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "profile/profile.hpp"
#include "profile/value.hpp"

namespace blupow::device {

// What is remembered of a unit across restarts.
struct UnitIdentity {
  std::uint8_t id = 0;                    // Modbus id that it is asked by
  profile::ProfilePtr family;             // as in the catalogue; the variant is made from model and advertised name
  std::string model;                      // may be empty
  std::string serial_number;              // may be empty
  std::set<std::string> answered_blocks;  // names of the blocks that have ever answered: these get entities
  std::uint8_t known_as = 0;              // id in topics and ids of entities: the one it was first recognised by, also when the hub gives it another
  std::map<std::string, std::int64_t, std::less<>> counts;  // last value of each field that others are counted by (cell_count)

  bool operator==(const UnitIdentity&) const = default;
};

}  // namespace blupow::device
