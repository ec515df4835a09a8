#include "device/poll_plan.hpp"

#include <algorithm>
#include <utility>

namespace blupow::device {

PollPlan::PollPlan(std::vector<profile::Block> blocks) {
  blocks_.reserve(blocks.size());
  for (profile::Block& block : blocks) blocks_.push_back({.block = std::move(block)});
}

std::optional<std::size_t> PollPlan::find(std::string_view name) const {
  const auto found = std::ranges::find(blocks_, name, [](const Record& record) -> std::string_view { return record.block.name; });
  return found == blocks_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - blocks_.begin()));
}

std::vector<std::size_t> PollPlan::due(TimePoint now) const {
  std::vector<std::size_t> indices;
  for (const bool proven : {true, false}) {
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i].proven == proven && blocks_[i].due <= now) indices.push_back(i);
    }
  }
  return indices;
}

void PollPlan::answered(std::size_t index, TimePoint now) {
  Record& record = blocks_[index];
  record.failures = 0;
  record.proven = true;
  switch (record.block.interval) {
    case profile::Interval::fast:
    case profile::Interval::normal:
      record.due = TimePoint{};
      break;
    case profile::Interval::slow:
      record.due = now + kSlow;
      break;
    case profile::Interval::once:
      record.due = kNever;
      break;
  }
}

bool PollPlan::failed(std::size_t index, Duration pause, TimePoint now) {
  Record& record = blocks_[index];
  record.proven = false;
  ++record.failures;
  if (record.failures >= kFailures && pause > Duration::zero()) record.due = now + pause;
  return record.failures == kFailures;
}

bool PollPlan::complete() const {
  return std::ranges::all_of(blocks_, [](const Record& record) { return record.tried; });
}

}  // namespace blupow::device
