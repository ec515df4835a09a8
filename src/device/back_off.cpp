#include "device/back_off.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace blupow::device {

namespace {
constexpr double kFirst = 3;
constexpr double kGrowth = 1.5;
constexpr double kJitter = 0.25;
constexpr int kManyFailures = 64;  // beyond every cap; keeps pow() finite

std::minstd_rand::result_type folded(std::uint64_t seed) { return static_cast<std::minstd_rand::result_type>((seed ^ (seed >> 32U)) & 0x7FFFFFFFU); }
}  // namespace

BackOff::BackOff(Duration cap, std::uint64_t seed) : cap_(cap), random_(folded(seed)) {}

Duration BackOff::next() {
  const double chance = static_cast<double>(random_() - std::minstd_rand::min()) / static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min());
  const double seconds = kFirst * std::pow(kGrowth, failures_) * (1 + kJitter * chance);
  failures_ = std::min(failures_ + 1, kManyFailures);
  if (seconds >= inSeconds(cap_)) return cap_;
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace blupow::device
