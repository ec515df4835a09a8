#include "web/shown.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "gateway/json/messages.hpp"
#include "web/readings.hpp"

namespace blupow::web {

namespace {

std::string removedText(const char* key, const std::string& name) { return nlohmann::json{{key, name}}.dump(); }

// Texts that are JSON already.
template <typename Entries>
std::string listOf(const Entries& entries) {
  std::string list = "[";
  for (const auto& [name, entry] : entries) {
    if (list.size() > 1) list += ',';
    list += entry.text;
  }
  return list + ']';
}

}  // namespace

Shown::Shown(runtime::Loop& loop, std::string version, std::function<bool()> broker_is_there, Tell tell)
    : loop_(loop), version_(std::move(version)), broker_is_there_(std::move(broker_is_there)), tell_(std::move(tell)), self_(std::make_shared<Shown*>(this)) {}

Shown::~Shown() { *self_ = nullptr; }

std::string Shown::state() const {
  const std::string gateway = gateway_.text.empty() ? "{}" : gateway_.text;
  const std::string version = nlohmann::json(version_).dump();
  return "{\"version\":" + version + ",\"now\":" + beat() + ",\"gateway\":" + gateway + ",\"devices\":" + listOf(devices_) + ",\"banks\":" + listOf(banks_) +
         "}";
}

std::string Shown::beat() const {
  nlohmann::json beat{{"time", isoUtc(loop_.wallNow())}};
  if (broker_is_there_) beat["broker"] = broker_is_there_() ? "connected" : "away";
  return beat.dump();
}

void Shown::show(const gateway::Device& device) {
  devices_[device.address.text()].text = deviceText(device);
  changed();
}

void Shown::deviceRemoved(const gateway::Device& device) {
  const std::string address = device.address.text();
  if (devices_.erase(address) > 0) tell_("device_removed", removedText("address", address));
}

void Shown::bankChanged(const gateway::Bank& bank) {
  banks_[bank.slug].text = bankText(bank);
  changed();
}

void Shown::bankRemoved(const std::string& slug) {
  if (banks_.erase(slug) > 0) tell_("bank_removed", removedText("slug", slug));
}

void Shown::gatewayChanged(const gateway::GatewayState& state) {
  gateway_.text = gateway::gatewayStateText(state, version_);
  changed();
}

void Shown::changed() {
  if (std::exchange(due_, true)) return;
  loop_.post("page", [self = self_] {
    if (*self != nullptr) (*self)->tellChanges();
  });
}

void Shown::tellChanges() {
  due_ = false;
  if (gateway_.told != gateway_.text) tell_("gateway", gateway_.told = gateway_.text);
  tellChanges(devices_, "device");
  tellChanges(banks_, "bank");
}

void Shown::tellChanges(Entries& entries, std::string_view event) {
  for (auto& [name, entry] : entries) {
    if (entry.told != entry.text) tell_(event, entry.told = entry.text);
  }
}

}  // namespace blupow::web
