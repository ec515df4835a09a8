// Home Assistant's rules for discovery documents: each broken rule as a sentence.
#pragma once

#include <string>
#include <vector>

namespace blupow::homeassistant {

std::vector<std::string> complaintsAbout(const std::string& device_document);

}  // namespace blupow::homeassistant
