// UnitPoller: what a unit says besides the requests of a poll: read back after a write, or unasked.
#include "device/unit_poller.hpp"
#include "profile/decode.hpp"

namespace blupow::device {

bool UnitPoller::readBack(const profile::Block& block, std::span<const std::uint16_t> words, TimePoint now) {
  const profile::Decoded decoded = profile::decode(*variant_, block.address, words, known());
  if (!decoded.implausible.empty() || decoded.readings.empty()) return false;
  hold(block, decoded, now);
  return true;
}

void UnitPoller::streamed(const profile::Decoded& decoded, bool whole, TimePoint at) {
  if (whole) readings_.clear();
  for (const auto& [key, value] : decoded.readings) {
    readings_.insert_or_assign(key, value);
    const profile::Field* field = variant_->field(key);
    if (!field) continue;
    learnt_ = identity_.answered_blocks.insert(field->block).second || learnt_;
    read_at_[field->block] = at;
  }
  profile::derive(*variant_, readings_);
  learnUnknown(decoded.unknown);
  for (std::size_t i = 0; i < plan_.size(); ++i) {
    plan_.asked(i);
    plan_.answered(i, at);
  }
  queue_.clear();
  asked_ = alive_ = brought_ = true;
  answered_at_ = at;
}

}  // namespace blupow::device
