#include "device/module.hpp"

#include <algorithm>

#include "device/profiles.hpp"

namespace blupow::device::test {

std::vector<Notification> Module::operator()(const Bytes& request) const {
  const std::uint8_t unit = request[0];
  const auto address = static_cast<std::uint16_t>(request[2] << 8U | request[3]);
  if (lose || silent.contains(address)) return {};
  const auto device = blocks.find(unit);
  if (device == blocks.end()) return {};
  const auto block = device->second.find(address);
  Bytes frame;
  if (block == device->second.end()) {
    if (!exceptions) return {};
    frame = exceptionFrom(unit);
  } else {
    frame = answerTo(unit, block->second);
  }
  if (corrupt) frame = corrupted(frame);
  if (piece == 0) return {{latency, frame}};
  std::vector<Notification> pieces;
  Duration at = latency;
  for (std::size_t i = 0; i < frame.size(); i += piece, at += std::chrono::milliseconds(15)) {
    pieces.push_back(
        {at, Bytes(frame.begin() + static_cast<std::ptrdiff_t>(i), frame.begin() + static_cast<std::ptrdiff_t>(std::min(i + piece, frame.size())))});
  }
  return pieces;
}

Module inverterModule() {
  Module module;
  std::vector<std::uint16_t> live(10, 0);
  live[0] = 1217;
  live[5] = 132;
  std::vector<std::uint16_t> charging(7, 0);
  charging[0] = 87;
  std::vector<std::uint16_t> load(6, 0);
  load[1] = 250;
  const std::map<std::uint16_t, std::vector<std::uint16_t>> registers{
      {4000, live}, {4327, charging}, {4408, load}, {4311, wordsOf("RIV1230RCH-SPS", 8)}, {4109, {kInverterId}}};
  module.blocks = {{kInverterId, registers}, {255, registers}};
  return module;
}

Module controllerModule(const std::set<std::uint8_t>& ids) {
  Module module;
  std::vector<std::uint16_t> live(34, 0);
  live[0] = 99;
  live[1] = 132;
  live[32] = 2;
  for (const std::uint8_t id : ids) module.blocks[id] = {{256, live}, {12, wordsOf("  RNG-CTRL-RVR40", 8)}, {20, {0, 0x0102, 0, 0x0001}}};
  return module;
}

}  // namespace blupow::device::test
