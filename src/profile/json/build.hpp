// From a JSON document that fits the schema to a profile. Pure. Inside of this room only.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "profile/profile.hpp"

namespace blupow::profile {

// Where each field stands in the document, as JSON pointers: a repeated one gives several fields.
struct Places {
  std::vector<std::string> fields;
  std::vector<std::string> history;
  std::vector<std::vector<std::string>> quirks;  // of the fields of each
};

struct Built {
  Profile profile;
  Places places;
};

// Every key that is left out has its default. Expressions are not compiled yet (check.hpp does); throws json::exception for what neither the schema
// nor checkShape let pass.
Built buildProfile(const nlohmann::json& document);

// How many decimals it takes to write the number: 0.1 -> 1, 5 -> 0; at most six.
int decimalsOf(double number);

std::uint16_t registerOf(const nlohmann::json& address);  // a number, or hexadecimal digits behind 0x
std::string fullUuid(const std::string& text);            // of the form that BlueZ shows, also for the short one
bool isFirmwareUpdate(const std::string& full_uuid);      // a Texas Instruments module's own: f000....-0451-4000-b000-000000000000

}  // namespace blupow::profile
