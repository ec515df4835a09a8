// D-Bus methods that hang, fail or are slow, on demand. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/dbus/refusal.hpp"
#include "sim/loop.hpp"

namespace blupow::sim {

struct MethodRule {
  std::string member;                  // "Connect"
  std::string path_part;               // only objects whose path contains it; empty: all
  std::optional<std::uint32_t> count;  // so many times, then the rule is gone
  bool hang = false;                   // never answered
  std::optional<Refusal> refusal;      // refused; neither this nor hang: done as ever
  Milliseconds delay{0};               // before the answer
};

class MethodFaults {
 public:
  void add(MethodRule rule) { rules_.push_back(std::move(rule)); }
  void clear() { rules_.clear(); }
  const std::vector<MethodRule>& rules() const { return rules_; }

  // The first rule that fits the call; it is used up by one.
  std::optional<MethodRule> take(const std::string& member, const std::string& path) {
    for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
      if (rule->member != member || path.find(rule->path_part) == std::string::npos) continue;
      MethodRule taken = *rule;
      if (rule->count && --*rule->count == 0) rules_.erase(rule);
      return taken;
    }
    return std::nullopt;
  }

 private:
  std::vector<MethodRule> rules_;
};

}  // namespace blupow::sim
