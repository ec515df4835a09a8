// Has the gateway do commands and answers each exactly once, within 30 s, as JSON; whoever it was that asked. Loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gateway/commands.hpp"
#include "gateway/json/command_parser.hpp"
#include "runtime/loop.hpp"

namespace blupow::gateway {

class CommandExecutor {
 public:
  using Reply = std::move_only_function<void(const std::string& answer)>;

  // restart carries restart_gateway out: it is called once that is answered.
  CommandExecutor(runtime::Loop& loop, Commands& commands, std::move_only_function<void()> restart);
  ~CommandExecutor();  // what is still open is not answered
  CommandExecutor(const CommandExecutor&) = delete;
  CommandExecutor& operator=(const CommandExecutor&) = delete;

  // Replies at once, inside the call, where nothing has to be waited for. What could not be parsed is answered with why.
  void execute(const std::expected<Command, CommandFailure>& command, Reply reply);

  // Answers what is still open with a failure, and so whatever comes from now on.
  void stop();

 private:
  using Number = std::uint64_t;
  struct Open {
    Reply reply;
    runtime::Timer bound;
  };
  struct Execution;

  template <typename T>
  Answer<T> answerTo(Number number);
  void answer(Number number, const std::string& text);

  runtime::Loop& loop_;
  Commands& commands_;
  std::move_only_function<void()> restart_;
  std::map<Number, Open> open_;
  Number count_ = 0;
  bool stopped_ = false;
  std::shared_ptr<CommandExecutor*> self_;  // answers that come later than our end find it gone
};

}  // namespace blupow::gateway
