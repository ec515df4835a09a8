// The gateway in Home Assistant: listens to its events, publishes states, availability and discovery documents, and takes commands. What is to be
// on the broker is kept here and published anew after every connection. Loop thread. docs/mqtt.md says what users see of it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "gateway/commands.hpp"
#include "gateway/events.hpp"
#include "homeassistant/basis.hpp"
#include "homeassistant/command_intake.hpp"
#include "homeassistant/document_keeper.hpp"
#include "homeassistant/setting_intake.hpp"
#include "homeassistant/topics.hpp"
#include "mqtt/client.hpp"
#include "runtime/loop.hpp"

namespace blupow::homeassistant {

// What is owed to Home Assistant outlives the program: the text of the last run, and where the present one's goes.
struct Memory {
  std::string text;
  std::move_only_function<void(std::string)> save = [](const std::string& /*text*/) {};
};

class HomeAssistant final : public gateway::Listener, public mqtt::ClientObserver {
 public:
  // restart carries restart_gateway out: it is called once the answer is on its way, and is to end in stop(), which sends it.
  // The client is to have lastWill() as its will.
  HomeAssistant(runtime::Loop& loop, mqtt::Client& client, gateway::Commands& commands, const Settings& settings, std::move_only_function<void()> restart,
                Memory memory);

  // After the gateway has told of the devices it knows, so that the first things published are whole.
  void start();
  // Where the pages of all devices lead from now on (Settings::page): what has a document is given it once more, with this.
  void leadTo(const std::string& page);
  // Publishes offline for all, answers open commands, sends everything and disconnects; calls back within the bound.
  void stop(Duration bound, std::move_only_function<void()> done);

  void deviceAdded(const gateway::Device& device) override;
  void deviceChanged(const gateway::Device& device) override;
  void deviceRemoved(const gateway::Device& device) override;
  void unitPolled(const gateway::Device& device, const gateway::Unit& unit) override;
  void unitAvailability(const gateway::Device& device, const gateway::Unit& unit) override;
  void reasonChanged(const gateway::Device& device) override { tellLink(device); }
  void linkChanged(const gateway::Device& device) override { tellLink(device); }
  void historyRead(const gateway::Device& device, const gateway::Unit& unit) override;
  void bankChanged(const gateway::Bank& bank) override;
  void bankRemoved(const std::string& slug) override;
  void gatewayChanged(const gateway::GatewayState& state) override;

  void mqttConnected() override;
  void mqttDisconnected() override;
  void mqttReceived(const mqtt::Message& message) override;
  void mqttSubscribed(std::uint32_t id) override;

 private:
  // A unit or a bank.
  struct Shown {
    std::string state_topic;
    std::string status_topic;
    std::string state;    // empty: not read by this process yet
    bool online = false;  // as published
    std::optional<Description> description;
    std::optional<Basis> basis;  // of a unit's description
  };

  void sync(const gateway::Device& device);
  void tellLink(const gateway::Device& device);
  void removeUnit(const UnitPlace& place);
  Shown& unitAt(const UnitPlace& place);
  Shown& bankAt(const std::string& slug);
  void begin(Shown& shown, const std::string& object_id);
  void showState(Shown& shown, std::string text);
  void showOnline(Shown& shown, bool online);
  void wantUnit(Shown& shown, const gateway::Device& device, const gateway::Unit& unit);
  void want(Shown& shown, Description description);
  void keep(const std::string& topic, std::string text);
  void showAgain(const UnitPlace& place);
  void showUnderNewDocument(const std::string& object_id);
  std::vector<const Shown*> everyShown() const;
  void publishStatus(const Shown& shown, bool online);
  void publishAll();
  void clearForgottenBank(const mqtt::Message& message);
  void heardOfHomeAssistant(const std::string& word);
  void announce();

  runtime::Loop& loop_;
  mqtt::Client& client_;
  Settings settings_;
  const Topics topics_;
  DocumentKeeper documents_;
  CommandIntake intake_;
  SettingIntake wishes_;
  std::map<UnitPlace, Shown> units_;
  std::map<std::string, Shown> banks_;       // by slug
  std::map<std::string, std::string> kept_;  // links and histories: topic -> text
  std::string gatewayState_;                 // empty: not told yet
  std::minstd_rand random_;
  runtime::Timer birth_;
  bool stopping_ = false;
};

}  // namespace blupow::homeassistant
