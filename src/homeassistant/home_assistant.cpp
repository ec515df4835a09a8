#include "homeassistant/home_assistant.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <set>

#include "gateway/json/messages.hpp"
#include "homeassistant/description.hpp"

namespace blupow::homeassistant {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOnline = "online";
constexpr std::string_view kOffline = "offline";
// After Home Assistant's start, so that not everything on the broker speaks at once; well within 10 s.
constexpr int kShortestDelay = 500;  // ms
constexpr int kLongestDelay = 3000;

}  // namespace

HomeAssistant::HomeAssistant(runtime::Loop& loop, mqtt::Client& client, gateway::Commands& commands, const Settings& settings,
                             std::move_only_function<void()> restart, Memory memory)
    : loop_(loop),
      client_(client),
      settings_(settings),
      topics_(settings),
      documents_(loop, client, settings, parseDebts(memory.text), [save = std::move(memory.save)](const Debts& debts) mutable { save(debtsText(debts)); }),
      intake_(loop, client, commands, topics_, std::move(restart)),
      wishes_(commands, topics_, [this](const UnitPlace& place) { showAgain(place); }),
      random_(static_cast<std::minstd_rand::result_type>(settings.seed)) {
  documents_.onChanged([this](const std::string& object_id) { showUnderNewDocument(object_id); });
  documents_.want(describeGateway(settings_));
}

void HomeAssistant::start() { client_.start(*this); }

void HomeAssistant::leadTo(const std::string& page) {
  if (stopping_ || settings_.page == page) return;
  settings_.page = page;
  documents_.want(describeGateway(settings_));
  const auto renew = [this, &page](Shown& shown) {
    if (!shown.description) return;
    Description description = *shown.description;
    description.page = page;
    want(shown, std::move(description));
  };
  std::ranges::for_each(std::views::values(units_), renew);
  std::ranges::for_each(std::views::values(banks_), renew);
}

void HomeAssistant::stop(Duration bound, std::move_only_function<void()> done) {
  stopping_ = true;
  birth_.cancel();
  intake_.stop();
  for (const Shown& unit : std::views::values(units_)) publishStatus(unit, false);
  for (const Shown& bank : std::views::values(banks_)) publishStatus(bank, false);
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
  for (const UnitPlace& place : places) removeUnit(place);
}

void HomeAssistant::removeUnit(const UnitPlace& place) {
  std::vector<std::string> topics = {topics_.state(place), topics_.status(place), topics_.history(place)};
  if (!place.id) topics.push_back(topics_.link(place.address));
  units_.erase(place);
  for (const std::string& topic : topics) kept_.erase(topic);
  documents_.remove(topics_.objectId(place), std::move(topics));
}

// The state first, then online: whoever hears online finds values.
void HomeAssistant::unitPolled(const gateway::Device& device, const gateway::Unit& unit) {
  Shown& shown = unitAt(placeOf(unit));
  if (!unit.readings->empty()) showState(shown, gateway::stateText(unit));
  showOnline(shown, unit.online);
  if (unit.settled) wantUnit(shown, device, unit);
}

void HomeAssistant::unitAvailability(const gateway::Device& /*device*/, const gateway::Unit& unit) { showOnline(unitAt(placeOf(unit)), unit.online); }

void HomeAssistant::tellLink(const gateway::Device& device) { keep(topics_.link(device.address), gateway::linkText(device)); }

void HomeAssistant::historyRead(const gateway::Device& /*device*/, const gateway::Unit& unit) {
  keep(topics_.history(placeOf(unit)), gateway::historyText(*unit.history));
}

// One that waits for its units is nothing to Home Assistant yet.
void HomeAssistant::bankChanged(const gateway::Bank& bank) {
  Shown& shown = bankAt(bank.slug);
  if (!bank.readings.empty()) {
    showState(shown, gateway::stateText(bank));
    want(shown, describe(settings_, bank));
  }
  showOnline(shown, bank.online);
}

void HomeAssistant::bankRemoved(const std::string& slug) {
  banks_.erase(slug);
  documents_.remove(topics_.bankId(slug), {topics_.bankState(slug), topics_.bankStatus(slug)});
}

void HomeAssistant::gatewayChanged(const gateway::GatewayState& state) {
  gatewayState_ = gateway::gatewayStateText(state, settings_.version);
  if (!stopping_) client_.publish(topics_.gatewayState(), gatewayState_, true);
}

void HomeAssistant::sync(const gateway::Device& device) {
  std::set<UnitPlace> places;
  for (const gateway::Unit& unit : device.units) {
    places.insert(placeOf(unit));
    Shown& shown = unitAt(placeOf(unit));
    showOnline(shown, unit.online);
    if (unit.settled) wantUnit(shown, device, unit);
  }
  if (places.empty()) unitAt({.address = device.address, .id = std::nullopt});  // not recognised yet
  std::vector<UnitPlace> gone;
  for (const UnitPlace& place : std::views::keys(units_)) {
    if (place.address == device.address && !places.empty() && !places.contains(place)) gone.push_back(place);
  }
  for (const UnitPlace& place : gone) removeUnit(place);
  tellLink(device);
}

