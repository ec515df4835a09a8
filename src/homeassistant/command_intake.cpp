#include "homeassistant/command_intake.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "homeassistant/messages.hpp"

namespace blupow::homeassistant {

namespace {

using gateway::CommandFailure;
using gateway::Refusal;

constexpr std::chrono::seconds kBound{29};  // the contract's 30 s, less the way to who asked
constexpr std::size_t kMostOpen = 100;

}  // namespace

CommandIntake::CommandIntake(runtime::Loop& loop, mqtt::Client& client, gateway::Commands& commands, Topics topics, std::move_only_function<void()> restart)
    : loop_(loop),
      client_(client),
      commands_(commands),
      topics_(std::move(topics)),
      restart_(std::move(restart)),
      self_(std::make_shared<CommandIntake*>(this)) {}

CommandIntake::~CommandIntake() { *self_ = nullptr; }

template <typename T>
gateway::Answer<T> CommandIntake::answerTo(Number number) {
  return [self = self_, number](std::expected<T, CommandFailure> result) {
    if (*self == nullptr) return;
    if (!result) {
      (*self)->answer(number, failureText(result.error()));
    } else if constexpr (std::is_void_v<T>) {
      (*self)->answer(number, successText());
    } else {
      (*self)->answer(number, successText(*result));
    }
  };
}

// One overload a command.
struct CommandIntake::Execution {
  CommandIntake& intake;
  Number number;

  void operator()(const command::GetDevices& /*command*/) const { intake.answer(number, successText(intake.commands_.devices())); }
  void operator()(const command::Discover& command) const {
    intake.commands_.discover(command.time, intake.answerTo<std::vector<gateway::HeardDevice>>(number));
  }
  void operator()(const command::Add& command) const { intake.commands_.add(command.request, intake.answerTo<gateway::DeviceSummary>(number)); }
  void operator()(const command::Remove& command) const { intake.commands_.remove(command.address, intake.answerTo<void>(number)); }
  void operator()(const command::Refresh& command) const { intake.commands_.refresh(command.address, intake.answerTo<gateway::DeviceSummary>(number)); }
  void operator()(const command::Identify& command) const { intake.commands_.identify(command.address, intake.answerTo<gateway::DeviceSummary>(number)); }
  void operator()(const command::Release& command) const { intake.commands_.release(command.address, command.time, intake.answerTo<void>(number)); }
  void operator()(const command::Resume& command) const { intake.commands_.resume(command.address, intake.answerTo<void>(number)); }
  void operator()(const command::RestartGateway& /*command*/) const {
    intake.answer(number, successText());
    intake.restart_();
  }
};

void CommandIntake::received(const mqtt::Message& message) {
  if (stopped_) return;
  if (message.retained) {
    spdlog::debug("a retained command is ignored");
    return;
  }
  ParsedCommand parsed = parseCommand(message.payload);
  if (parsed.request_id.empty() && !parsed.command) {
    spdlog::debug("a command without a usable request_id is refused: {}", parsed.command.error().message);
    return;
  }
  if (!parsed.command) {
    respond(parsed.request_id, failureText(parsed.command.error()));
    return;
  }
  if (open_.size() >= kMostOpen) {
    respond(parsed.request_id, failureText({.reason = Refusal::busy, .message = "too many commands are under way"}));
    return;
  }
  const Number number = ++count_;
  Open& open = open_[number];
  open.request_id = std::move(parsed.request_id);
  open.bound = loop_.at(loop_.now() + kBound, "command",
                        [this, number] { answer(number, failureText({.reason = Refusal::failed, .message = "this took longer than 29 s"})); });
  std::visit(Execution{.intake = *this, .number = number}, *parsed.command);
}

void CommandIntake::answer(Number number, const std::string& text) {
  const auto open = open_.extract(number);
  if (!open.empty()) respond(open.mapped().request_id, text);
}

void CommandIntake::respond(const std::string& request_id, const std::string& text) {
  if (!request_id.empty()) client_.publish(topics_.response(request_id), text, false);
}

void CommandIntake::stop() {
  stopped_ = true;
  for (const auto& [number, open] : std::exchange(open_, {})) {
    respond(open.request_id, failureText({.reason = Refusal::failed, .message = "the gateway stops"}));
  }
}

}  // namespace blupow::homeassistant
