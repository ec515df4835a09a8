// Names on the broker and in Home Assistant: topics, ids, slugs. Pure. Those that users see are told in docs/mqtt.md; their history hangs on them.
#pragma once

#include <array>
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

// What a command topic of a unit is about.
struct SettingPlace {
  UnitPlace unit;
  std::string key;

  bool operator==(const SettingPlace&) const = default;
};

// What is said of a bank: keys of its state and of its entities.
inline constexpr std::array<std::string_view, 8> kBankKeys = {"count",     "current", "power", "remaining_ah", "capacity_ah", "soc", "cell_voltage_spread",
                                                              "soc_spread"};

class Topics {
 public:
  explicit Topics(const Settings& settings);

  std::string gatewayStatus() const { return base_ + "/gateway/status"; }
  std::string gatewayState() const { return base_ + "/gateway/state"; }
  std::string command() const { return base_ + "/gateway/command"; }
  std::string response(std::string_view request_id) const;
  std::string status(const UnitPlace& unit) const;
  std::string state(const UnitPlace& unit) const;
  std::string history(const UnitPlace& unit) const;
  std::string link(const MacAddress& address) const { return base_ + "/" + address.text() + "/link"; }
  std::string setting(const UnitPlace& unit, std::string_view key) const;
  std::string allSettings() const { return base_ + "/+/set/+"; }
  std::optional<SettingPlace> settingOf(std::string_view topic) const;  // nothing for another topic

  std::string bankStatus(std::string_view bank) const { return base_ + "/bank_" + std::string(bank) + "/status"; }
  std::string bankState(std::string_view bank) const { return base_ + "/bank_" + std::string(bank) + "/state"; }
  std::string allStatuses() const { return base_ + "/+/status"; }
  // Slug of the bank that this status topic or document is of; nothing for others.
  std::optional<std::string> bankOf(std::string_view topic) const;

  // Ids: documents and unique ids begin with the object id, Home Assistant's device goes by the identifier.
  std::string gatewayId() const;
  std::string bankId(std::string_view bank) const;
  std::string objectId(const UnitPlace& unit) const;
  std::string identifier(const UnitPlace& unit) const;

  std::string deviceDocument(std::string_view object_id) const;
  std::string entityDocument(std::string_view object_id, const EntityPlace& entity) const;
  // Filters: ours and everybody else's.
  std::string allDeviceDocuments() const { return prefix_ + "/device/+/config"; }
  std::string allDocuments() const { return prefix_ + "/+/+/config"; }
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
