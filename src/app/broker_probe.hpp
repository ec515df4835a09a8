// Whether the broker accepts us, once. Blocks until it has, or has not; nothing is published or subscribed.
#pragma once

#include <optional>
#include <string>

#include "mqtt/client.hpp"

namespace blupow::app {

struct BrokerFinding {
  std::optional<mqtt::TroubleKind> trouble;  // nothing: accepted
  std::string detail;                        // one clause
};

// Under a client id of its own, so that a running service keeps its place at the broker.
BrokerFinding probeBroker(mqtt::BrokerSettings settings, const std::string& base_topic);

// Who said where the broker is, and as whom we come.
struct BrokerOrigin {
  bool host_by_supervisor = false;
  bool login_by_supervisor = false;
};

std::string cureOf(mqtt::TroubleKind trouble, BrokerOrigin origin = {});  // one sentence

}  // namespace blupow::app
