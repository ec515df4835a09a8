#include "sim/answer_faults.hpp"

#include <algorithm>
#include <array>

namespace blupow::sim {

namespace {

constexpr std::array<std::string_view, 15> kNames = {"lost",  "late",  "corrupt", "truncated",  "extra",   "garbage", "foreign",   "exception",
                                                     "stale", "split", "twice",   "wrong_size", "refused", "ignored", "wrong_echo"};

bool onlyWrites(AnswerFault fault) { return fault == AnswerFault::refused || fault == AnswerFault::ignored || fault == AnswerFault::wrong_echo; }

bool isWrite(const Request& request) { return request.function == kWriteWord || request.function == kWriteWords; }

}  // namespace

std::optional<AnswerFault> answerFault(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<AnswerFault>(found - kNames.begin());
}

std::string_view name(AnswerFault fault) { return kNames.at(static_cast<std::size_t>(fault)); }

std::optional<AnswerRule> AnswerFaults::take(const Request& request) {
  for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
    if (rule->address && *rule->address != request.address) continue;
    if (rule->function && *rule->function != request.function) continue;
    if (onlyWrites(rule->fault) && !isWrite(request)) continue;
    if (rule->unit && *rule->unit != request.unit) continue;
    if (rule->probability < 1 && std::uniform_real_distribution<>(0, 1)(random_) >= rule->probability) continue;
    const AnswerRule taken = *rule;
    if (rule->count && --*rule->count == 0) rules_.erase(rule);
    return taken;
  }
  return std::nullopt;
}

}  // namespace blupow::sim
