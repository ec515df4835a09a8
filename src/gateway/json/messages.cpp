#include "gateway/json/messages.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "profile/decode.hpp"
#include "profile/json/render.hpp"

namespace blupow::gateway {

namespace {

using nlohmann::json;

constexpr double kMilliseconds = 1000;

std::string rendered(const json& message) { return message.dump(-1, ' ', false, json::error_handler_t::replace); }

json orNull(const std::string& text) { return text.empty() ? json() : json(text); }

const char* statusText(bool online) { return online ? "online" : "offline"; }

json jsonOf(const DeviceSummary& device) {
  json units = json::array();
  for (const UnitSummary& unit : device.units) {
    units.push_back({{"id", unit.id}, {"type", orNull(unit.type)}, {"model", orNull(unit.model)}, {"status", statusText(unit.online)}});
  }
  return {
      {"address", device.address.text()},    {"name", device.name},
      {"type", orNull(device.type)},         {"model", orNull(device.model)},
      {"status", statusText(device.online)}, {"connection_reason", device.connection_reason},
      {"units", std::move(units)},
  };
}

json jsonOf(const HeardDevice& device) {
  return {
      {"address", device.address.text()},
      {"name", orNull(device.name)},
      {"rssi", device.rssi ? json(*device.rssi) : json()},
      {"type", orNull(device.type)},
  };
}

json success() { return {{"status", "success"}}; }

template <typename Device>
std::string listText(const std::vector<Device>& devices) {
  json answer = success();
  json& list = answer["devices"] = json::array();
  for (const Device& device : devices) list.push_back(jsonOf(device));
  return rendered(answer);
}

}  // namespace

std::string stateText(const Unit& unit) { return rendered(profile::toJson(profile::published(*unit.profile, *unit.readings))); }

std::string stateText(const Bank& bank) { return rendered(profile::toJson(bank.readings)); }

std::string linkText(const Device& device) {
  const LinkStatus& link = *device.link;
  json message = {
      {"connection_reason", device::words(device.reason)},
      {"bluetooth", link.handed_over ? "off" : "on"},
      {"reconnects", link.reconnects},
  };
  if (link.rssi) message["rssi"] = *link.rssi;
  if (link.success_rate) message["success_rate"] = *link.success_rate;
  if (link.poll_duration) message["poll_duration"] = *link.poll_duration;
  if (link.last_success) message["last_success"] = isoUtc(*link.last_success);
  if (link.handed_over && link.released_until) message["released_until"] = isoUtc(*link.released_until);
  if (!link.last_write.empty()) message["last_write"] = link.last_write;
  return rendered(message);
}

std::string historyText(const std::vector<device::HistoryDay>& days) {
  json list = json::array();
  for (const device::HistoryDay& day : days) {
    json entry = profile::toJson(day.readings);
    entry["days_ago"] = day.days_ago;
    list.push_back(std::move(entry));
  }
  return rendered({{"days", std::move(list)}});
}

std::string gatewayStateText(const GatewayState& state, const std::string& version) {
  json message = {
      {"version", version},         {"started_at", isoUtc(state.started_at)}, {"devices", state.devices},
      {"polls_ok", state.polls_ok}, {"polls_failed", state.polls_failed},
  };
  if (!state.adapter.empty()) message["adapter"] = state.adapter;
  if (state.last_success) message["last_success"] = isoUtc(*state.last_success);
  if (state.poll_time) message["poll_time"] = std::round(*state.poll_time * kMilliseconds) / kMilliseconds;
  return rendered(message);
}

std::string successText() { return rendered(success()); }

std::string successText(const std::vector<DeviceSummary>& devices) { return listText(devices); }

std::string successText(const std::vector<HeardDevice>& devices) { return listText(devices); }

std::string successText(const DeviceSummary& device) {
  json answer = success();
  answer["device"] = jsonOf(device);
  return rendered(answer);
}

std::string failureText(const CommandFailure& failure) {
  return rendered({{"status", "failure"}, {"reason", name(failure.reason)}, {"message", failure.message}});
}

}  // namespace blupow::gateway
