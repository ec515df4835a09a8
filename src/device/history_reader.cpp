#include "device/history_reader.hpp"

#include <algorithm>
#include <utility>

#include "profile/decode.hpp"

namespace blupow::device {

void HistoryReader::allow(TimePoint now) {
  if (due_at_ == kNever) due_at_ = now;
}

void HistoryReader::restart(TimePoint now) {
  reading_ = true;
  started_ = now;
  asked_once_ = false;
  collected_.clear();
}

modbus::Request HistoryReader::next(const profile::History& history, std::uint8_t id, TimePoint now) {
  if (!reading_ || now > started_ + kOneRound) restart(now);
  const auto day = static_cast<std::uint16_t>(history.address + collected_.size());
  return modbus::Request::read(id, day, history.words);
}

bool HistoryReader::answered(const profile::Profile& variant, std::span<const std::uint16_t> words, TimePoint now) {
  if (!reading_) return false;
  profile::Decoded decoded = profile::decodeHistory(variant, words);
  if (!decoded.implausible.empty()) return failed({FailureKind::protocol, decoded.implausible.front()}, now);
  if (decoded.readings.empty()) return whole(now);
  asked_once_ = false;
  collected_.push_back({.days_ago = static_cast<std::uint16_t>(collected_.size()), .readings = std::move(decoded.readings)});
  return collected_.size() >= variant.history->days && whole(now);
}

bool HistoryReader::failed(const Failure& failure, TimePoint now) {
  if (!reading_) return false;
  if (failure.kind == FailureKind::rejected) return whole(now);
  if (!std::exchange(asked_once_, true)) return false;
  // Nothing to be had this time; what was read an hour ago stays.
  reading_ = false;
  due_at_ = now + kEvery;
  return false;
}

bool HistoryReader::whole(TimePoint now) {
  reading_ = false;
  due_at_ = std::max(started_ + kEvery, now);
  if (collected_ == days_) return false;
  days_ = std::exchange(collected_, {});
  return true;
}

}  // namespace blupow::device
