#include "gateway/banks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/text.hpp"
#include "gateway/names.hpp"

namespace blupow::gateway {

namespace {

constexpr std::array<std::string_view, 5> kKeys{"current", "power", "remaining_ah", "capacity_ah", "soc"};
constexpr std::string_view kCell = "cell_voltage_";
constexpr int kDecimals = 3;  // the most that a battery tells: mV, mAh

bool isCell(std::string_view key) {
  return key.starts_with(kCell) && key.size() > kCell.size() &&
         std::ranges::all_of(key.substr(kCell.size()), [](char character) { return character >= '0' && character <= '9'; });
}

bool counts(std::string_view key) { return isCell(key) || std::ranges::find(kKeys, key) != kKeys.end(); }

bool isBattery(const profile::Profile& profile) { return profile.field("remaining_ah") != nullptr && profile.field("capacity_ah") != nullptr; }

}  // namespace

Banks::Banks(const std::vector<OptionBank>& options, const Subscribers<Listener>& listeners) : listeners_(listeners) {
  std::set<std::string> slugs;
  for (const OptionBank& option : options) {
    Entry entry = entryOf(option);
    const std::string slug = entry.bank.slug;
    for (int number = 2; !slugs.insert(entry.bank.slug).second; ++number) entry.bank.slug = slug + '_' + std::to_string(number);
    options_.push_back(std::move(entry));
  }
}

Banks::Entry Banks::entryOf(const OptionBank& option) {
  Entry entry{.bank = {.slug = slug(option.name), .name = printable(trimmed(option.name))}};
  for (const std::string_view text : option.members) {
    const std::string_view address = text.substr(0, text.find('_'));
    const auto parsed = MacAddress::parse(address);
    std::optional<std::uint8_t> known_as;
    if (address.size() < text.size()) {
      std::uint8_t id = 0;
      const std::string_view digits = text.substr(address.size() + 1);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
      entry.sound = entry.sound && error == std::errc() && end == digits.data() + digits.size();
      known_as = id;
    }
    entry.sound = entry.sound && parsed.has_value();
    entry.names.push_back({parsed.value_or(MacAddress()), known_as});
  }
  if (entry.bank.slug.empty() && !entry.names.empty()) entry.bank.slug = entry.names.front().address.digits();
  return entry;
}

void Banks::start() {
  for (const Entry& entry : options_) {
    listeners_.tell([&](Listener& listener) { listener.bankChanged(entry.bank); });
  }
}

void Banks::each(const std::function<void(const Bank&)>& call) const {
  for (const Entry& entry : options_) call(entry.bank);
  for (const auto& [address, entry] : hubs_) call(entry.bank);
}

Banks::Member Banks::memberOf(const Unit& unit) {
  Member member{.known_as = unit.identity->known_as, .battery = isBattery(*unit.profile), .read = !unit.readings->empty(), .online = unit.online};
  for (const profile::Field& field : unit.profile->fields) {
    if (counts(field.key)) member.tells.insert(isCell(field.key) ? std::string(kCell) : field.key);
  }
  for (const auto& [key, value] : *unit.readings) {
    if (const auto known = profile::asNumber(value); known && counts(key)) member.values.emplace(key, *known);
  }
  return member;
}

void Banks::remember(const Device& device) {
  std::vector<Member>& units = devices_[device.address];
  units.clear();
  for (const Unit& unit : device.units) units.push_back(memberOf(unit));
}

void Banks::changed(const Device& device) {
  remember(device);
  judgeHub(device);
  banksOf(device.address, std::nullopt, [this](Entry& entry) { judge(entry); });
}

void Banks::deviceRemoved(const Device& device) {
  remember(device);
  judgeHub(device);  // one that was never added here may have had its bank in an earlier life
  devices_.erase(device.address);
  if (const auto hub = hubs_.find(device.address); hub != hubs_.end()) {
    const std::string slug = hub->second.bank.slug;
    hubs_.erase(hub);
    listeners_.tell([&](Listener& listener) { listener.bankRemoved(slug); });
  }
  banksOf(device.address, std::nullopt, [this](Entry& entry) { judge(entry); });
}

void Banks::unitPolled(const Device& device, const Unit& unit) {
  remember(device);
  banksOf(device.address, unit.identity->known_as, [this](Entry& entry) { tell(entry); });
}

void Banks::unitAvailability(const Device& device, const Unit& unit) {
  remember(device);
  banksOf(device.address, unit.identity->known_as, [this](Entry& entry) { judge(entry); });
}

// Its own bank comes and goes with the batteries that are known of it, whether they answer or not. An option's bank of the same slug has its place.
void Banks::judgeHub(const Device& device) {
  std::vector<Name> names;
  for (const Member& unit : devices_[device.address]) {
    if (unit.battery) names.push_back({device.address, unit.known_as});
  }
  const std::string slug = device.address.digits();
  const bool wanted = names.size() >= 2 && std::ranges::none_of(options_, [&](const Entry& entry) { return entry.bank.slug == slug; });
  if (wanted) {
    Entry& entry = hubs_[device.address];
    entry.bank.slug = slug;
    entry.names = std::move(names);
    const std::string former = std::exchange(entry.bank.name, displayName(device.name, modelOf(*device.units.front().identity), device.address) + " bank");
    if (entry.bank.name != former) listeners_.tell([&](Listener& listener) { listener.bankChanged(entry.bank); });
  } else if (hubs_.erase(device.address) != 0) {
    listeners_.tell([&](Listener& listener) { listener.bankRemoved(slug); });
  }
}

template <typename Call>
void Banks::banksOf(const MacAddress& address, std::optional<std::uint8_t> known_as, Call call) {
  const auto names = [&](const Name& name) {
    if (name.address != address) return false;
    if (!known_as) return true;
    const Member* member = find(name);
    return member != nullptr && member->known_as == *known_as;
  };
  for (Entry& entry : options_) {
    if (std::ranges::any_of(entry.names, names)) call(entry);
  }
  if (const auto hub = hubs_.find(address); hub != hubs_.end() && std::ranges::any_of(hub->second.names, names)) call(hub->second);
}

const Banks::Member* Banks::find(const Name& name) const {
  const auto device = devices_.find(name.address);
  if (device == devices_.end() || device->second.empty()) return nullptr;
  if (!name.known_as) return &device->second.front();
  const auto unit = std::ranges::find(device->second, *name.known_as, &Member::known_as);
  return unit == device->second.end() ? nullptr : &*unit;
}

std::vector<const Banks::Member*> Banks::members(const Entry& entry) const {
  std::vector<const Member*> found;
  for (const Name& name : entry.names) {
    const Member* member = find(name);
    if (!entry.sound || member == nullptr || !member->read) return {};
    if (std::ranges::find(found, member) == found.end()) found.push_back(member);
  }
  return found;
}

// None while a unit that ought to tell this does not: a sum of the others would look whole.
std::vector<double> Banks::valuesOf(const std::vector<const Member*>& units, std::string_view key) {
  std::vector<double> values;
  for (const Member* unit : units) {
    if (!unit->tells.contains(key)) continue;
    const std::size_t before = values.size();
    for (const auto& [known, value] : unit->values) {
      if (known == key || (key == kCell && isCell(known))) values.push_back(value);
    }
    if (values.size() == before) return {};
  }
  return values;
}

// After a poll of one of its units.
void Banks::tell(Entry& entry) {
  const std::vector<const Member*> units = members(entry);
  if (units.empty()) {
    judge(entry);
    return;
  }
  profile::Readings& readings = entry.bank.readings;
  readings = {{"count", static_cast<std::int64_t>(units.size())}};
  std::map<std::string_view, double> sums;
  for (const std::string_view key : {"current", "power", "remaining_ah", "capacity_ah"}) {
    const std::vector<double> values = valuesOf(units, key);
    if (values.empty()) continue;
    sums[key] = 0;
    for (const double value : values) sums[key] += value;
    readings.emplace(key, profile::rounded(sums[key], kDecimals));
  }
  if (sums.contains("remaining_ah") && sums.contains("capacity_ah") && sums["capacity_ah"] > 0) {
    readings.emplace("soc", profile::rounded(100 * sums["remaining_ah"] / sums["capacity_ah"], kDecimals));
  }
  const auto spread = [&](std::string_view of, const std::string& as) {
    const std::vector<double> values = valuesOf(units, of);
    if (values.empty()) return;
    const auto [lowest, highest] = std::ranges::minmax(values);
    readings.emplace(as, profile::rounded(highest - lowest, kDecimals));
  };
  spread(kCell, "cell_voltage_spread");
  spread("soc", "soc_spread");
  entry.bank.online = std::ranges::all_of(units, &Member::online);
  entry.told = true;
  listeners_.tell([&](Listener& listener) { listener.bankChanged(entry.bank); });
}

// Without a poll: is it there and online as it was told?
void Banks::judge(Entry& entry) {
  const std::vector<const Member*> units = members(entry);
  const bool online = !units.empty() && std::ranges::all_of(units, &Member::online);
  if (!units.empty() && !entry.told) {
    tell(entry);
  } else if (entry.told && entry.bank.online != online) {
    entry.bank.online = online;
    listeners_.tell([&](Listener& listener) { listener.bankChanged(entry.bank); });
  }
}

}  // namespace blupow::gateway
