#include "profile/json/render.hpp"

#include <nlohmann/json.hpp>

namespace blupow::profile {

nlohmann::json toJson(const Value& value) {
  return std::visit([](const auto& held) { return nlohmann::json(held); }, value);
}

nlohmann::json toJson(const Readings& readings) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [key, value] : readings) object.emplace(key, toJson(value));
  return object;
}

}  // namespace blupow::profile
