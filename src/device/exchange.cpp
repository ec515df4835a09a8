#include "device/exchange.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace blupow::device {

namespace {
// Whether an answer to the one would pass for an answer to the other.
bool alike(const modbus::Request& one, const modbus::Request& other) {
  const bool units = one.unit == other.unit || one.unit == modbus::kAnyUnit || other.unit == modbus::kAnyUnit;
  return units && one.function == other.function && one.count == other.count;
}
}  // namespace

void Exchange::reset(TimePoint ready) {
  pending_.reset();
  owed_.clear();
  ready_at_ = ready;
  rewrite_at_ = kNever;
}

TimePoint Exchange::heldUntil(const modbus::Request& request, TimePoint now) const {
  TimePoint until = now;
  for (const Owed& owed : owed_) {
    if (alike(owed.request, request)) until = std::max(until, owed.until);
  }
  return until;
}

TimePoint Exchange::freeAt(const modbus::Request& request, TimePoint now) const { return std::max(ready_at_, heldUntil(request, now)); }

Bytes Exchange::begin(const modbus::Request& request, Duration timeout, TimePoint now) {
  assert(!busy());
  std::erase_if(owed_, [now](const Owed& owed) { return owed.until <= now; });
  pending_ = request;
  assembler_.expect(request);
  begun_ = now;
  timeout_at_ = now + timeout;
  last_byte_.reset();
  rewrite_at_ = kNever;
  rewrites_ = 0;
  return modbus::encode(request);
}

std::optional<Result<modbus::Answer>> Exchange::feed(ByteView bytes, Duration pause, TimePoint now) {
  if (!pending_) return std::nullopt;
  last_byte_ = now;
  auto result = assembler_.feed(bytes);
  if (result) {
    pending_.reset();
    rewrite_at_ = kNever;
    ready_at_ = now + pause;
  }
  return result;
}

// A corrupt answer is not waited out: when nothing more comes, nothing will.
TimePoint Exchange::givenUpAt() const {
  TimePoint at = timeout_at_;
  if (assembler_.sawCorrupt() && last_byte_) at = std::min(at, *last_byte_);
  if (last_byte_) at = std::max(at, *last_byte_);
  return std::min(at + kQuiet, timeout_at_ + kLongestDrain);
}

std::optional<Failure> Exchange::expire(TimePoint now) {
  if (!pending_ || now < givenUpAt()) return std::nullopt;
  const modbus::Request request = *std::exchange(pending_, std::nullopt);
  rewrite_at_ = kNever;
  ready_at_ = now;
  if (assembler_.sawCorrupt()) return Failure{FailureKind::protocol, "corrupt answer"};
  owed_.push_back({request, begun_ + std::max(kLateWindow, 2 * (timeout_at_ - begun_))});
  return Failure{FailureKind::retry_later, "no answer"};
}

bool Exchange::rewriteLater(TimePoint now) {
  if (!pending_ || ++rewrites_ > kRewrites) return false;
  rewrite_at_ = now + kRewriteAfter;
  return true;
}

std::optional<Bytes> Exchange::rewrite(TimePoint now) {
  if (!pending_ || now < rewrite_at_) return std::nullopt;
  rewrite_at_ = kNever;
  return modbus::encode(*pending_);
}

TimePoint Exchange::deadline() const { return pending_ ? std::min(givenUpAt(), rewrite_at_) : kNever; }

}  // namespace blupow::device
