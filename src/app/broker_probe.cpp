#include "app/broker_probe.hpp"

#include <utility>

#include "mqtt/mosquitto_client.hpp"
#include "mqtt/trouble.hpp"
#include "runtime/asio_loop.hpp"

namespace blupow::app {

namespace {

constexpr Duration kToLeave = std::chrono::seconds(1);
constexpr Duration kLongest = mqtt::kAnswerBound + std::chrono::seconds(5);  // a look-up of a name has no bound of its own

class Probe final : private mqtt::ClientObserver {
 public:
  Probe(const mqtt::BrokerSettings& settings, const std::string& topic)
      : name_(mqtt::brokerName(settings)), client_(loop_, settings, {.topic = topic, .payload = {}}) {}

  BrokerFinding run() {
    client_.start(*this);
    const runtime::Timer bound = loop_.at(loop_.now() + kLongest, "broker silent", [this] { conclude(mqtt::TroubleKind::silent, "does not answer"); });
    loop_.run();
    return finding_;
  }

 private:
  void conclude(std::optional<mqtt::TroubleKind> trouble, const std::string& text) {
    if (std::exchange(concluded_, true)) return;
    finding_ = {.trouble = trouble, .detail = name_ + " " + text};
    client_.stop(kToLeave, [this] { loop_.stop(); });
  }

  void mqttConnected() override { conclude(std::nullopt, "accepts us"); }
  void mqttDisconnected() override {}
  void mqttReceived(const mqtt::Message& /*message*/) override {}
  void mqttSubscribed(std::uint32_t /*id*/) override {}
  void mqttFailed(const mqtt::Trouble& trouble) override { conclude(trouble.kind, trouble.text); }

  runtime::AsioLoop loop_;
  std::string name_;
  mqtt::MosquittoClient client_;
  BrokerFinding finding_;
  bool concluded_ = false;
};

}  // namespace

BrokerFinding probeBroker(mqtt::BrokerSettings settings, const std::string& base_topic) {
  settings.client_id.clear();
  return Probe(settings, base_topic + "/gateway/doctor").run();
}

std::string cureOf(mqtt::TroubleKind trouble, BrokerOrigin origin) {
  switch (trouble) {
    case mqtt::TroubleKind::unreachable:
      if (origin.host_by_supervisor) return "Start the Mosquitto broker add-on, or name another broker in the options (mqtt.host).";
      return "Start the broker, or correct mqtt.host and mqtt.port in the options.";
    case mqtt::TroubleKind::silent:
      if (origin.host_by_supervisor) return "Restart the Mosquitto broker add-on, or name another broker in the options (mqtt.host).";
      return "Correct mqtt.host, mqtt.port and mqtt.ssl in the options: something that is no such broker listens there.";
    case mqtt::TroubleKind::login_refused:
      if (origin.login_by_supervisor)
        return "Restart the Mosquitto broker add-on, which gives add-ons a new login, or name one in the options (mqtt.username).";
      return "Correct mqtt.username and mqtt.password in the options, or add this user to the broker.";
    case mqtt::TroubleKind::refused:
      return "Allow this client in the broker's settings; its log says why it refused.";
    case mqtt::TroubleKind::certificate_refused:
      return "Set mqtt.host to a name that the broker's certificate holds and mqtt.ca_file to the authority that signed it; see that it has not run out.";
    case mqtt::TroubleKind::unusable_authorities:
      return "Set mqtt.ca_file to a PEM file of certificates, or install the package ca-certificates.";
  }
  std::unreachable();
}

}  // namespace blupow::app
