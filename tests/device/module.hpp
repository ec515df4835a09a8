// A simulated module with a device behind it: registers by unit id, answers in order like a serial line, faults on demand.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "device/frames.hpp"

namespace blupow::device::test {

struct Module {
  // Of the blocks that it has, by unit id asked and first register.
  std::map<std::uint8_t, std::map<std::uint16_t, std::vector<std::uint16_t>>> blocks;
  bool exceptions = false;  // says exception 2 to what it does not have, else nothing
  Duration latency = std::chrono::milliseconds(20);
  bool lose = false;
  bool corrupt = false;
  std::set<std::uint16_t> silent;  // registers
  std::size_t piece = 0;           // bytes a notification; 0 = whole frames

  std::vector<Notification> operator()(const Bytes& request) const;
};

Module inverterModule();                                     // at 32 and 255
Module controllerModule(const std::set<std::uint8_t>& ids);  // at these

}  // namespace blupow::device::test
