// UnitPoller: what a unit says besides the requests of a poll: read back after a write, or unasked.
#include "device/unit_poller.hpp"
#include "profile/decode.hpp"

namespace blupow::device {

bool UnitPoller::readBack(const profile::Block& block, std::span<const std::uint16_t> words, TimePoint now) {
  const profile::Decoded decoded = profile::decode(*variant_, block.address, words, readings_);
  if (!decoded.implausible.empty() || decoded.readings.empty()) return false;
  learnUnknown(decoded.unknown);
  std::erase_if(readings_, [&](const auto& reading) {
    const profile::Field* field = variant_->field(reading.first);
    return field && field->block == block.name;
  });
  for (const auto& [key, value] : decoded.readings) readings_.insert_or_assign(key, value);
  profile::derive(*variant_, readings_);
  answered_at_ = read_at_[block.name] = now;
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
