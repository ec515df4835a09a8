// What goes wrong with a module's answers, on demand. Pure but for its own random numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "sim/loop.hpp"
#include "sim/renogy/wire.hpp"

namespace blupow::sim {

enum class AnswerFault : std::uint8_t {
  lost,        // no answer
  late,        // after delay
  corrupt,     // one byte flipped
  truncated,   // the last bytes never come
  extra,       // bytes behind the frame
  garbage,     // bytes before the frame
  foreign,     // from another unit id
  exception,   // with code
  stale,       // the answer before this one once more
  split,       // in odd pieces
  twice,       // the same answer two times
  wrong_size,  // a sound frame with a word less
  refused,     // a write is not done, and gets exception code
  ignored,     // a write is answered as if it were done
  wrong_echo,  // a write is done, and its answer names another value
};

std::optional<AnswerFault> answerFault(std::string_view name);
std::string_view name(AnswerFault fault);

struct AnswerRule {
  AnswerFault fault = AnswerFault::lost;
  std::optional<std::uint16_t> address;  // only reads and writes that begin there
  std::optional<std::uint8_t> unit;
  std::optional<std::uint8_t> function;
  std::optional<std::uint32_t> count;  // so many times, then the rule is gone
  double probability = 1;
  Milliseconds delay{3000};
  std::uint8_t code = kNoAddress;
};

class AnswerFaults {
 public:
  explicit AnswerFaults(std::uint32_t seed) : random_(seed) {}

  void add(const AnswerRule& rule) { rules_.push_back(rule); }
  void clear() { rules_.clear(); }
  const std::vector<AnswerRule>& rules() const { return rules_; }

  // The first rule that fits the request; it is used up by one.
  std::optional<AnswerRule> take(const Request& request);

 private:
  std::mt19937 random_;
  std::vector<AnswerRule> rules_;
};

}  // namespace blupow::sim
