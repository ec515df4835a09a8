// Polls one unit: asks its due blocks one by one, believes only plausible answers, holds the last reading of every field. Pure; who writes the requests
// is Session. begin(), then next() and answered() or failed() in turn until next() has nothing more, then end().
#pragma once

#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/failure.hpp"
#include "core/time.hpp"
#include "device/action.hpp"
#include "device/exchange.hpp"
#include "device/history_reader.hpp"
#include "device/poll_plan.hpp"
#include "device/unit.hpp"
#include "profile/decode.hpp"

namespace blupow::device {

class UnitPoller {
 public:
  UnitPoller(UnitIdentity identity, std::string_view advertised_name);

  const UnitIdentity& identity() const { return identity_; }
  const profile::Profile& variant() const { return *variant_; }
  const profile::Readings& readings() const { return readings_; }
  bool online() const { return online_; }
  void setOnline(bool online) { online_ = online; }
  TimePoint answeredAt() const { return answered_at_; }  // last plausible answer; kNever before the first
  // When the block of this field was last believed; of a derived field the oldest of its inputs. kNever: not by a block of this process.
  TimePoint readAt(std::string_view key) const;

  // The advertised name has come to be known: it may decide the variant. Readings stay until the blocks are read anew.
  void rename(std::string_view advertised_name);
  // The same unit recognised anew: everything is asked again, what was known of it stays.
  void inherit(UnitPoller&& former);

  void begin(TimePoint now);
  // The block to be asked next. One that an earlier late answer could be mistaken for waits for the next poll, unless there is no other: then
  // exchange.freeAt() says until when.
  std::optional<modbus::Request> next(const Exchange& exchange, TimePoint now);
  void answered(std::span<const std::uint16_t> words, TimePoint now);
  void failed(const Failure& failure);

  struct Ended {
    bool ok = true;         // something answered, or nothing was due
    bool brought = false;   // a block with readings
    bool corrupt = false;   // corrupt answers came
    bool changed = false;   // more is known of the unit's identity
    bool complete = false;  // every block has been answered or failed
  };
  Ended end(TimePoint now);

  // unit_aside.cpp: what comes besides the requests of a poll.
  // Words of one block that were read back after a write, judged as in a poll. False: implausible, nothing changes.
  bool readBack(const profile::Block& block, std::span<const std::uint16_t> words, TimePoint now);
  // What a unit that speaks unasked said; between begin() and end(). whole: what is not in it, the unit does not have.
  void streamed(const profile::Decoded& decoded, bool whole, TimePoint at);
  bool complete() const { return plan_.complete(); }  // every block has been answered or failed
  HistoryReader& history() { return history_; }
  const HistoryReader& history() const { return history_; }

  std::vector<action::Note> takeNotes();

 private:
  enum class Outcome : std::uint8_t { silent, corrupt, rejected, implausible };
  struct Trouble {
    std::size_t block;
    Outcome outcome;
  };

  void drop(std::size_t block);
  void fail(Outcome outcome);
  bool hopeless() const;
  void learnUnknown(const std::vector<std::string>& clauses);
  bool learnIdentity();

  UnitIdentity identity_;
  std::string advertised_name_;
  profile::ProfilePtr variant_;
  PollPlan plan_;
  HistoryReader history_;
  profile::Readings readings_;
  bool online_ = false;
  TimePoint answered_at_ = kNever;
  std::map<std::string, TimePoint, std::less<>> read_at_;  // by block

  std::deque<std::size_t> queue_;  // front: asked, or to be asked next
  TimePoint begun_{};
  bool asked_ = false;  // anything, in this poll
  bool alive_ = false;  // whatever came: words, an exception
  bool brought_ = false;
  bool again_ = false;          // the front was corrupt once
  bool proven_silent_ = false;  // a block that answered last time does not now
  bool learnt_ = false;
  std::vector<Trouble> troubles_;

  std::set<std::size_t> implausible_;  // blocks, said
  std::set<std::string> unknown_;      // clauses, said
  std::vector<action::Note> notes_;
};

}  // namespace blupow::device
