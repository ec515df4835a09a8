// Discovery documents as Home Assistant reads them, and what a document that lies on the broker lists. Pure; JSON stays inside.
// One mistake in the root refuses the whole document: the keys used here are those that every supported Core takes.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "homeassistant/description.hpp"

namespace blupow::homeassistant {

using Slots = std::map<std::string, std::string>;  // key of a component -> its platform

// What a document is to list that is not wanted any more (takes the place of a wanted component of the same key).
struct Departing {
  Slots whole;    // as an entity once more, so that Home Assistant knows what is to go
  Slots emptied;  // as {"platform": ...}, which removes it
};

std::string deviceDocument(const Description& description, const Departing& departing = {});
std::string entityDocument(const Description& description, const Component& component);
// Of an entity that is known by its place only: enough to be one.
std::string entityDocument(const Description& description, const EntityPlace& departing);

// Taken over by the document that follows: entity and history stay.
inline constexpr std::string_view kMigrate = R"({"migrate_discovery":true})";

struct Listed {
  Slots whole;
  Slots emptied;
};

// Nothing for a text that is no device document.
Listed componentsOf(std::string_view device_document);

}  // namespace blupow::homeassistant
