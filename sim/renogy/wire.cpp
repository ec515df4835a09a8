#include "sim/renogy/wire.hpp"

namespace blupow::sim {

namespace {

void appendWord(Bytes& bytes, std::uint16_t word) {
  bytes.push_back(static_cast<std::uint8_t>(word >> 8U));
  bytes.push_back(static_cast<std::uint8_t>(word & 0xFFU));
}

std::uint16_t wordAt(ByteView bytes, std::size_t at) { return static_cast<std::uint16_t>((bytes[at] << 8U) | bytes[at + 1]); }

// The checksum travels low byte first.
Bytes sealed(Bytes bytes) {
  const std::uint16_t sum = checksum(bytes);
  bytes.push_back(static_cast<std::uint8_t>(sum & 0xFFU));
  bytes.push_back(static_cast<std::uint8_t>(sum >> 8U));
  return bytes;
}

bool sealHolds(ByteView frame) {
  const auto body = frame.first(frame.size() - 2);
  const std::uint16_t sum = checksum(body);
  return frame[frame.size() - 2] == (sum & 0xFFU) && frame[frame.size() - 1] == (sum >> 8U);
}

}  // namespace

std::uint16_t checksum(ByteView bytes) {
  std::uint32_t sum = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    sum ^= byte;
    for (int bit = 0; bit < 8; ++bit) sum = (sum & 1U) != 0 ? (sum >> 1U) ^ 0xA001U : sum >> 1U;
  }
  return static_cast<std::uint16_t>(sum);
}

std::optional<Request> parseRequest(ByteView frame) {
  constexpr std::size_t kShort = 8;
  if (frame.size() < kShort || !sealHolds(frame)) return std::nullopt;
  Request request{.unit = frame[0], .function = frame[1], .address = wordAt(frame, 2), .count = wordAt(frame, 4)};
  if (request.function == kWriteWords) {
    const std::size_t data = std::size_t{2} * request.count;
    if (frame.size() != 9 + data || frame[6] != data) return std::nullopt;
    for (std::size_t at = 7; at < 7 + data; at += 2) request.values.push_back(wordAt(frame, at));
    return request;
  }
  if (frame.size() != kShort) return std::nullopt;
  if (request.function == kWriteWord) {
    request.values = {request.count};
    request.count = 1;
  }
  return request;
}

Bytes readAnswer(std::uint8_t unit, const Words& words) {
  Bytes frame = {unit, kReadWords, static_cast<std::uint8_t>(2 * words.size())};
  for (const std::uint16_t word : words) appendWord(frame, word);
  return sealed(std::move(frame));
}

Bytes writeAnswer(std::uint8_t unit, const Request& request) {
  Bytes frame = {unit, request.function};
  appendWord(frame, request.address);
  appendWord(frame, request.function == kWriteWord ? request.values.front() : request.count);
  return sealed(std::move(frame));
}

Bytes exceptionAnswer(std::uint8_t unit, std::uint8_t function, std::uint8_t code) { return sealed({unit, static_cast<std::uint8_t>(function | 0x80U), code}); }

}  // namespace blupow::sim
