// The broker that the Supervisor names: asked for at the start, and again from when the broker is lost or refuses us until it has accepted us. The
// Mosquitto add-on takes its entry back and makes another one, with another password, at each restart. While there is none, the one before stays
// good: the broker may be back before the Supervisor is. Loop thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "homeassistant/supervisor/answers.hpp"
#include "homeassistant/supervisor/inquiry.hpp"
#include "homeassistant/supervisor/trouble_log.hpp"
#include "mqtt/client.hpp"

namespace blupow::homeassistant::supervisor {

// What the options say of the broker although they name no host: each goes before what the Supervisor says.
struct BrokerWishes {
  std::optional<std::uint16_t> port;
  std::string username;  // with its password; empty: the Supervisor's
  std::string password;
  bool ssl = false;  // true: with TLS whatever the Supervisor says
  std::string ca_file;
  std::string client_id;
};

mqtt::BrokerSettings settingsOf(const BrokerEntry& entry, const BrokerWishes& wishes);

class BrokerSource {
 public:
  using Use = std::move_only_function<void(mqtt::BrokerSettings)>;

  // use is called with each broker that is not the one before.
  BrokerSource(runtime::Loop& loop, Api& api, TroubleLog& log, BrokerWishes wishes, Use use);

  void start();
  void accepted();  // by the broker: nothing is asked until it is lost
  void lost();
  void failed(mqtt::TroubleKind kind);  // an attempt to connect
  void stop();

 private:
  Next judge(const Outcome& outcome);

  TroubleLog& log_;
  const BrokerWishes wishes_;
  Use use_;
  Inquiry inquiry_;
  std::optional<BrokerEntry> entry_;
  bool refused_ = false;  // the entry's login, by the broker
};

}  // namespace blupow::homeassistant::supervisor
