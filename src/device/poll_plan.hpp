// Which blocks of a unit are due, and which are left out for a while because they do not answer. Pure bookkeeping; asks nothing itself.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "profile/profile.hpp"

namespace blupow::device {

class PollPlan {
 public:
  static constexpr Duration kSlow = std::chrono::minutes(10);          // of blocks of interval slow
  static constexpr Duration kLeftOut = std::chrono::hours(1);          // a block that the unit never answered: it has none
  static constexpr Duration kLeftOutKnown = std::chrono::seconds(30);  // one that it once answered: trouble that passes
  static constexpr int kFailures = 3;                                  // in a row, until a block's fields leave the readings, and until it is left out

  explicit PollPlan(std::vector<profile::Block> blocks);

  std::size_t size() const { return blocks_.size(); }
  const profile::Block& block(std::size_t index) const { return blocks_[index].block; }
  std::optional<std::size_t> find(std::string_view name) const;
  // Those that answered last time first, so that a dead unit is noticed by what it is known to have; else in the profile's order.
  std::vector<std::size_t> due(TimePoint now) const;

  void asked(std::size_t index) { blocks_[index].tried = true; }
  void answered(std::size_t index, TimePoint now);
  // One more failure. Left out from the third on for the pause; zero: asked at the next poll all the same. Whether it was just the third.
  bool failed(std::size_t index, Duration pause, TimePoint now);

  void split(std::size_t index) { blocks_[index].split = true; }  // is asked alone from now on
  bool splits(std::size_t index) const { return blocks_[index].split; }

  bool proven(std::size_t index) const { return blocks_[index].proven; }  // answered when it was last asked
  bool complete() const;                                                  // every block has been asked since the start

 private:
  struct Record {
    profile::Block block;
    TimePoint due{};  // not before; the past: at the next poll
    int failures = 0;
    bool proven = false;
    bool tried = false;
    bool split = false;
  };
  std::vector<Record> blocks_;
};

}  // namespace blupow::device
