#include "device/pace.hpp"

#include <algorithm>

namespace blupow::device {

Pace::Pace(Duration interval, bool adaptive) : interval_(interval), adaptive_(adaptive) {}

void Pace::polled(bool powered) {
  if (powered) {
    often_ = kCalmPolls + 1;
  } else if (often_ > 0) {
    --often_;
  }
}

Duration Pace::interval() const { return adaptive_ && often_ > 0 ? std::min(interval_, std::max(interval_ / 3, kShortest)) : interval_; }

bool powered(const profile::Profile& variant, const profile::Readings& readings) {
  return std::ranges::any_of(variant.fields, [&](const profile::Field& field) {
    return field.quantity == profile::Quantity::power && profile::numberIn(readings, field.key).value_or(0) != 0;
  });
}

}  // namespace blupow::device
