// What live units share: the sun of a fine day with some clouds, and a 12 V lithium battery. Pure; the same seed gives the same day.
#pragma once

#include <cstdint>
#include <random>

namespace blupow::sim {

class Day {
 public:
  Day(std::uint32_t seed, double start_hour) : random_(seed), seconds_(start_hour * 3600) {}

  void advance(double seconds);
  double hour() const;          // 0 to 24
  int number() const;           // of midnights passed
  double sun() const;           // 0 to 1 of what the panels give at best
  double wobble(double width);  // around 1: a reading is never quite the same

 private:
  std::mt19937 random_;
  double seconds_;
  double cloud_ = 0.9;
};

class Battery {
 public:
  Battery(double capacity, double charge) : capacity_(capacity), charge_(charge / 100) {}

  double charge() const { return charge_; }  // 0 to 1
  double volts(double amps) const;           // while it takes (or gives: negative) so much
  double wanted(double most) const;          // A that a charger of that rating gives: full current, then less and less
  void advance(double amps, double seconds);

 private:
  double capacity_;
  double charge_;
};

double rounded(double value, double step);

}  // namespace blupow::sim
