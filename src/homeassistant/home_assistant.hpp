// The gateway in Home Assistant: listens to its events, publishes states, availability and discovery documents, and takes commands. What is to be
// on the broker is kept here and published anew after every connection. Loop thread. Rules: the MQTT contract in docs/, one class a rule.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "gateway/commands.hpp"
#include "gateway/events.hpp"
#include "homeassistant/command_intake.hpp"
#include "homeassistant/document_keeper.hpp"
#include "homeassistant/topics.hpp"
#include "mqtt/client.hpp"
#include "runtime/loop.hpp"

namespace blupow::homeassistant {

class HomeAssistant final : public gateway::Listener, public mqtt::ClientObserver {
 public:
  // restart carries restart_gateway out: it is called once the answer is on its way, and is to end in stop(), which sends it.
  // The client is to have lastWill() as its will.
  HomeAssistant(runtime::Loop& loop, mqtt::Client& client, gateway::Commands& commands, const Settings& settings, std::move_only_function<void()> restart);

  // After the gateway has told of the devices it knows, so that the first things published are whole.
  void start();
  // Publishes offline for all, answers open commands, sends everything and disconnects; calls back within the bound.
  void stop(Duration bound, std::move_only_function<void()> done);

  void deviceAdded(const gateway::Device& device) override;
  void deviceChanged(const gateway::Device& device) override;
  void deviceRemoved(const gateway::Device& device) override;
  void unitPolled(const gateway::Device& device, const gateway::Unit& unit) override;
  void unitAvailability(const gateway::Device& device, const gateway::Unit& unit) override;
  void gatewayChanged(const gateway::GatewayState& state) override;

  void mqttConnected() override;
  void mqttDisconnected() override;
  void mqttReceived(const mqtt::Message& message) override;
  void mqttSubscribed(std::uint32_t id) override;

 private:
  // What a description is made of; a new one is made only when this differs.
  struct Basis {
    std::string device_name;
    device::UnitIdentity identity;
    const profile::Profile* profile = nullptr;
    profile::Readings versions;
    std::size_t keys = 0;

    bool operator==(const Basis&) const = default;
  };
  struct Shown {
    std::string state;    // empty: not read by this process yet
    bool online = false;  // as published
    std::optional<Basis> basis;
  };

  void sync(const gateway::Device& device);
  void describeWhenNew(const gateway::Device& device, const gateway::Unit& unit, Shown& shown);
  void show(const gateway::Unit& unit, bool polled);
  Shown& shownAt(const UnitPlace& place);
  void publishStatus(const UnitPlace& place, bool online);
  void publishUnits();
  void heardOfHomeAssistant(const std::string& word);
  void announce();

  runtime::Loop& loop_;
  mqtt::Client& client_;
  const Settings settings_;
  const Topics topics_;
  DocumentKeeper documents_;
  CommandIntake intake_;
  std::map<UnitPlace, Shown> units_;
  std::string gatewayState_;  // empty: not told yet
  std::minstd_rand random_;
  runtime::Timer birth_;
  bool stopping_ = false;
};

}  // namespace blupow::homeassistant
