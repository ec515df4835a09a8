// How often a link is polled: at its interval, or more often while power flows (option adaptive_polling). Pure.
#pragma once

#include "core/time.hpp"
#include "profile/profile.hpp"
#include "profile/value.hpp"

namespace blupow::device {

class Pace {
 public:
  static constexpr int kCalmPolls = 3;  // still often, after the last power was 0 W
  static constexpr Duration kShortest = std::chrono::seconds(5);

  Pace(Duration interval, bool adaptive);

  void polled(bool powered);
  Duration interval() const;  // until the next poll

 private:
  Duration interval_;
  bool adaptive_;
  int often_ = 0;  // polls that are still to come soon
};

// Whether one of the powers of this snapshot is not 0 W.
bool powered(const profile::Profile& variant, const profile::Readings& readings);

}  // namespace blupow::device
