#include "gateway/json/command_executor.hpp"

#include <utility>

#include "gateway/json/messages.hpp"

namespace blupow::gateway {

namespace {

constexpr std::chrono::seconds kBound{29};  // the 30 s of docs/mqtt.md, less the way to who asked
constexpr std::size_t kMostOpen = 100;

}  // namespace

CommandExecutor::CommandExecutor(runtime::Loop& loop, Commands& commands, std::move_only_function<void()> restart)
    : loop_(loop), commands_(commands), restart_(std::move(restart)), self_(std::make_shared<CommandExecutor*>(this)) {}

CommandExecutor::~CommandExecutor() { *self_ = nullptr; }

template <typename T>
Answer<T> CommandExecutor::answerTo(Number number) {
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
struct CommandExecutor::Execution {
  CommandExecutor& executor;
  Number number;

  void operator()(const command::GetDevices& /*command*/) const { executor.answer(number, successText(executor.commands_.devices())); }
  void operator()(const command::Discover& command) const { executor.commands_.discover(command.time, executor.answerTo<std::vector<HeardDevice>>(number)); }
  void operator()(const command::Add& command) const { executor.commands_.add(command.request, executor.answerTo<DeviceSummary>(number)); }
  void operator()(const command::Remove& command) const { executor.commands_.remove(command.address, executor.answerTo<void>(number)); }
  void operator()(const command::Refresh& command) const { executor.commands_.refresh(command.address, executor.answerTo<DeviceSummary>(number)); }
  void operator()(const command::Identify& command) const { executor.commands_.identify(command.address, executor.answerTo<DeviceSummary>(number)); }
  void operator()(const command::Release& command) const { executor.commands_.release(command.address, command.time, executor.answerTo<void>(number)); }
  void operator()(const command::Resume& command) const { executor.commands_.resume(command.address, executor.answerTo<void>(number)); }
  void operator()(const command::RestartGateway& /*command*/) const {
    executor.answer(number, successText());
    executor.restart_();
  }
};

void CommandExecutor::execute(const std::expected<Command, CommandFailure>& command, Reply reply) {
  if (!command) return reply(failureText(command.error()));
  if (stopped_) return reply(failureText({.reason = Refusal::failed, .message = "the gateway stops"}));
  if (open_.size() >= kMostOpen) return reply(failureText({.reason = Refusal::busy, .message = "too many commands are under way"}));
  const Number number = ++count_;
  Open& open = open_[number];
  open.reply = std::move(reply);
  open.bound = loop_.at(loop_.now() + kBound, "command",
                        [this, number] { answer(number, failureText({.reason = Refusal::failed, .message = "this took longer than 29 s"})); });
  std::visit(Execution{.executor = *this, .number = number}, *command);
}

void CommandExecutor::answer(Number number, const std::string& text) {
  auto open = open_.extract(number);
  if (!open.empty()) open.mapped().reply(text);
}

void CommandExecutor::stop() {
  stopped_ = true;
  for (auto& [number, open] : std::exchange(open_, {})) {
    open.reply(failureText({.reason = Refusal::failed, .message = "the gateway stops"}));
  }
}

}  // namespace blupow::gateway
