#include "modbus/frame.hpp"

#include <cassert>
#include <utility>

#include "modbus/crc16.hpp"

namespace blupow::modbus {

namespace {

constexpr std::uint8_t kExceptionBit = 0x80;
constexpr std::size_t kExceptionLength = 5;
constexpr std::size_t kEchoLength = 8;
constexpr std::size_t kReadOverhead = 5;  // id, function, byte count, CRC
constexpr std::uint16_t kMostRead = 125;  // Modbus: more does not fit into a frame of 256 bytes
constexpr std::size_t kMostWritten = 123;

void append(Bytes& bytes, std::uint16_t word) {
  bytes.push_back(static_cast<std::uint8_t>(word >> 8U));
  bytes.push_back(static_cast<std::uint8_t>(word & 0xFFU));
}

std::uint16_t wordAt(ByteView bytes, std::size_t position) { return static_cast<std::uint16_t>((bytes[position] << 8U) | bytes[position + 1]); }

bool isFunction(std::uint8_t byte) {
  return byte == std::to_underlying(Function::read) || byte == std::to_underlying(Function::write_one) || byte == std::to_underlying(Function::write_many);
}

// By the bytes before the data. Nothing if no known function stands there.
std::optional<std::size_t> lengthOf(ByteView frame) {
  const std::uint8_t function = frame[1];
  if ((function & kExceptionBit) != 0) return kExceptionLength;
  if (!isFunction(function)) return std::nullopt;
  return function == std::to_underlying(Function::read) ? kReadOverhead + frame[2] : kEchoLength;
}

bool crcFits(ByteView frame) {
  const ByteView body = frame.first(frame.size() - 2);
  return crc16(body) == (frame[body.size()] | (frame[body.size() + 1] << 8U));
}

std::unexpected<Failure> refuse(std::string text) { return fail(FailureKind::protocol, std::move(text)); }

std::string differs(std::string_view what, unsigned expected, unsigned found) {
  return std::string(what) + " " + std::to_string(found) + " instead of " + std::to_string(expected);
}

}  // namespace

Request Request::read(std::uint8_t unit, std::uint16_t address, std::uint16_t count) {
  assert(count >= 1 && count <= kMostRead);
  return {.unit = unit, .function = Function::read, .address = address, .count = count, .values = {}};
}

Request Request::writeOne(std::uint8_t unit, std::uint16_t address, std::uint16_t value) {
  return {.unit = unit, .function = Function::write_one, .address = address, .count = 1, .values = {value}};
}

Request Request::writeMany(std::uint8_t unit, std::uint16_t address, std::vector<std::uint16_t> values) {
  assert(!values.empty() && values.size() <= kMostWritten);
  const auto count = static_cast<std::uint16_t>(values.size());
  return {.unit = unit, .function = Function::write_many, .address = address, .count = count, .values = std::move(values)};
}

Bytes encode(const Request& request) {
  Bytes bytes{request.unit, std::to_underlying(request.function)};
  append(bytes, request.address);
  if (request.function != Function::write_one) append(bytes, request.count);
  if (request.function == Function::write_many) bytes.push_back(static_cast<std::uint8_t>(2 * request.values.size()));
  for (const std::uint16_t value : request.values) append(bytes, value);
  const std::uint16_t crc = crc16(bytes);
  bytes.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  bytes.push_back(static_cast<std::uint8_t>(crc >> 8U));
  return bytes;
}

std::string exceptionText(std::uint8_t code) {
  // 1 to 4 by Modbus; 5 to 11 as Renogy's and SRNE's documents have them.
  static constexpr std::string_view kTexts[] = {"function not supported",
                                                "address not valid",
                                                "too many registers",
                                                "device failed to execute",
                                                "checksum or password wrong",
                                                "length or checksum wrong",
                                                "read only",
                                                "not now: the device runs",
                                                "password needed",
                                                "too many registers",
                                                "not permitted"};
  const std::string_view text = code >= 1 && code <= std::size(kTexts) ? kTexts[code - 1] : std::string_view("refused");
  return std::string(text) + " (exception " + std::to_string(code) + ")";
}

Result<Answer> parseAnswer(ByteView frame) {
  if (frame.size() < kExceptionLength) return refuse("too short for a frame: " + std::to_string(frame.size()) + " bytes");
  const std::optional<std::size_t> length = lengthOf(frame);
  if (!length) return refuse("unknown function " + std::to_string(frame[1]));
  if (frame.size() != *length) return refuse(differs("length", static_cast<unsigned>(*length), static_cast<unsigned>(frame.size())));
  if (!crcFits(frame)) return refuse("wrong CRC");

  Answer answer{.unit = frame[0], .function = static_cast<std::uint8_t>(frame[1] & ~kExceptionBit)};
  if ((frame[1] & kExceptionBit) != 0) {
    answer.exception = frame[2];
  } else if (frame[1] == std::to_underlying(Function::read)) {
    if (frame[2] == 0 || frame[2] % 2 != 0) return refuse("byte count " + std::to_string(frame[2]) + " makes no words");
    for (std::size_t position = 3; position + 2 < frame.size(); position += 2) answer.words.push_back(wordAt(frame, position));
  } else {
    answer.address = wordAt(frame, 2);
    answer.value = wordAt(frame, 4);
  }
  return answer;
}

Result<> matches(const Request& request, const Answer& answer) {
  if (request.unit != kAnyUnit && answer.unit != request.unit) return refuse(differs("id", request.unit, answer.unit));
  if (answer.function != std::to_underlying(request.function)) return refuse(differs("function", std::to_underlying(request.function), answer.function));
  if (answer.exception) return fail(FailureKind::rejected, exceptionText(*answer.exception));
  if (request.function == Function::read) {
    if (answer.words.size() != request.count) return refuse(differs("number of words", request.count, static_cast<unsigned>(answer.words.size())));
    return {};
  }
  const std::uint16_t value = request.function == Function::write_one ? request.values.front() : request.count;
  if (answer.address != request.address) return refuse(differs("echoed address", request.address, answer.address));
  if (answer.value != value) return refuse(differs("echoed value", value, answer.value));
  return {};
}

}  // namespace blupow::modbus
