// Polls one unit: asks its due blocks one by one, believes only plausible answers, holds the last reading of every field. Pure; who writes the requests
// is Session. begin(), then next() and answered() or failed() in turn until next() has nothing more, then end().
//
// A unit with a serial number is not believed to be itself after a new link or a silence until it has told that number again: till then nothing else
// is asked. Where another number comes nothing is taken, and the unit counts as silent.
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
#include "device/probe.hpp"
#include "device/unit.hpp"
#include "profile/decode.hpp"
#include "profile/spans.hpp"

namespace blupow::device {

class UnitPoller {
 public:
  static constexpr int kLost = 2;  // silent polls, until the unit is looked for at other ids

  UnitPoller(UnitIdentity identity, std::string_view advertised_name);

  const UnitIdentity& identity() const { return identity_; }
  const profile::Profile& variant() const { return *variant_; }
  const profile::ProfilePtr& sharedVariant() const { return variant_; }
  const profile::Readings& readings() const { return readings_; }
  bool online() const { return online_; }
  void setOnline(bool online) { online_ = online; }
  TimePoint answeredAt() const { return answered_at_; }  // last plausible answer; kNever before the first
  // When the block of this field was last believed; of a derived field the oldest of its inputs. kNever: not by a block of this process.
  TimePoint readAt(std::string_view key) const;

  // The advertised name has come to be known: it may decide the variant. Readings stay until the blocks are read anew.
  void rename(std::string_view advertised_name);
  // It was recognised at this id, perhaps another than before: everything is asked again, what was known of it stays.
  void place(const Found& found);
  std::uint8_t ownId() const;  // what it says its id is; 0 when it does not tell

  void distrust();  // a new link: another unit may sit at its id
  // Polls in a row in which it was asked in vain. A unit in whose place another answers is lost at once.
  int silentPolls() const { return silent_polls_; }
  void forgiveSilence();                       // the whole link was silent
  bool takeLost();                             // true once after so many silent polls that it is worth looking for
  bool mistaken() const { return mistaken_; }  // another serial number came from its id
  bool answering() const { return confirmed_ && !unheard_ && answered_at_ != kNever && silent_polls_ == 0; }
  bool atItsPlace() const { return trusted_ && confirmed_ && silent_polls_ == 0; }  // as far as is known
  bool fresh() const { return begun_ == kNever; }                                   // recognised, not yet polled
  TimePoint begunAt() const { return begun_; }

  // While everything is recognised from scratch: whether it was found again.
  bool confirmed() const { return confirmed_; }
  void confirm() { confirmed_ = true; }
  void unconfirm() { confirmed_ = false; }

  void begin(TimePoint now);
  // The block to be asked next. One that an earlier late answer could be mistaken for waits for the next poll, unless there is no other: then
  // exchange.freeAt() says until when.
  std::optional<modbus::Request> next(const Exchange& exchange, TimePoint now);
  void answered(std::span<const std::uint16_t> words, TimePoint now);
  void failed(const Failure& failure);

  struct Ended {
    bool ok = true;         // something answered, or nothing was due
    bool came = false;      // anything, also from another unit at its id
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

  std::optional<std::size_t> serialBlock() const;
  void setVariant();
  bool mistakes(const profile::Readings& readings) const;
  void plan();
  void hold(const profile::Block& block, const profile::Decoded& decoded, TimePoint now);
  void drop(std::string_view block);
  profile::Span alone(std::size_t index) const;
  std::deque<profile::Span> requests(const std::vector<std::size_t>& due) const;
  void split(bool at_once);
  void serialFirst();
  std::vector<profile::Decoded> decodedOf(const profile::Span& span, std::span<const std::uint16_t> words) const;
  void disbelieve(const profile::Span& span, const std::vector<profile::Decoded>& decoded);
  void take(std::size_t index, const profile::Decoded& decoded, std::span<const std::uint16_t> words, TimePoint now);
  void fail(std::size_t index, Outcome outcome);
  bool hopeless() const;
  profile::Readings known() const;
  void learnCounts(const profile::Readings& readings);
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

  bool trusted_ = false;
  bool mistaken_ = false;
  bool confirmed_ = true;
  bool lost_told_ = false;
  bool unheard_ = false;  // since the whole link was silent
  int silent_polls_ = 0;

  std::deque<profile::Span> queue_;  // front: asked, or to be asked next; blocks by their place in the plan
  std::size_t silences_ = 0;         // requests of this poll that were in vain
  TimePoint begun_ = kNever;
  bool asked_ = false;  // anything, in this poll
  bool came_ = false;   // whatever came: words, an exception
  bool alive_ = false;  // and from this very unit
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
