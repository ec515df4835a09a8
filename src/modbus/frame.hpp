// Modbus RTU frames as values: what we ask, what comes back. Pure. Renogy sends them over BLE as they are, without further framing.
// Source: facts of the Rover Modbus document and captured frames (docs/device-profiles.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/failure.hpp"

namespace blupow::modbus {

// Answers of a device come from the asked unit id, but a device asked by this one answers with whatever id it has.
inline constexpr std::uint8_t kAnyUnit = 0xFF;

enum class Function : std::uint8_t { read = 0x03, write_one = 0x06, write_many = 0x10 };

struct Request {
  std::uint8_t unit = kAnyUnit;
  Function function = Function::read;
  std::uint16_t address = 0;
  std::uint16_t count = 1;            // words to read, or number of values
  std::vector<std::uint16_t> values;  // for the two writes

  static Request read(std::uint8_t unit, std::uint16_t address, std::uint16_t count);
  static Request writeOne(std::uint8_t unit, std::uint16_t address, std::uint16_t value);
  static Request writeMany(std::uint8_t unit, std::uint16_t address, std::vector<std::uint16_t> values);

  bool operator==(const Request&) const = default;
};

Bytes encode(const Request& request);

// One sound frame that came from a device.
struct Answer {
  std::uint8_t unit = 0;
  std::uint8_t function = 0;              // without bit 7
  std::vector<std::uint16_t> words;       // function 03
  std::uint16_t address = 0;              // functions 06 and 10: as echoed
  std::uint16_t value = 0;                // function 06: the value; 10: the number of words
  std::optional<std::uint8_t> exception;  // its code when the device refused

  bool operator==(const Answer&) const = default;
};

// "address not valid (exception 2)" and so on.
std::string exceptionText(std::uint8_t code);

// Parses exactly one whole frame: length, function and CRC are checked. Failures are of kind protocol.
Result<Answer> parseAnswer(ByteView frame);

// Whether the answer is the one to this request: id (any when 0xFF was asked), function, word count or echo. Failure of kind protocol (not
// ours), or rejected (ours, an exception).
Result<> matches(const Request& request, const Answer& answer);

}  // namespace blupow::modbus
