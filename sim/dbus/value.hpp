// The D-Bus types that BlueZ's interfaces use, without sdbus-c++. Pure values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/bytes.hpp"

namespace blupow::sim {

struct ObjectPath {
  std::string text;
  bool operator==(const ObjectPath&) const = default;
};

using ManufacturerData = std::map<std::uint16_t, Bytes>;  // a{qv}, each v an ay

using Value = std::variant<bool, std::int16_t, std::uint16_t, std::uint32_t, std::string, ObjectPath, std::vector<std::string>, Bytes, ManufacturerData>;

}  // namespace blupow::sim
