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

Shown::Shown(runtime::Loop& loop, std::string version, Sources sources, Tell tell)
    : loop_(loop), version_(std::move(version)), sources_(std::move(sources)), tell_(std::move(tell)), self_(std::make_shared<Shown*>(this)) {}

Shown::~Shown() { *self_ = nullptr; }

std::string Shown::state() const {
  const std::string version = nlohmann::json(version_).dump();
  return "{\"version\":" + version + ",\"now\":" + beat() + ",\"devices\":" + listOf(devices_) + ",\"banks\":" + listOf(banks_) + "}";
}

std::string Shown::beat() const { return beatAt(isoUtc(loop_.wallNow())); }

std::string Shown::beatAt(const std::string& time) const {
  const char* const broker = sources_.broker_is_there() ? "connected" : "away";
  const nlohmann::json head{{"time", time}, {"broker", broker}};
  return "{\"gateway\":" + gateway::gatewayStateText(sources_.gateway(), version_) + "," + head.dump().substr(1);
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

void Shown::changed() {
  if (std::exchange(due_, true)) return;
  loop_.post("page", [self = self_] {
    if (*self != nullptr) (*self)->tellChanges();
  });
}

void Shown::tellChanges() {
  due_ = false;
  const std::string now = beatAt({});
  if (std::exchange(beat_, now) != now) tell_("beat", beat());
  tellChanges(devices_, "device");
  tellChanges(banks_, "bank");
}

void Shown::tellChanges(Entries& entries, std::string_view event) {
  for (auto& [name, entry] : entries) {
    if (entry.told != entry.text) tell_(event, entry.told = entry.text);
  }
}

}  // namespace blupow::web
