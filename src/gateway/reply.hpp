// How a command is answered: on the loop, never inside the call that asked.
#pragma once

#include <utility>

#include "gateway/commands.hpp"
#include "runtime/loop.hpp"

namespace blupow::gateway {

template <typename T>
void reply(runtime::Loop& loop, Answer<T> answer, std::expected<T, CommandFailure> outcome) {
  loop.post("command answer", [answer = std::move(answer), outcome = std::move(outcome)]() mutable { answer(std::move(outcome)); });
}

template <typename T>
void refuse(runtime::Loop& loop, Answer<T> answer, Refusal reason, std::string message) {
  reply<T>(loop, std::move(answer), std::unexpected(CommandFailure{reason, std::move(message)}));
}

}  // namespace blupow::gateway
