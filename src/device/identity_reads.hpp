// Reads of a unit that was recognised who it is beyond its family: the blocks with its serial number and, if wished, its own id. What does not answer
// is asked once more, then left. Pure; next(), then answered() or failed() in turn until done().
#pragma once

#include <string_view>
#include <vector>

#include "core/failure.hpp"
#include "device/probe.hpp"

namespace blupow::device {

class IdentityReads {
 public:
  IdentityReads(Found found, std::string_view advertised_name, bool own_id);

  bool done() const { return blocks_.empty(); }
  modbus::Request next() const;
  void answered(const modbus::Answer& answer);
  void failed(const Failure& failure);

  const Found& found() const { return found_; }

 private:
  void leave();

  Found found_;
  profile::ProfilePtr variant_;
  std::vector<profile::Block> blocks_;  // the last is asked first
  bool again_ = false;
};

}  // namespace blupow::device
