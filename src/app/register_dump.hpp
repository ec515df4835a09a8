// Which registers of one unit to read so that somebody far away can tell what it is: every range that some Renogy device is known to have, with fewer
// words where a range is refused. Reads only. Pure; who writes the requests is RegisterReader. next(), then answered() or failed() in turn until next()
// has nothing more.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "core/failure.hpp"
#include "device/exchange.hpp"
#include "modbus/frame.hpp"

namespace blupow::app {

using Registers = std::map<std::uint16_t, std::uint16_t>;  // by address

class RegisterDump {
 public:
  explicit RegisterDump(std::uint8_t unit);

  // A request that a late answer could be mistaken for waits for the others.
  std::optional<modbus::Request> next(const device::Exchange& exchange, TimePoint now);
  void answered(const modbus::Answer& answer);
  void failed(const Failure& failure);

  std::uint8_t unit() const { return answers_as_.value_or(unit_); }  // the id it answers with, once it has
  bool alive() const { return answers_as_ || refused_anything_; }    // words or an exception came
  const Registers& registers() const { return registers_; }

 private:
  struct Piece {
    std::size_t range = 0;
    std::uint16_t address = 0;
    std::uint16_t words = 0;
    bool again = false;  // asked once more at the end
  };
  struct Progress {
    bool brought = false;  // some of its words came
    int refusals = 0;      // before that
  };

  bool wanted(const Piece& piece) const;
  void refused(const Piece& piece);
  void leaveOut(std::size_t range);

  std::uint8_t unit_;
  std::optional<std::uint8_t> answers_as_;
  bool refused_anything_ = false;
  int silences_ = 0;
  std::deque<Piece> pieces_;  // the front one is asked
  std::map<std::size_t, Progress> progress_;
  Registers registers_;
};

}  // namespace blupow::app
