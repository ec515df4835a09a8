// A client whose broker the Supervisor names: gives another client its settings, and tells the source how that fares. Loop thread.
#pragma once

#include "homeassistant/supervisor/broker_source.hpp"
#include "mqtt/client.hpp"

namespace blupow::homeassistant::supervisor {

class SupervisedClient final : public mqtt::Client, private mqtt::ClientObserver {
 public:
  // The client is one that has no settings yet.
  SupervisedClient(runtime::Loop& loop, mqtt::Client& client, Api& api, TroubleLog& log, BrokerWishes wishes);

  void start(mqtt::ClientObserver& observer) override;
  void use(mqtt::BrokerSettings settings) override { client_.use(std::move(settings)); }
  bool connected() const override { return client_.connected(); }
  void publish(std::string_view topic, std::string_view payload, bool retained) override { client_.publish(topic, payload, retained); }
  std::uint32_t subscribe(std::string_view filter) override { return client_.subscribe(filter); }
  void unsubscribe(std::string_view filter) override { client_.unsubscribe(filter); }
  void stop(Duration bound, std::move_only_function<void()> done) override;

 private:
  void mqttConnected() override;
  void mqttDisconnected() override;
  void mqttReceived(const mqtt::Message& message) override { observer_->mqttReceived(message); }
  void mqttSubscribed(std::uint32_t id) override { observer_->mqttSubscribed(id); }
  void mqttFailed(const mqtt::Trouble& trouble) override;

  mqtt::Client& client_;
  BrokerSource source_;
  mqtt::ClientObserver* observer_ = nullptr;
};

}  // namespace blupow::homeassistant::supervisor
