#include "homeassistant/topics.hpp"

#include <algorithm>
#include <charconv>

#include "core/text.hpp"

namespace blupow::homeassistant {

namespace {

constexpr std::string_view kEnd = "/config";
constexpr std::string_view kBank = "bank_";
constexpr std::size_t kAddressLength = 17;

// The first level of a unit's topics, as named() makes it.
std::optional<UnitPlace> placeNamed(std::string_view level) {
  const auto address = MacAddress::parse(level.substr(0, kAddressLength));
  if (!address) return std::nullopt;
  UnitPlace place{.address = *address, .id = std::nullopt};
  if (level.size() > kAddressLength + 1) {
    std::uint8_t id = 0;
    const char* const end = level.data() + level.size();
    if (const auto read = std::from_chars(level.data() + kAddressLength + 1, end, id); read.ec != std::errc() || read.ptr != end) return std::nullopt;
    place.id = id;
  }
  return place;
}

std::string named(const UnitPlace& unit, std::string_view address) { return std::string(address) + (unit.id ? "_" + std::to_string(*unit.id) : ""); }

}  // namespace

Topics::Topics(const Settings& settings) : base_(settings.base_topic), prefix_(settings.discovery_prefix) {}

std::string Topics::response(std::string_view request_id) const { return base_ + "/gateway/response/" + std::string(request_id); }

std::string Topics::status(const UnitPlace& unit) const { return base_ + "/" + named(unit, unit.address.text()) + "/status"; }

std::string Topics::state(const UnitPlace& unit) const { return base_ + "/" + named(unit, unit.address.text()) + "/state"; }

std::string Topics::history(const UnitPlace& unit) const { return base_ + "/" + named(unit, unit.address.text()) + "/history"; }

std::string Topics::setting(const UnitPlace& unit, std::string_view key) const {
  return base_ + "/" + named(unit, unit.address.text()) + "/set/" + std::string(key);
}

std::optional<SettingPlace> Topics::settingOf(std::string_view topic) const {
  if (!topic.starts_with(base_ + "/")) return std::nullopt;
  topic.remove_prefix(base_.size() + 1);
  const auto place = placeNamed(topic.substr(0, topic.find('/')));
  const std::string_view key = topic.substr(topic.rfind('/') + 1);
  // Written anew it must be the same: upper case, no leading zeros.
  if (!place || setting(*place, key).substr(base_.size() + 1) != topic) return std::nullopt;
  return SettingPlace{.unit = *place, .key = std::string(key)};
}

std::optional<std::string> Topics::bankOf(std::string_view topic) const {
  const std::string ours = base_ + "/" + std::string(kBank);
  if (topic.starts_with(ours) && topic.ends_with("/status")) return std::string(topic.substr(ours.size(), topic.rfind('/') - ours.size()));
  if (!isDocument(topic)) return std::nullopt;
  topic.remove_prefix(prefix_.size() + 1);
  topic.remove_suffix(kEnd.size());
  const std::size_t slash = topic.find('/');
  if (slash == std::string_view::npos || !topic.substr(slash + 1).starts_with(bankId(""))) return std::nullopt;
  const std::string_view bank = topic.substr(slash + 1 + bankId("").size());
  if (topic.starts_with("device/")) return std::string(bank);
  for (const std::string_view key : kBankKeys) {
    if (bank.size() > key.size() && bank.ends_with(key) && bank[bank.size() - key.size() - 1] == '_') {
      return std::string(bank.substr(0, bank.size() - key.size() - 1));
    }
  }
  return std::nullopt;
}

std::string Topics::bankId(std::string_view bank) const { return slug(base_) + "_" + std::string(kBank) + std::string(bank); }

std::string Topics::gatewayId() const { return slug(base_) + "_gateway"; }

std::string Topics::objectId(const UnitPlace& unit) const { return "blupow_" + named(unit, unit.address.digits()); }

std::string Topics::identifier(const UnitPlace& unit) const { return "blupow_" + named(unit, unit.address.text()); }

std::string Topics::deviceDocument(std::string_view object_id) const { return prefix_ + "/device/" + std::string(object_id) + std::string(kEnd); }

std::string Topics::entityDocument(std::string_view object_id, const EntityPlace& entity) const {
  return prefix_ + "/" + entity.platform + "/" + std::string(object_id) + "_" + entity.key + std::string(kEnd);
}

bool Topics::isDocument(std::string_view topic) const {
  return topic.size() > prefix_.size() && topic.starts_with(prefix_) && topic[prefix_.size()] == '/' && topic.ends_with(kEnd);
}

std::optional<EntityPlace> Topics::entityOf(std::string_view topic, std::string_view object_id) const {
  if (!isDocument(topic)) return std::nullopt;
  topic.remove_prefix(prefix_.size() + 1);
  topic.remove_suffix(kEnd.size());
  const std::size_t slash = topic.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view platform = topic.substr(0, slash);
  std::string_view entity = topic.substr(slash + 1);
  if (platform == "device" || !entity.starts_with(object_id)) return std::nullopt;
  entity.remove_prefix(object_id.size());
  const bool is_key = entity.size() > 1 && entity[0] == '_' && (entity[1] < '0' || entity[1] > '9');
  if (!is_key || entity.contains('/')) return std::nullopt;
  return EntityPlace{.platform = std::string(platform), .key = std::string(entity.substr(1))};
}

std::vector<std::string> Topics::homeAssistantStatus() const {
  std::vector<std::string> topics = {"homeassistant/status"};
  if (prefix_ != "homeassistant") topics.push_back(prefix_ + "/status");
  return topics;
}

mqtt::Will lastWill(const Settings& settings) { return {.topic = Topics(settings).gatewayStatus(), .payload = "offline"}; }

}  // namespace blupow::homeassistant