HomeAssistant::Shown& HomeAssistant::unitAt(const UnitPlace& place) {
  const auto [unit, isNew] = units_.try_emplace(place, Shown{.state_topic = topics_.state(place), .status_topic = topics_.status(place)});
  if (isNew) begin(unit->second, topics_.objectId(place));
  return unit->second;
}

HomeAssistant::Shown& HomeAssistant::bankAt(const std::string& slug) {
  const auto [bank, isNew] = banks_.try_emplace(slug, Shown{.state_topic = topics_.bankState(slug), .status_topic = topics_.bankStatus(slug)});
  if (isNew) begin(bank->second, topics_.bankId(slug));
  return bank->second;
}

void HomeAssistant::begin(Shown& shown, const std::string& object_id) {
  documents_.watch(object_id);
  publishStatus(shown, false);
}

void HomeAssistant::showState(Shown& shown, std::string text) {
  shown.state = std::move(text);
  if (!stopping_) client_.publish(shown.state_topic, shown.state, true);
}

void HomeAssistant::showOnline(Shown& shown, bool online) {
  online = online && !shown.state.empty();
  if (online == shown.online) return;
  shown.online = online;
  if (!stopping_) publishStatus(shown, online);
}

void HomeAssistant::wantUnit(Shown& shown, const gateway::Device& device, const gateway::Unit& unit) {
  if (shown.basis && shown.basis->holds(device, unit)) return;
  shown.basis.emplace(device, unit);
  want(shown, describe(settings_, device, unit));
}

void HomeAssistant::want(Shown& shown, Description description) {
  if (shown.description == description) return;
  shown.description = description;
  documents_.want(std::move(description));
}

void HomeAssistant::keep(const std::string& topic, std::string text) {
  std::string& kept = kept_[topic];
  if (kept == text) return;
  kept = std::move(text);
  if (!stopping_) client_.publish(topic, kept, true);
}

// What a wish did not change: Home Assistant waits for it.
void HomeAssistant::showAgain(const UnitPlace& place) {
  if (stopping_) return;
  const auto unit = units_.find(place);
  if (unit != units_.end() && !unit->second.state.empty()) client_.publish(unit->second.state_topic, unit->second.state, true);
  const auto link = kept_.find(topics_.link(place.address));
  if (!place.id && link != kept_.end()) client_.publish(link->first, link->second, true);
}

// What its old document did not allow Home Assistant has shown as no value.
void HomeAssistant::showUnderNewDocument(const std::string& object_id) {
  if (stopping_) return;
  for (const auto* const shown : everyShown()) {
    if (shown->description && shown->description->object_id == object_id && !shown->state.empty()) client_.publish(shown->state_topic, shown->state, true);
  }
}

// --- the broker's

void HomeAssistant::mqttConnected() {
  if (stopping_) return;
  client_.subscribe(topics_.command());
  client_.subscribe(topics_.allSettings());
  for (const std::string& topic : topics_.homeAssistantStatus()) client_.subscribe(topic);
  publishAll();
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
  if (wishes_.received(message)) return;
  clearForgottenBank(message);
  documents_.received(message);
}

// Retained, of a bank that nobody speaks of any more: its option went while we did not run.
void HomeAssistant::clearForgottenBank(const mqtt::Message& message) {
  if (!message.retained || message.payload.empty()) return;
  const auto slug = topics_.bankOf(message.topic);
  if (slug && !banks_.contains(*slug)) bankRemoved(*slug);
}

std::vector<const HomeAssistant::Shown*> HomeAssistant::everyShown() const {
  std::vector<const Shown*> all;
  for (const Shown& unit : std::views::values(units_)) all.push_back(&unit);
  for (const Shown& bank : std::views::values(banks_)) all.push_back(&bank);
  return all;
}

// Units and banks that were read first; the others are offline, so that values from before a kill -9 do not look live.
void HomeAssistant::publishAll() {
  const std::vector<const Shown*> known = everyShown();
  for (const Shown* const shown : known) {
    if (shown->state.empty()) continue;
    client_.publish(shown->state_topic, shown->state, true);
    publishStatus(*shown, shown->online);
  }
  for (const Shown* const shown : known) {
    if (shown->state.empty()) publishStatus(*shown, false);
  }
  for (const auto& [topic, text] : kept_) client_.publish(topic, text, true);
}

void HomeAssistant::publishStatus(const Shown& shown, bool online) { client_.publish(shown.status_topic, online ? kOnline : kOffline, true); }

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
  publishAll();
}

}  // namespace blupow::homeassistant
