// One energy meter: watts over time become watt-hours. Pure; time comes in as a monotonic value, so a step of the wall clock is not seen.
// Between two samples the power is taken for a straight line (trapezoid); only its part on the meter's side of zero counts, so that what charges and
// what discharges a battery never counts twice. It never falls.
#pragma once

#include <optional>

#include "core/time.hpp"
#include "profile/profile.hpp"

namespace blupow::device {

class Meter {
 public:
  // sign as in profile::Meter. limits: those of the power's field; a sample outside of them is as if it had not come.
  explicit Meter(int sign, std::optional<profile::Limits> limits = {});

  // Samples at or before the last one add nothing; a gap longer than longest_gap is left out, the meter begins anew behind it.
  void sample(double watts, TimePoint at, Duration longest_gap);
  double wattHours() const { return watt_hours_; }  // since it was made

 private:
  struct Sample {
    double watts;  // on the meter's side of zero: positive
    TimePoint at;
  };

  int sign_;
  std::optional<profile::Limits> limits_;
  std::optional<Sample> last_;
  double watt_hours_ = 0;
};

}  // namespace blupow::device
