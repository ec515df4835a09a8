#include "device/frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "modbus/crc16.hpp"

namespace blupow::device::test {

namespace {
Bytes sealed(Bytes frame) {
  const std::uint16_t crc = modbus::crc16(frame);
  frame.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  frame.push_back(static_cast<std::uint8_t>(crc >> 8U));
  return frame;
}
}  // namespace

Bytes answerTo(std::uint8_t unit, const std::vector<std::uint16_t>& words) {
  Bytes frame{unit, 0x03, static_cast<std::uint8_t>(2 * words.size())};
  for (const std::uint16_t word : words) {
    frame.push_back(static_cast<std::uint8_t>(word >> 8U));
    frame.push_back(static_cast<std::uint8_t>(word & 0xFFU));
  }
  return sealed(frame);
}

Bytes exceptionFrom(std::uint8_t unit, std::uint8_t code, std::uint8_t function) { return sealed({unit, static_cast<std::uint8_t>(function | 0x80U), code}); }

Bytes corrupted(Bytes frame) {
  frame.back() = static_cast<std::uint8_t>(frame.back() ^ 0x5AU);
  return frame;
}

Peer::Expectation& Peer::Expectation::reply(Bytes bytes) {
  replies_.push_back({std::chrono::milliseconds(20), std::move(bytes)});
  return *this;
}

Peer::Expectation& Peer::Expectation::after(Duration delay) {
  replies_.back().after = delay;
  return *this;
}

Peer::Expectation& Peer::Expectation::inPieces(std::size_t size, Duration gap) {
  const Notification whole = replies_.back();
  replies_.pop_back();
  Duration at = whole.after;
  for (std::size_t i = 0; i < whole.bytes.size(); i += size, at += gap) {
    const auto first = whole.bytes.begin() + static_cast<std::ptrdiff_t>(i);
    const auto last = whole.bytes.begin() + static_cast<std::ptrdiff_t>(std::min(i + size, whole.bytes.size()));
    replies_.push_back({at, Bytes(first, last)});
  }
  return *this;
}

Peer::Expectation& Peer::expect(const modbus::Request& request) { return expected_.emplace_back(request); }

std::vector<Notification> Peer::written(const Bytes& request) {
  if (expected_.empty()) {
    ADD_FAILURE() << "asked more than expected: " << toHex(request);
    return {};
  }
  EXPECT_EQ(toHex(request), toHex(modbus::encode(expected_.front().request_)));
  auto replies = std::move(expected_.front().replies_);
  expected_.pop_front();
  return replies;
}

}  // namespace blupow::device::test
