// Faults out of several registers. Pure. Inside of this room only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "profile/field_value.hpp"
#include "profile/profile.hpp"

namespace blupow::profile {

// Of the parts that lie wholly in the words; nothing if none does. Codes without a word are added to unknown. is_absent is set where a part says that the
// device does not have it: it does not count.
std::optional<std::string> alarmsText(const Field& field, std::uint16_t address, Words words, std::vector<std::string>& unknown, bool& is_absent);

}  // namespace blupow::profile
