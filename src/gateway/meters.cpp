#include "gateway/meters.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "gateway/log.hpp"

namespace blupow::gateway {

namespace {

constexpr Duration kSaveEvery = std::chrono::seconds(30);  // twice in the minute that is promised, so that a slow disk does not break it
constexpr Duration kRetryLoad = std::chrono::minutes(1);
constexpr Duration kReadyBound = std::chrono::seconds(5);
constexpr int kLongestGapPolls = 3;

std::string prefixOf(const MacAddress& address) { return address.text() + '_'; }

std::string storedPlace(const Meters::Place& place, const std::string& key) { return prefixOf(place.address) + std::to_string(place.known_as) + '/' + key; }

// Four decimals; rounding does not make a growing value fall.
profile::Value kilowattHours(double watt_hours) {
  const std::int64_t tenths = std::llround(watt_hours * 10);
  if (tenths % 10'000 == 0) return tenths / 10'000;
  return static_cast<double>(tenths) / 10'000;
}

}  // namespace

Meters::Place Meters::placeOf(const MacAddress& address, const device::UnitIdentity& unit) { return {address, unit.known_as}; }

Meters::Meters(runtime::Loop& loop, MeterStore* store, std::function<void(const Place&)> news)
    : loop_(loop), store_(store), news_(std::move(news)), self_(std::make_shared<Meters*>(this)) {}

void Meters::start(runtime::Task ready) {
  if (store_ == nullptr) {
    ready();
    return;
  }
  ready_ = std::move(ready);
  ready_bound_ = loop_.at(loop_.now() + kReadyBound, "meters ready", [this] { this->ready(); });
  load();
}

void Meters::load() {
  store_->load([self = std::weak_ptr(self_)](Result<MeterValues> values) {
    if (const auto alive = self.lock()) (*alive)->loaded(std::move(values));
  });
}

void Meters::loaded(Result<MeterValues> values) {
  if (values) {
    loaded_ = true;
    stored_ = std::move(*values);
    for (const std::string& prefix : std::exchange(forgotten_, {})) {
      std::erase_if(stored_, [&](const auto& value) { return value.first.starts_with(prefix); });
    }
    for (auto& [place, unit] : units_) {
      for (auto& [key, counter] : unit.counters) counter.base = stored(counter.place);
    }
    tellTrouble({});
    saveSoon();
  } else {
    tellTrouble("cannot be read: " + values.error().text);
    retry_load_ = loop_.at(loop_.now() + kRetryLoad, "load meters", [this] { load(); });
  }
  ready();
}

void Meters::ready() {
  ready_bound_.cancel();
  if (runtime::Task task = std::exchange(ready_, nullptr)) task();
}

void Meters::polled(const MacAddress& address, const device::Session& session, std::size_t index, Duration poll_interval) {
  const profile::Profile& profile = session.variant(index);
  if (store_ == nullptr || profile.meters.empty()) return;
  const Place place = placeOf(address, session.unit(index));
  Unit& unit = units_[place];
  unit.poll_interval = poll_interval;
  for (const profile::Meter& row : profile.meters) {
    const auto watts = profile::numberIn(session.readings(index), row.power);
    if (!watts) continue;
    auto counter = unit.counters.find(row.key);
    if (counter == unit.counters.end()) {
      const profile::Field* field = profile.field(row.power);
      const std::string stored_place = storedPlace(place, row.key);
      Counter fresh{device::Meter(row.sign, field != nullptr ? field->limits : std::nullopt), stored_place, stored(stored_place)};
      counter = unit.counters.emplace(row.key, std::move(fresh)).first;
    }
    // A reading that still stands from an earlier poll has that poll's time and adds nothing.
    const TimePoint at = session.readAt(index, row.power);
    counter->second.meter.sample(*watts, at == kNever ? loop_.now() : at, kLongestGapPolls * poll_interval);
  }
  saveSoon();
}

const profile::Readings& Meters::shown(const MacAddress& address, const device::Session& session, std::size_t index) {
  const profile::Readings& readings = session.readings(index);
  const profile::Profile& profile = session.variant(index);
  if (!loaded_ || profile.meters.empty() || readings.empty()) return readings;
  const Place place = placeOf(address, session.unit(index));
  Unit& unit = units_[place];
  unit.shown = readings;
  for (const profile::Meter& row : profile.meters) {
    const auto value = stored_.find(storedPlace(place, row.key));
    const bool counts = value != stored_.end() || unit.counters.contains(row.key);  // else the device does not tell this power
    if (counts) unit.shown.insert_or_assign(row.key, kilowattHours(value == stored_.end() ? 0 : value->second));
  }
  return unit.shown;
}

void Meters::forget(const MacAddress& address) {
  if (store_ == nullptr) return;
  const std::string prefix = prefixOf(address);
  const auto of_device = [&](const auto& value) { return value.first.starts_with(prefix); };
  std::erase_if(units_, [&](const auto& unit) { return unit.first.address == address; });
  std::erase_if(stored_, of_device);
  std::erase_if(under_way_, of_device);
  if (!loaded_) forgotten_.insert(prefix);
  store_->forget(prefix);
}

void Meters::stop(runtime::Task stopped) {
  when_stopped_ = std::move(stopped);
  if (!saving_) save();
}

double Meters::stored(const std::string& place) const {
  const auto value = stored_.find(place);
  return value == stored_.end() ? 0 : value->second;
}

MeterValues Meters::unsaved() const {
  MeterValues values;
  if (!loaded_) return values;
  for (const auto& [place, unit] : units_) {
    for (const auto& [key, counter] : unit.counters) {
      if (counter.total() > stored(counter.place)) values.emplace(counter.place, counter.total());
    }
  }
  return values;
}

void Meters::saveSoon() {
  if (saving_ || save_due_ || unsaved().empty()) return;
  save_due_ = true;
  save_ = loop_.at(std::max(loop_.now(), saved_at_ + kSaveEvery), "save meters", [this] { save(); });
}

void Meters::save() {
  save_.cancel();
  save_due_ = false;
  under_way_ = unsaved();
  if (under_way_.empty()) {
    if (runtime::Task task = std::exchange(when_stopped_, nullptr)) task();
    return;
  }
  saving_ = true;
  saved_at_ = loop_.now();
  store_->save(under_way_, [self = std::weak_ptr(self_)](const Result<>& result) {
    if (const auto alive = self.lock()) (*alive)->saved(result);
  });
}

void Meters::saved(const Result<>& result) {
  saving_ = false;
  const MeterValues values = std::exchange(under_way_, {});
  tellTrouble(result ? std::string() : "cannot be saved: " + result.error().text);
  if (result) {
    for (const auto& [place, value] : values) stored_.insert_or_assign(place, value);
  }
  if (when_stopped_) {
    if (result) {
      save();  // what was counted meanwhile
    } else {
      std::exchange(when_stopped_, nullptr)();
    }
    return;
  }
  saveSoon();
  if (!result) return;
  std::vector<Place> told;  // a listener may change the units
  for (const auto& [place, unit] : units_) {
    const bool changed = std::ranges::any_of(unit.counters, [&](const auto& counter) { return values.contains(counter.second.place); });
    if (changed && unit.poll_interval > kSaveEvery) told.push_back(place);
  }
  for (const Place& place : told) news_(place);
}

void Meters::tellTrouble(const std::string& trouble) {
  if (trouble == trouble_) return;
  log(LogLevel::warning, trouble.empty() ? "the energy meters can be read and saved again" : "the energy meters " + trouble);
  trouble_ = trouble;
}

}  // namespace blupow::gateway
