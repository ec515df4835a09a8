// Names on the broker and in Home Assistant: topics, ids, slugs. Pure. The rules are those of the MQTT contract; users' history hangs on them.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mac_address.hpp"
#include "homeassistant/settings.hpp"
#include "mqtt/client.hpp"

namespace blupow::homeassistant {

// Lower case; every run of other characters than a-z and 0-9 becomes one '_', none at the ends. May be empty.
std::string slug(std::string_view text);

// A unit as topics and ids know it: the first of a link goes by the bare MAC, every other appends its id.
struct UnitPlace {
  MacAddress address;
  std::optional<std::uint8_t> id;

  auto operator<=>(const UnitPlace&) const = default;
};

// Which entity a discovery topic of the component form is about.
struct EntityPlace {
  std::string platform;  // "sensor"
  std::string key;

  auto operator<=>(const EntityPlace&) const = default;
};

class Topics {
 public:
  explicit Topics(const Settings& settings);

  std::string gatewayStatus() const { return base_ + "/gateway/status"; }
  std::string gatewayState() const { return base_ + "/gateway/state"; }
  std::string command() const { return base_ + "/gateway/command"; }
  std::string response(std::string_view request_id) const;
  std::string status(const UnitPlace& unit) const;
  std::string state(const UnitPlace& unit) const;

  // Ids: documents and unique ids begin with the object id, Home Assistant's device goes by the identifier.
  std::string gatewayId() const;
  std::string objectId(const UnitPlace& unit) const;
  std::string identifier(const UnitPlace& unit) const;

  std::string deviceDocument(std::string_view object_id) const;
  std::string entityDocument(std::string_view object_id, const EntityPlace& entity) const;
  std::string allDocuments() const { return prefix_ + "/+/+/config"; }  // a filter: ours and everybody else's
  bool isDocument(std::string_view topic) const;
  // Nothing when the topic is not that of an entity of this device. A key begins with a letter: what begins with a digit is another unit's.
  std::optional<EntityPlace> entityOf(std::string_view topic, std::string_view object_id) const;

  std::vector<std::string> homeAssistantStatus() const;  // where it says online and offline: one or two topics

 private:
  std::string base_;
  std::string prefix_;
};

// What the broker says when we are gone without a word.
mqtt::Will lastWill(const Settings& settings);

}  // namespace blupow::homeassistant
