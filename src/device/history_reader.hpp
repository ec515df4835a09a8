// What a device itself remembers of its days, read one day a request once an hour. Pure; who sends the requests is Session: between polls, so that
// none is delayed by more than one read. The addresses are day indices, not linear registers (Rover Modbus document, 0xF000 + days ago).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/failure.hpp"
#include "core/time.hpp"
#include "modbus/frame.hpp"
#include "profile/profile.hpp"
#include "profile/value.hpp"

namespace blupow::device {

struct HistoryDay {
  std::uint16_t days_ago = 0;
  profile::Readings readings;

  bool operator==(const HistoryDay&) const = default;
};

class HistoryReader {
 public:
  static constexpr Duration kEvery = std::chrono::hours(1);
  static constexpr Duration kOneRound = std::chrono::minutes(10);  // days read farther apart do not belong together

  void allow(TimePoint now);                   // the unit's first poll is complete
  TimePoint dueAt() const { return due_at_; }  // in the past while a round is under way; kNever before allow()
  modbus::Request next(const profile::History& history, std::uint8_t id, TimePoint now);
  // Whether the history is whole and new. An exception, or the zeros of a day that was none yet, end it; after silence the day is asked once more.
  bool answered(const profile::Profile& variant, std::span<const std::uint16_t> words, TimePoint now);
  bool failed(const Failure& failure, TimePoint now);

  const std::vector<HistoryDay>& days() const { return days_; }

 private:
  void restart(TimePoint now);
  bool whole(TimePoint now);

  TimePoint due_at_ = kNever;
  TimePoint started_{};
  bool asked_once_ = false;  // the day, in vain
  std::vector<HistoryDay> collected_;
  std::vector<HistoryDay> days_;
  bool reading_ = false;
};

}  // namespace blupow::device
