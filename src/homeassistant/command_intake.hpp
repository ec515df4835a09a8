// Takes commands from the broker, has the gateway do them and answers each exactly once, within 30 s. Loop thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gateway/commands.hpp"
#include "homeassistant/command_parser.hpp"
#include "homeassistant/topics.hpp"
#include "mqtt/client.hpp"
#include "runtime/loop.hpp"

namespace blupow::homeassistant {

class CommandIntake {
 public:
  CommandIntake(runtime::Loop& loop, mqtt::Client& client, gateway::Commands& commands, Topics topics, std::move_only_function<void()> restart);
  ~CommandIntake();
  CommandIntake(const CommandIntake&) = delete;
  CommandIntake& operator=(const CommandIntake&) = delete;

  // A retained command is an old one: ignored, as is one that cannot be answered.
  void received(const mqtt::Message& message);

  // Answers what is still open with a failure and takes nothing more.
  void stop();

 private:
  using Number = std::uint64_t;
  struct Open {
    std::string request_id;
    runtime::Timer bound;
  };
  struct Execution;

  template <typename T>
  gateway::Answer<T> answerTo(Number number);
  void answer(Number number, const std::string& text);
  void respond(const std::string& request_id, const std::string& text);

  runtime::Loop& loop_;
  mqtt::Client& client_;
  gateway::Commands& commands_;
  const Topics topics_;
  std::move_only_function<void()> restart_;
  std::map<Number, Open> open_;
  Number count_ = 0;
  bool stopped_ = false;
  std::shared_ptr<CommandIntake*> self_;  // answers that come later than our end find it gone
};

}  // namespace blupow::homeassistant
