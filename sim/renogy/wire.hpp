// Modbus RTU as Renogy's modules speak it, seen from the device: requests are checked, answers built. The simulator's own code on purpose: it shares nothing
// with src/modbus, so that one mistake cannot hide in both. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/bytes.hpp"

namespace blupow::sim {

using Words = std::vector<std::uint16_t>;

inline constexpr std::uint8_t kReadWords = 0x03;
inline constexpr std::uint8_t kWriteWord = 0x06;
inline constexpr std::uint8_t kWriteWords = 0x10;
inline constexpr std::uint8_t kFactoryReset = 0x78;  // these two wipe a real device: they are logged, never done
inline constexpr std::uint8_t kClearHistory = 0x79;

inline constexpr std::uint8_t kNoFunction = 0x01;  // exception codes
inline constexpr std::uint8_t kNoAddress = 0x02;
inline constexpr std::uint8_t kTooMany = 0x03;
inline constexpr std::uint8_t kFailed = 0x04;    // the device could not do it: how a value out of its range is refused
inline constexpr std::uint8_t kReadOnly = 0x07;  // SRNE's

std::uint16_t checksum(ByteView bytes);  // CRC-16/MODBUS

struct Request {
  std::uint8_t unit = 0;
  std::uint8_t function = 0;
  std::uint16_t address = 0;
  std::uint16_t count = 0;  // words to read or write
  Words values;             // to write
};

// Nothing for a frame that a device would ignore: wrong CRC or length.
std::optional<Request> parseRequest(ByteView frame);

Bytes readAnswer(std::uint8_t unit, const Words& words);
Bytes writeAnswer(std::uint8_t unit, const Request& request);  // echo of function 06, address and count of function 10
Bytes exceptionAnswer(std::uint8_t unit, std::uint8_t function, std::uint8_t code);

}  // namespace blupow::sim
