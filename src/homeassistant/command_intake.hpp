// Takes commands from the broker and publishes what became of each. Loop thread.
#pragma once

#include <functional>
#include <string>

#include "gateway/commands.hpp"
#include "gateway/json/command_executor.hpp"
#include "homeassistant/topics.hpp"
#include "mqtt/client.hpp"
#include "runtime/loop.hpp"

namespace blupow::homeassistant {

class CommandIntake {
 public:
  CommandIntake(runtime::Loop& loop, mqtt::Client& client, gateway::Commands& commands, Topics topics, std::move_only_function<void()> restart);

  // A retained command is an old one: ignored, as is a wrong one that cannot be answered.
  void received(const mqtt::Message& message);

  // Answers what is still open with a failure and takes nothing more.
  void stop();

 private:
  void respond(const std::string& request_id, const std::string& text);

  mqtt::Client& client_;
  const Topics topics_;
  bool stopped_ = false;
  gateway::CommandExecutor executor_;
};

}  // namespace blupow::homeassistant
