#include "device/meter.hpp"

#include <algorithm>
#include <cmath>

namespace blupow::device {

namespace {

constexpr double kSecondsAnHour = 3600;

// Mean of the positive part of a straight line from one value to the other.
double meanAboveZero(double from, double to) {
  const double low = std::min(from, to);
  const double high = std::max(from, to);
  if (high <= 0) return 0;
  if (low >= 0) return (low + high) / 2;
  return high / 2 * (high / (high - low));  // a triangle, over the part of the time that the line is above zero
}

}  // namespace

Meter::Meter(int sign, std::optional<profile::Limits> limits) : sign_(sign), limits_(limits) {}

// Which jumps are impossible is said by the limits of the field alone: what a device may deliver it may also deliver for one poll (a kettle, a
// cloud's edge), so a filter that smooths peaks would lose real energy. What lies outside is never joined to a line on either side.
void Meter::sample(double watts, TimePoint at, Duration longest_gap) {
  if (!std::isfinite(watts) || (limits_ && (watts < limits_->lowest || watts > limits_->highest))) return;
  if (last_ && at <= last_->at) return;
  const Sample now{sign_ < 0 ? -watts : watts, at};
  if (last_ && at - last_->at <= longest_gap) watt_hours_ += meanAboveZero(last_->watts, now.watts) * inSeconds(at - last_->at) / kSecondsAnHour;
  last_ = now;
}

}  // namespace blupow::device
