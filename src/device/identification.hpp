// Tells what hangs on a link, with as few reads as it takes: the families' identification reads, each at the ids it is used to. Pure; who writes the
// requests is Session. next(), then answered() or failed() in turn until done(); take() what was found.
//
// First unit: every family's text reads at its first id (the guessed family's first); then what was not yet asked, or was silent, at an id that is
// known to exist since it answered something; then the further ids, round by round. Words that make sense (IdentifyRead::plausible) are asked for at
// the end of the round in which the text was in vain. The first unit recognised ends it. Then goOn(): all other ids, for further units.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/failure.hpp"
#include "core/time.hpp"
#include "device/identity_reads.hpp"
#include "device/probe.hpp"
#include "modbus/frame.hpp"
#include "profile/profile.hpp"

namespace blupow::device {

class Identification {
 public:
  // Longer than any answer seen (0.12 s), short enough for seven silent ids within 15 s.
  static constexpr Duration kProbeTimeout = std::chrono::milliseconds(1500);

  // first: type of the family to begin with, may be empty. serials: a unit is asked for its serial number before it counts as found.
  // A family without identification reads is taken as it is when it is the only one.
  Identification(std::vector<profile::ProfilePtr> families, std::string_view first, std::string_view advertised_name = {}, bool serials = false);

  // For further units, also after the first: ids that are not in known, these first, each with its serial number and own id. What was asked already
  // and silent comes last. The id that any unit answers to is not asked: what answers there is behind its own id, too.
  void goOn(const std::set<std::uint8_t>& known, const std::vector<std::uint8_t>& urgent = {});

  bool done() const;  // the first has been found, or nothing is left to ask; after goOn() the latter only
  modbus::Request next() const;
  void answered(const modbus::Answer& answer);
  void failed(const Failure& failure);

  std::optional<Found> take();  // one unit that was found, once

  std::size_t silences() const { return silences_; }
  Failure failure() const;                                 // why nothing was found
  const std::string& answers() const { return answers_; }  // "register 12 at id 255: RBC50D1S; register 4311 at id 32: no answer"

 private:
  using Place = std::pair<std::uint8_t, std::string>;  // id, type of a family

  void note(const Probe& probe, std::string_view what);
  void accept(Found found);
  void proven(const Probe& here);
  void inVain(const Probe& probe);
  void settleFallback();
  void takeIdentity();

  std::vector<profile::ProfilePtr> families_;
  std::string advertised_name_;
  bool serials_ = false;
  bool further_ = false;
  std::deque<Probe> probes_;
  std::vector<Probe> silent_;
  std::set<Place> told_;           // a text came that is none of this family's: its words are not guessed at
  std::optional<Found> fallback_;  // by words that make sense, should its text stay silent
  std::optional<IdentityReads> identity_;
  std::deque<Found> found_;
  bool alive_ = false;
  bool corrupt_ = false;
  std::size_t silences_ = 0;
  std::string answers_;
};

}  // namespace blupow::device
