#include "app/decode_frame.hpp"

#include "profile/variant.hpp"

namespace blupow::app {

Result<DecodedFrame> decodeFrame(const FrameToDecode& frame) {
  auto answer = modbus::parseAnswer(frame.bytes);
  if (!answer) return std::unexpected(std::move(answer.error()));
  DecodedFrame result{.answer = std::move(*answer), .decoded = {}};
  const bool read = result.answer.function == static_cast<std::uint8_t>(modbus::Function::read) && !result.answer.exception;
  if (read && frame.family && frame.address) {
    result.decoded = profile::decode(*profile::variantFor(frame.family, frame.model, frame.name), *frame.address, result.answer.words);
  }
  return result;
}

}  // namespace blupow::app
