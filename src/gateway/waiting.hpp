// Commands that wait for the same thing to happen: each is answered once, when it has happened or at its bound. Loop thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "gateway/commands.hpp"
#include "runtime/loop.hpp"

namespace blupow::gateway {

template <typename T>
class Waiting {
 public:
  using Number = std::uint64_t;
  static constexpr Duration kBound = std::chrono::seconds(24);  // commands are answered within 30 s, settings within 25 s

  // late: what is answered at the bound.
  Waiting(runtime::Loop& loop, std::function<CommandFailure(Number)> late) : loop_(loop), late_(std::move(late)) {}

  void add(Number number, Answer<T> answer) {
    waiting_.emplace(number, Entry{std::move(answer), loop_.at(loop_.now() + kBound, "command bound", [this, number] { expire(number); })});
  }
  void add(Answer<T> answer) { add(++count_, std::move(answer)); }

  // One of them. Nothing happens when it was answered already.
  void end(Number number, const std::expected<T, CommandFailure>& outcome) {
    if (auto found = waiting_.extract(number)) found.mapped().answer(outcome);
  }
  void endAll(const std::expected<T, CommandFailure>& outcome) {
    for (auto& [number, entry] : std::exchange(waiting_, {})) entry.answer(outcome);
  }
  bool empty() const { return waiting_.empty(); }

 private:
  struct Entry {
    Answer<T> answer;
    runtime::Timer bound;
  };
  void expire(Number number) {
    auto entry = waiting_.extract(number);
    entry.mapped().answer(std::unexpected(late_(number)));
  }

  runtime::Loop& loop_;
  std::function<CommandFailure(Number)> late_;
  std::map<Number, Entry> waiting_;
  Number count_ = 0;
};

}  // namespace blupow::gateway
