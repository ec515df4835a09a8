#include "device/stream.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace blupow::device {

namespace {
constexpr std::size_t kPiece = 256;  // looked through at a time: with one frame the most that is held
}

StreamReader::StreamReader(profile::Stream stream) : stream_(std::move(stream)) { assert(stream_.header.size() > 1 && stream_.length > stream_.header.size()); }

std::optional<StreamReader::Frame> StreamReader::feed(ByteView notification) {
  std::optional<Frame> newest;
  if (buffer_.empty()) together_.reset();
  while (!notification.empty()) {
    const ByteView piece = notification.first(std::min(notification.size(), kPiece));
    notification = notification.subspan(piece.size());
    buffer_.insert(buffer_.end(), piece.begin(), piece.end());
    while (auto frame = scan()) newest = std::move(frame);
  }
  if (!together_) together_ = buffer_.size();
  return newest;
}

// Where the next frame begins, or may begin with the last bytes that are there.
std::size_t StreamReader::find(std::size_t from) const {
  for (std::size_t i = from; i < buffer_.size(); ++i) {
    const ByteView rest = ByteView(buffer_).subspan(i);
    const std::size_t known = std::min(rest.size(), head().size());
    if (std::ranges::equal(rest.first(known), head().first(known))) return i;
  }
  return buffer_.size();
}

std::optional<StreamReader::Frame> StreamReader::scan() {
  while (true) {
    if (const std::size_t start = find(0); start > 0) drop(start);
    if (buffer_.size() < stream_.header.size()) return std::nullopt;
    if (std::ranges::equal(ByteView(buffer_).first(stream_.header.size()), stream_.header)) break;
    drop(head().size());
  }
  const std::size_t next = find(stream_.header.size());
  const bool cut = next + head().size() <= std::min<std::size_t>(buffer_.size(), stream_.length);
  if (cut) {
    Frame frame{.bytes = Bytes(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(std::min(next, together_.value_or(next)))), .whole = false};
    drop(next);
    return frame;
  }
  if (buffer_.size() < stream_.length) return std::nullopt;
  Frame frame{.bytes = Bytes(buffer_.begin(), buffer_.begin() + stream_.length), .whole = true};
  drop(stream_.length);
  return frame;
}

void StreamReader::drop(std::size_t bytes) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(bytes));
  together_.reset();
}

}  // namespace blupow::device
