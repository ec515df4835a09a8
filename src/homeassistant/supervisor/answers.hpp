// What the Supervisor's answers say. Pure; JSON stays inside. Shapes, status codes and texts: supervisor/api/services.py and
// api/middleware/security.py of home-assistant/supervisor. Nothing of an answer is believed before it was looked at.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "homeassistant/supervisor/api.hpp"

namespace blupow::homeassistant::supervisor {

struct BrokerEntry {
  std::string host;
  std::uint16_t port = 0;
  std::string username;  // empty: none
  std::string password;
  bool ssl = false;

  bool operator==(const BrokerEntry&) const = default;
};

// To GET /services/mqtt.
std::expected<BrokerEntry, Trouble> brokerOf(const Outcome& outcome);

// To GET /addons/self/info: the add-on's full slug, "a0d7b954_blupow".
std::expected<std::string, Trouble> slugOf(const Outcome& outcome);

// The add-on's own page, as Home Assistant takes it for a device's configuration_url.
std::string pageOf(const std::string& slug);

// What a person can do about it, one sentence. waits_for_broker: without an answer there is no broker.
std::string cureOf(TroubleKind kind, bool waits_for_broker);

}  // namespace blupow::homeassistant::supervisor
