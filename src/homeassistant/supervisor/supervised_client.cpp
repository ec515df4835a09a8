#include "homeassistant/supervisor/supervised_client.hpp"

#include <utility>

namespace blupow::homeassistant::supervisor {

SupervisedClient::SupervisedClient(runtime::Loop& loop, mqtt::Client& client, Api& api, TroubleLog& log, BrokerWishes wishes)
    : client_(client), source_(loop, api, log, std::move(wishes), [this](mqtt::BrokerSettings settings) { client_.use(std::move(settings)); }) {}

void SupervisedClient::start(mqtt::ClientObserver& observer) {
  observer_ = &observer;
  client_.start(*this);
  source_.start();
}

void SupervisedClient::stop(Duration bound, std::move_only_function<void()> done) {
  source_.stop();
  client_.stop(bound, std::move(done));
}

void SupervisedClient::mqttConnected() {
  source_.accepted();
  observer_->mqttConnected();
}

void SupervisedClient::mqttDisconnected() {
  source_.lost();
  observer_->mqttDisconnected();
}

void SupervisedClient::mqttFailed(const mqtt::Trouble& trouble) {
  source_.failed(trouble.kind);
  observer_->mqttFailed(trouble);
}

}  // namespace blupow::homeassistant::supervisor
