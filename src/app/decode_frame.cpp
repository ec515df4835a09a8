#include "app/decode_frame.hpp"

#include <algorithm>
#include <utility>

#include "core/bytes.hpp"
#include "profile/variant.hpp"

namespace blupow::app {

namespace {

Result<DecodedFrame> decodePiece(const profile::Profile& variant, ByteView bytes) {
  const Bytes& header = variant.stream->header;
  const auto begin = std::ranges::search(bytes, header).begin();
  if (begin == bytes.end()) return std::unexpected(Failure{FailureKind::protocol, "no frame begins in it (header " + toHex(header) + ")"});
  const auto behind = std::ranges::search(begin + static_cast<std::ptrdiff_t>(header.size()), bytes.end(), header.begin(), header.end()).begin();
  const ByteView frame(begin, behind);
  return DecodedFrame{.answer = {}, .decoded = profile::decodeStream(variant, frame.first(std::min<std::size_t>(frame.size(), variant.stream->length)))};
}

}  // namespace

Result<DecodedFrame> decodeFrame(const FrameToDecode& frame) {
  if (frame.family && frame.family->stream) return decodePiece(*profile::variantFor(frame.family, frame.model, frame.name), frame.bytes);
  auto answer = modbus::parseAnswer(frame.bytes);
  if (!answer) return std::unexpected(std::move(answer.error()));
  DecodedFrame result{.answer = std::move(*answer), .decoded = {}};
  const bool read = result.answer->function == static_cast<std::uint8_t>(modbus::Function::read) && !result.answer->exception;
  if (read && frame.family && frame.address) {
    const profile::ProfilePtr variant = profile::variantFor(frame.family, frame.model, frame.name);
    result.decoded = profile::decode(*variant, *frame.address, result.answer->words);
    result.decoded.readings = profile::published(*variant, std::move(result.decoded.readings));
  }
  return result;
}

}  // namespace blupow::app
