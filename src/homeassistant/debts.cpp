#include "homeassistant/debts.hpp"

#include <nlohmann/json.hpp>

namespace blupow::homeassistant {

namespace {

using nlohmann::json;
using Texts = std::map<std::string, std::string>;

// The members that are texts.
Texts textsIn(const json& object) {
  Texts texts;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) texts[name] = value.get<std::string>();
  }
  return texts;
}

Farewell farewellOf(const json& entry) {
  Farewell farewell;
  if (!entry.is_object()) return farewell;
  if (const auto id = entry.find("object_id"); id != entry.end() && id->is_string()) farewell.object_id = id->get<std::string>();
  if (const auto documents = entry.find("documents"); documents != entry.end() && documents->is_object()) farewell.documents = textsIn(*documents);
  const auto topics = entry.find("topics");
  if (topics == entry.end() || !topics->is_array()) return farewell;
  for (const json& topic : *topics) {
    if (topic.is_string()) farewell.topics.push_back(topic.get<std::string>());
  }
  return farewell;
}

}  // namespace

std::string debtsText(const Debts& debts) {
  json farewells = json::array();
  for (const Farewell& farewell : debts.farewells) {
    farewells.push_back({{"object_id", farewell.object_id}, {"documents", farewell.documents}, {"topics", farewell.topics}});
  }
  const json text = {{"farewells", std::move(farewells)}, {"components", debts.components}};
  return text.dump(-1, ' ', false, json::error_handler_t::replace);
}

Debts parseDebts(std::string_view text) {
  Debts debts;
  const json root = json::parse(text, nullptr, false);
  if (!root.is_object()) return debts;
  if (const auto farewells = root.find("farewells"); farewells != root.end() && farewells->is_array()) {
    for (const json& entry : *farewells) {
      if (Farewell farewell = farewellOf(entry); !farewell.object_id.empty()) debts.farewells.push_back(std::move(farewell));
    }
  }
  const auto components = root.find("components");
  if (components == root.end() || !components->is_object()) return debts;
  for (const auto& [object_id, slots] : components->items()) {
    if (slots.is_object() && !slots.empty()) debts.components[object_id] = textsIn(slots);
  }
  return debts;
}

}  // namespace blupow::homeassistant
