// What Home Assistant and the broker are still to be told of things that went, as text, so that it outlives the program. Pure; JSON stays inside.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "homeassistant/plan.hpp"

namespace blupow::homeassistant {

// A device that was removed, and is not gone everywhere yet.
struct Farewell {
  std::string object_id;
  Retained documents;               // as Home Assistant may still know them
  std::vector<std::string> topics;  // to be emptied

  bool operator==(const Farewell&) const = default;
};

struct Debts {
  std::vector<Farewell> farewells;
  std::map<std::string, Slots> components;  // by object id: those that went, to be shown once more and emptied

  bool operator==(const Debts&) const = default;
};

std::string debtsText(const Debts& debts);

// What can be read of a text that may be damaged; an empty one: none.
Debts parseDebts(std::string_view text);

}  // namespace blupow::homeassistant
