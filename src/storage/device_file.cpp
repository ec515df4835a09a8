#include "storage/device_file.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "profile/json/generic.hpp"

namespace blupow::storage {

using gateway::StoredDevice;
using nlohmann::json;

struct DeviceFile::Entries {
  struct Entry {
    json content;
    bool known_type = true;        // else nothing of it is understood but address, type and name
    json foreign = json::array();  // units of a type that no profile describes
  };
  std::map<MacAddress, Entry> by_address;
};

namespace {

const std::string* textAt(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() ? found->get_ptr<const std::string*>() : nullptr;
}

std::string textOrEmpty(const json& object, const char* key) {
  const std::string* text = textAt(object, key);
  return text != nullptr ? printable(*text) : std::string();
}

bool flagAt(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::optional<std::int64_t> wholeAt(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

std::optional<std::uint8_t> idAt(const json& unit, const char* key) {
  constexpr std::int64_t kHighest = 255;
  const auto id = unit.is_object() ? wholeAt(unit, key) : std::nullopt;
  if (!id || *id < 0 || *id > kHighest) return std::nullopt;
  return static_cast<std::uint8_t>(*id);
}

std::optional<std::uint8_t> unitIdOf(const json& unit) { return idAt(unit, "id"); }

// Seconds since 1970, as far as a clock of ours counts.
std::optional<WallTime> timeAt(const json& object, const char* key) {
  constexpr std::int64_t kLatest = 253'402'300'799;  // the end of 9999
  const auto seconds = wholeAt(object, key);
  if (!seconds || *seconds < 0 || *seconds > kLatest) return std::nullopt;
  return WallTime(std::chrono::seconds(*seconds));
}

// The families that units may be of: all, and that which the device's own description makes.
struct Families {
  const profile::Catalogue& catalogue;
  profile::ProfilePtr described;

  profile::ProfilePtr find(const std::string& type) const { return described && described->type == type ? described : catalogue.find(type); }
};

std::optional<device::UnitIdentity> parseUnit(const json& unit, const Families& families) {
  const auto id = unitIdOf(unit);
  const std::string* type = id ? textAt(unit, "type") : nullptr;
  auto family = type != nullptr ? families.find(*type) : nullptr;
  if (!family) return std::nullopt;
  device::UnitIdentity identity{
      .id = *id, .family = std::move(family), .model = textOrEmpty(unit, "model"), .serial_number = textOrEmpty(unit, "serial_number")};
  identity.known_as = idAt(unit, "known_as").value_or(*id);
  if (const auto blocks = unit.find("answered_blocks"); blocks != unit.end() && blocks->is_array()) {
    for (const json& block : *blocks) {
      if (const auto* name = block.get_ptr<const std::string*>()) identity.answered_blocks.insert(*name);
    }
  }
  if (const auto counts = unit.find("counts"); counts != unit.end() && counts->is_object()) {
    for (const auto& [key, count] : counts->items()) {
      if (count.is_number_integer()) identity.counts.emplace(key, count.get<std::int64_t>());
    }
  }
  return identity;
}

// Adds those that are understood; gives the others back.
json parseUnits(const json& entry, const Families& families, std::vector<device::UnitIdentity>& into) {
  json foreign = json::array();
  const auto units = entry.find("units");
  if (units == entry.end() || !units->is_array()) return foreign;
  for (const json& unit : *units) {
    if (auto identity = parseUnit(unit, families)) {
      into.push_back(std::move(*identity));
    } else {
      foreign.push_back(unit);
    }
  }
  return foreign;
}

std::int64_t secondsOf(WallTime time) { return std::chrono::ceil<std::chrono::seconds>(time.time_since_epoch()).count(); }

void put(json& entry, const char* key, bool wanted, json value) {
  if (wanted) {
    entry[key] = std::move(value);
  } else {
    entry.erase(key);
  }
}

json written(json unit, const device::UnitIdentity& identity) {
  unit["id"] = identity.id;
  unit["known_as"] = identity.known_as;
  unit["type"] = identity.family->type;
  unit["model"] = identity.model;
  unit["serial_number"] = identity.serial_number;
  unit["answered_blocks"] = identity.answered_blocks;
  put(unit, "counts", !identity.counts.empty(), identity.counts);
  return unit;
}

// What the former units say of this one beyond what we know.
json formerUnit(const json& units, std::uint8_t id) {
  if (!units.is_array()) return json::object();
  const auto found = std::ranges::find_if(units, [&](const json& unit) { return unitIdOf(unit) == id; });
  return found != units.end() ? *found : json::object();
}

json writtenUnits(const json& entry, const json& foreign, const std::vector<device::UnitIdentity>& units) {
  const json former = entry.value("units", json::array());
  json result = json::array();
  for (const device::UnitIdentity& unit : units) result.push_back(written(formerUnit(former, unit.id), unit));
  for (const json& unit : foreign) {
    const bool taken = std::ranges::any_of(units, [&](const device::UnitIdentity& known) { return unitIdOf(unit) == known.id; });
    if (!taken) result.push_back(unit);
  }
  return result;
}

// The caller's keys of a description: what stands there beside ours and those of the command that brought it.
void putDescription(json& entry, const std::string& description) {
  const json keys = json::parse(description, nullptr, false);
  if (!keys.is_object()) return;
  constexpr std::array<std::string_view, 9> kOthers{"address", "type",           "name",    "advertised_name", "from_options",
                                                    "units",   "released_until", "command", "request_id"};
  for (const auto& [key, value] : keys.items()) {
    if (std::ranges::find(kOthers, key) == kOthers.end()) entry[key] = value;
  }
}

}  // namespace

DeviceFile::DeviceFile() : entries_(std::make_unique<Entries>()) {}
DeviceFile::~DeviceFile() = default;
DeviceFile::DeviceFile(DeviceFile&&) noexcept = default;
DeviceFile& DeviceFile::operator=(DeviceFile&&) noexcept = default;

std::expected<DeviceFile, std::string> DeviceFile::parse(std::string_view text, const profile::Catalogue& catalogue) {
  const json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return std::unexpected("it is no JSON");
  if (!document.is_object()) return std::unexpected("it is no JSON object");
  DeviceFile file;
  for (const auto& [key, content] : document.items()) {
    const std::string* address_text = content.is_object() ? textAt(content, "address") : nullptr;
    const std::string* type = content.is_object() ? textAt(content, "type") : nullptr;
    const auto address = address_text != nullptr ? MacAddress::parse(*address_text) : std::nullopt;
    if (!address || type == nullptr) return std::unexpected("its entry '" + printable(key) + "' has no address and type");
    StoredDevice device{.address = *address,
                        .type = *type,
                        .name = textOrEmpty(content, "name"),
                        .advertised_name = textOrEmpty(content, "advertised_name"),
                        .from_options = flagAt(content, "from_options"),
                        .units = {},
                        .released_until = timeAt(content, "released_until")};
    if (*type == profile::kGenericType) file.describe(content.dump(), device);
    const Families families{catalogue, device.described};
    Entries::Entry entry{.content = content, .known_type = type->empty() || families.find(*type) != nullptr};
    if (entry.known_type) entry.foreign = parseUnits(content, families, device.units);
    if (file.entries_->by_address.try_emplace(*address, std::move(entry)).second) file.devices_.push_back(std::move(device));
  }
  std::ranges::sort(file.devices_, {}, &StoredDevice::address);
  return file;
}

void DeviceFile::describe(std::string text, StoredDevice& device) {
  const profile::LoadedProfile described = profile::describeGeneric(text, "devices.json");
  for (const profile::ProfileError& error : described.errors) {
    notes_.push_back("The description of " + device.address.text() + " is wrong: " + printable(error.text()) + ".");
  }
  device.described = described.profile;
  if (device.described) device.description = std::move(text);
}

std::string DeviceFile::rewrite(const std::vector<StoredDevice>& devices) {
  std::map<MacAddress, Entries::Entry> former = std::exchange(entries_->by_address, {});
  json document = json::object();
  for (const StoredDevice& device : devices) {
    Entries::Entry entry;
    entry.content = json::object();
    if (const auto found = former.find(device.address); found != former.end()) entry = std::move(found->second);
    json& content = entry.content;
    content["address"] = device.address.text();
    content["type"] = device.type;
    if (!device.description.empty()) putDescription(content, device.description);
    put(content, "name", !device.name.empty(), device.name);
    put(content, "advertised_name", !device.advertised_name.empty(), device.advertised_name);
    put(content, "from_options", device.from_options, true);
    put(content, "released_until", device.released_until.has_value(), device.released_until ? secondsOf(*device.released_until) : 0);
    if (entry.known_type) put(content, "units", !device.units.empty() || !entry.foreign.empty(), writtenUnits(content, entry.foreign, device.units));
    document[device.address.text()] = content;
    entries_->by_address.emplace(device.address, std::move(entry));
  }
  devices_ = devices;
  constexpr int kIndent = 2;
  return document.dump(kIndent, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace blupow::storage
