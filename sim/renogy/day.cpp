#include "sim/renogy/day.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace blupow::sim {

namespace {

constexpr double kSecondsADay = 86400;
constexpr double kNearlyFull = 0.95;  // from here on the current tapers off

}  // namespace

void Day::advance(double seconds) {
  if (seconds <= 0) return;
  seconds_ += seconds;
  const double drift = std::normal_distribution<>(0, 0.02 * std::sqrt(std::min(seconds, 600.0) / 60))(random_);
  cloud_ = std::clamp(cloud_ + drift, 0.55, 1.0);
}

double Day::hour() const { return std::fmod(seconds_, kSecondsADay) / 3600; }

int Day::number() const { return static_cast<int>(seconds_ / kSecondsADay); }

double Day::sun() const {
  constexpr double kSunrise = 6;
  constexpr double kDaylight = 12;
  const double progress = (hour() - kSunrise) / kDaylight;
  return progress <= 0 || progress >= 1 ? 0 : std::sin(std::numbers::pi * progress) * cloud_;
}

double Day::wobble(double width) { return std::uniform_real_distribution<>(1 - width, 1 + width)(random_); }

// Flat in the middle, steep at both ends, as lithium iron phosphate is.
double Battery::volts(double amps) const {
  constexpr double kOhm = 0.004;
  const double empty = 0.8 * std::exp(-charge_ * 20);
  const double full = 0.7 * std::exp((charge_ - 1) * 30);
  return 12.9 + 0.4 * charge_ - empty + full + kOhm * amps;
}

double Battery::wanted(double most) const {
  if (charge_ < kNearlyFull) return most;
  return most * std::max(0.0, 1 - charge_) / (1 - kNearlyFull);
}

void Battery::advance(double amps, double seconds) { charge_ = std::clamp(charge_ + amps * seconds / 3600 / capacity_, 0.02, 1.0); }

double rounded(double value, double step) { return std::round(value / step) * step; }

}  // namespace blupow::sim
