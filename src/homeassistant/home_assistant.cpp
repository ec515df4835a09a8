#include "homeassistant/home_assistant.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <set>

#include "homeassistant/description.hpp"
#include "homeassistant/messages.hpp"

namespace blupow::homeassistant {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOnline = "online";
constexpr std::string_view kOffline = "offline";
// After Home Assistant's start, so that not everything on the broker speaks at once; well within the contract's 10 s.
constexpr int kShortestDelay = 500;  // ms
constexpr int kLongestDelay = 3000;

profile::Readings versionsIn(const profile::Readings& readings) {
  profile::Readings versions;
  for (const std::string_view key : {"software_version", "hardware_version"}) {
    if (const auto reading = readings.find(key); reading != readings.end()) versions.insert(*reading);
  }
  return versions;
}

}  // namespace

HomeAssistant::HomeAssistant(runtime::Loop& loop, mqtt::Client& client, gateway::Commands& commands, const Settings& settings,
                             std::move_only_function<void()> restart)
    : loop_(loop),
      client_(client),
      settings_(settings),
      topics_(settings),
      documents_(loop, client, settings),
      intake_(loop, client, commands, topics_, std::move(restart)),
      random_(static_cast<std::minstd_rand::result_type>(settings.seed)) {
  documents_.want(describeGateway(settings_));
}

void HomeAssistant::start() { client_.start(*this); }

void HomeAssistant::stop(Duration bound, std::move_only_function<void()> done) {
  stopping_ = true;
  birth_.cancel();
  intake_.stop();
  for (const UnitPlace& place : std::views::keys(units_)) publishStatus(place, false);
  client_.publish(topics_.gatewayStatus(), kOffline, true);
  documents_.stop();
  client_.stop(bound, std::move(done));
}

// --- the gateway's events

void HomeAssistant::deviceAdded(const gateway::Device& device) { sync(device); }

void HomeAssistant::deviceChanged(const gateway::Device& device) { sync(device); }

// One that went while we were not running was never added here, but has left its topics.
void HomeAssistant::deviceRemoved(const gateway::Device& device) {
  std::set<UnitPlace> places{{.address = device.address, .id = std::nullopt}};
  for (const gateway::Unit& unit : device.units) places.insert(placeOf(unit));
  for (const UnitPlace& place : std::views::keys(units_)) {
    if (place.address == device.address) places.insert(place);
  }
  for (const UnitPlace& place : places) {
    units_.erase(place);
    documents_.watch(topics_.objectId(place));
    documents_.remove(topics_.objectId(place), {topics_.state(place), topics_.status(place)});
  }
}

void HomeAssistant::unitPolled(const gateway::Device& device, const gateway::Unit& unit) {
  show(unit, true);
  describeWhenNew(device, unit, shownAt(placeOf(unit)));
}

void HomeAssistant::unitAvailability(const gateway::Device& /*device*/, const gateway::Unit& unit) { show(unit, false); }

void HomeAssistant::gatewayChanged(const gateway::GatewayState& state) {
  gatewayState_ = gatewayStateText(state, settings_.version);
  if (!stopping_) client_.publish(topics_.gatewayState(), gatewayState_, true);
}

void HomeAssistant::sync(const gateway::Device& device) {
  if (device.units.empty()) shownAt({.address = device.address, .id = std::nullopt});
  for (const gateway::Unit& unit : device.units) {
    show(unit, false);
    describeWhenNew(device, unit, shownAt(placeOf(unit)));
  }
}

HomeAssistant::Shown& HomeAssistant::shownAt(const UnitPlace& place) {
  const auto [unit, isNew] = units_.try_emplace(place);
  if (isNew) {
    documents_.watch(topics_.objectId(place));
    publishStatus(place, false);
  }
  return unit->second;
}

// The state first, then online: whoever hears online finds values.
void HomeAssistant::show(const gateway::Unit& unit, bool polled) {
  const UnitPlace place = placeOf(unit);
  Shown& shown = shownAt(place);
  if (polled && !unit.readings->empty()) {
    shown.state = stateText(*unit.readings);
    if (!stopping_) client_.publish(topics_.state(place), shown.state, true);
  }
  const bool online = unit.online && !shown.state.empty();
  if (online == shown.online) return;
  shown.online = online;
  if (!stopping_) publishStatus(place, online);
}

void HomeAssistant::describeWhenNew(const gateway::Device& device, const gateway::Unit& unit, Shown& shown) {
  if (!unit.settled) return;
  Basis basis{
      .device_name = device.name,
      .identity = *unit.identity,
      .profile = unit.profile,
      .versions = versionsIn(*unit.readings),
      .keys = unit.readings->size(),
  };
  if (shown.basis == basis) return;
  shown.basis = std::move(basis);
  documents_.want(describe(settings_, device, unit));
}

// --- the broker's

void HomeAssistant::mqttConnected() {
  if (stopping_) return;
  client_.subscribe(topics_.command());
  for (const std::string& topic : topics_.homeAssistantStatus()) client_.subscribe(topic);
  publishUnits();
  client_.publish(topics_.gatewayStatus(), kOnline, true);
  if (!gatewayState_.empty()) client_.publish(topics_.gatewayState(), gatewayState_, true);
  documents_.connected();
}

void HomeAssistant::mqttDisconnected() { documents_.disconnected(); }

void HomeAssistant::mqttSubscribed(std::uint32_t id) { documents_.subscribed(id); }

void HomeAssistant::mqttReceived(const mqtt::Message& message) {
  if (stopping_) return;
  if (message.topic == topics_.command()) {
    intake_.received(message);
    return;
  }
  const auto statuses = topics_.homeAssistantStatus();
  if (std::ranges::find(statuses, message.topic) != statuses.end()) {
    heardOfHomeAssistant(message.payload);
    return;
  }
  documents_.received(message);
}

// Units that were read first; the others are offline, so that values from before a kill -9 do not look live.
void HomeAssistant::publishUnits() {
  for (const auto& [place, shown] : units_) {
    if (shown.state.empty()) continue;
    client_.publish(topics_.state(place), shown.state, true);
    publishStatus(place, shown.online);
  }
  for (const auto& [place, shown] : units_) {
    if (shown.state.empty()) publishStatus(place, false);
  }
}

void HomeAssistant::publishStatus(const UnitPlace& place, bool online) { client_.publish(topics_.status(place), online ? kOnline : kOffline, true); }

void HomeAssistant::heardOfHomeAssistant(const std::string& word) {
  if (word == kOffline) {
    documents_.homeAssistantIs(false);
    birth_.cancel();
  }
  if (word != kOnline) return;
  documents_.homeAssistantIs(true);
  std::uniform_int_distribution<int> delay(kShortestDelay, kLongestDelay);
  birth_ = loop_.at(loop_.now() + std::chrono::milliseconds(delay(random_)), "announce", [this] { announce(); });
}

void HomeAssistant::announce() {
  spdlog::debug("Home Assistant has started: everything is announced once more");
  documents_.announce();
  client_.publish(topics_.gatewayStatus(), kOnline, true);
  if (!gatewayState_.empty()) client_.publish(topics_.gatewayState(), gatewayState_, true);
  publishUnits();
}

}  // namespace blupow::homeassistant
