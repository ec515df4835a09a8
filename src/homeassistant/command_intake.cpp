#include "homeassistant/command_intake.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace blupow::homeassistant {

CommandIntake::CommandIntake(runtime::Loop& loop, mqtt::Client& client, gateway::Commands& commands, Topics topics, std::move_only_function<void()> restart)
    : client_(client), topics_(std::move(topics)), executor_(loop, commands, std::move(restart)) {}

void CommandIntake::received(const mqtt::Message& message) {
  if (stopped_) return;
  if (message.retained) {
    spdlog::debug("a retained command is ignored");
    return;
  }
  const gateway::ParsedCommand parsed = gateway::parseCommand(message.payload);
  if (parsed.request_id.empty() && !parsed.command) {
    spdlog::debug("a command without a usable request_id is refused: {}", parsed.command.error().message);
    return;
  }
  executor_.execute(parsed.command, [this, id = parsed.request_id](const std::string& answer) { respond(id, answer); });
}

void CommandIntake::respond(const std::string& request_id, const std::string& text) {
  if (!request_id.empty()) client_.publish(topics_.response(request_id), text, false);
}

void CommandIntake::stop() {
  stopped_ = true;
  executor_.stop();
}

}  // namespace blupow::homeassistant
