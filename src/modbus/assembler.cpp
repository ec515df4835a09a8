#include "modbus/assembler.hpp"

#include <algorithm>
#include <utility>

namespace blupow::modbus {

namespace {

constexpr std::size_t kExceptionLength = 5;
constexpr std::size_t kPiece = 256;  // no frame is longer, so that twice this bounds what is held

// The length of the answer to this request if it may begin with these bytes (at least one), which need not be all of it.
std::optional<std::size_t> lengthIfBegins(const Request& request, ByteView bytes) {
  if (request.unit != kAnyUnit && bytes[0] != request.unit) return std::nullopt;
  const std::uint8_t function = std::to_underlying(request.function);
  if (bytes.size() > 1 && bytes[1] == (function | 0x80U)) return kExceptionLength;

  Bytes head{bytes[0], function};
  std::size_t length = 8;  // an echo of address and value or count
  if (request.function == Function::read) {
    head.push_back(static_cast<std::uint8_t>(2 * request.count));
    length = 5U + 2U * request.count;
  } else {
    const std::uint16_t value = request.function == Function::write_one ? request.values.front() : request.count;
    for (const std::uint16_t word : {request.address, value}) {
      head.push_back(static_cast<std::uint8_t>(word >> 8U));
      head.push_back(static_cast<std::uint8_t>(word & 0xFFU));
    }
  }
  const std::size_t known = std::min(head.size(), bytes.size());
  if (!std::ranges::equal(ByteView(head).first(known), bytes.first(known))) return std::nullopt;
  return length;
}

}  // namespace

void Assembler::expect(const Request& request) {
  pending_ = request;
  buffer_.clear();
  skipped_ = 0;
  corrupt_ = false;
}

std::optional<Result<Answer>> Assembler::feed(ByteView notification) {
  while (pending_ && !notification.empty()) {
    const ByteView piece = notification.first(std::min(notification.size(), kPiece));
    notification = notification.subspan(piece.size());
    buffer_.insert(buffer_.end(), piece.begin(), piece.end());
    if (std::optional<Result<Answer>> found = scan()) {
      skipped_ += notification.size();
      return found;
    }
  }
  skipped_ += notification.size();
  return std::nullopt;
}

std::optional<Result<Answer>> Assembler::scan() {
  std::size_t start = 0;
  while (start < buffer_.size()) {
    const ByteView rest = ByteView(buffer_).subspan(start);
    const std::optional<std::size_t> length = lengthIfBegins(*pending_, rest);
    if (length && rest.size() < *length) break;
    if (length) {
      Result<Answer> answer = parseAnswer(rest.first(*length));
      if (answer) {
        if (const Result<> ours = matches(*pending_, *answer); !ours) answer = std::unexpected(ours.error());
        skipped_ += rest.size() - *length;
        pending_.reset();
        buffer_.clear();
        return answer;
      }
      corrupt_ = true;
    }
    ++start;
    ++skipped_;
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(start));
  return std::nullopt;
}

}  // namespace blupow::modbus
