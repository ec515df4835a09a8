// How long to leave a device alone after failures in a row: exponential, with jitter, up to a cap. Pure; the same seed gives the same waits.
#pragma once

#include <cstdint>
#include <random>

#include "core/time.hpp"

namespace blupow::device {

class BackOff {
 public:
  BackOff(Duration cap, std::uint64_t seed);

  // The wait after one more failure: 3 s and half as much again each time, plus up to a quarter: 3, 4.5, 6.8, 10, 15 ... The fourth is longer than the
  // 8 s for which a module may refuse after a failed attempt, the fifth shorter than 20 s.
  Duration next();
  void reset() { failures_ = 0; }

 private:
  Duration cap_;
  std::minstd_rand random_;
  int failures_ = 0;
};

}  // namespace blupow::device
