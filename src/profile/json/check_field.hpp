// What must be right of a field by itself. Pure. Inside of this room only.
#pragma once

#include <string>

#include "profile/json/findings.hpp"
#include "profile/profile.hpp"

namespace blupow::profile {

// path: where the field stands. in_stream: it lies in bytes, not in registers.
void checkField(const Field& field, const std::string& path, bool in_stream, Findings& findings);

// What may be written of it (encode.hpp writes by it): one whole register that is not dangerous, and values that the register can hold exactly.
void checkSetting(const Field& field, const std::string& path, Findings& findings);

bool isNumber(Type type);

}  // namespace blupow::profile
