// Names what libmosquitto says of a failed or ended connection. Pure.
#pragma once

#include <chrono>
#include <string>

#include "mqtt/client.hpp"

namespace blupow::mqtt {

inline constexpr std::chrono::seconds kAnswerBound{10};  // to be accepted by the broker

// How one attempt ended, as libmosquitto tells it.
struct Ending {
  int code = 0;          // of the last call
  int error_number = 0;  // errno, where the code says so
  int refusal = 0;       // of CONNACK; 0 = none came
  bool accepted = false;
  bool overdue = false;   // kAnswerBound passed
  bool unwanted = false;  // given up by us before it was accepted
  std::string tls;        // what was logged on the way: the only place where TLS says why

  // Nothing spoke MQTT there: another address of the same name may.
  bool unreached() const { return !accepted && !unwanted && refusal == 0 && tls.empty(); }
};

Trouble troubleOf(const Ending& ending, const BrokerSettings& settings);

// "localhost:1883" or the socket's path.
std::string brokerName(const BrokerSettings& settings);

}  // namespace blupow::mqtt
