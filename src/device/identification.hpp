// Tells what hangs on a fresh link, with as few reads as it takes: the families' identification reads, each on the ids it is used to. Pure; who writes
// the requests is Session. next(), then answered() or failed() in turn until done().
//
// Order: every family's read at its first id (the guessed family's first); then what was not yet asked, or was silent, at an id that is known to exist
// since it answered something; then the further ids, round by round. The first unit recognised ends it. Families with the same read share it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/failure.hpp"
#include "core/time.hpp"
#include "device/unit.hpp"
#include "modbus/frame.hpp"
#include "profile/profile.hpp"

namespace blupow::device {

class Identification {
 public:
  // Longer than any answer seen (0.12 s), short enough for eight silent ids within 15 s.
  static constexpr Duration kProbeTimeout = std::chrono::milliseconds(1500);

  // first: type of the family to begin with, may be empty. A family without identification reads is taken as it is when it is the only one.
  Identification(const std::vector<profile::ProfilePtr>& families, std::string_view first);

  bool done() const { return !found_.empty() || current_ >= probes_.size(); }
  modbus::Request next() const;  // not when done
  void answered(const modbus::Answer& answer);
  void failed(const Failure& failure);

  const std::vector<UnitIdentity>& found() const { return found_; }
  bool heardAnything() const { return alive_; }  // words or an exception
  std::size_t silences() const { return silences_; }
  Failure failure() const;                                 // why nothing was found
  const std::string& answers() const { return answers_; }  // "register 12 at id 255: RBC50D1S; register 4311 at id 32: no answer"

 private:
  struct Probe {
    std::uint8_t unit = 0;
    std::uint16_t address = 0;
    std::uint16_t words = 0;
    std::size_t round = 0;
    bool repeated = false;                        // once more what was silent or corrupt
    std::vector<profile::ProfilePtr> families{};  // that ask this
  };
  void add(const profile::ProfilePtr& family, std::size_t round);
  void note(std::string_view what);
  void proven(bool repeat_current);

  std::vector<Probe> probes_;
  std::vector<Probe> silent_;
  std::size_t current_ = 0;
  std::vector<UnitIdentity> found_;
  bool alive_ = false;
  bool corrupt_ = false;
  std::size_t silences_ = 0;
  std::string answers_;
};

}  // namespace blupow::device
