// One captured frame, or a piece of a stream, read by a profile, without a device. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/failure.hpp"
#include "modbus/frame.hpp"
#include "profile/decode.hpp"

namespace blupow::app {

struct FrameToDecode {
  Bytes bytes;
  profile::ProfilePtr family;  // null = the words alone
  std::string model;           // model and advertised name choose the variant; may be empty
  std::string name;
  std::optional<std::uint16_t> address;  // first register of the answer; without it the words alone
};

struct DecodedFrame {
  std::optional<modbus::Answer> answer;  // none of a family that speaks unasked
  profile::Decoded decoded;              // empty for exceptions and answers to writes
};

// A failure of kind protocol when the frame is not sound; an exception answer is a sound one. Of a family that speaks unasked the bytes are a piece of
// its stream: they are read from its first header on, as far as they go.
Result<DecodedFrame> decodeFrame(const FrameToDecode& frame);

}  // namespace blupow::app
