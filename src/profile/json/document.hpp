// JSON text to a value, stricter than nlohmann/json, which keeps the last of two equal keys and texts of any length. Pure. Inside of this room only.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "profile/json/loader.hpp"

namespace blupow::profile {

// The value; errors are added (rules json, unique_key, max_length), with an empty file. A null value comes of a text that is no JSON.
nlohmann::json parseStrictly(const std::string& text, std::vector<ProfileError>& errors);

// One step of a JSON pointer: "/a~1b".
std::string pointerStep(const std::string& key);

}  // namespace blupow::profile
