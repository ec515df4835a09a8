// Finds the frames of a device that speaks unasked in its notifications, whatever their size. Pure, bounded memory.
//
// No checksum of these frames is known, so none is put together across a hole: a frame counts when all its bytes came before the next header. Of one
// that is cut short only what came in the notification with its header is taken. Other frames of the same form (the header but for its last byte)
// are passed over.
#pragma once

#include <cstddef>
#include <optional>

#include "core/bytes.hpp"
#include "profile/profile.hpp"

namespace blupow::device {

class StreamReader {
 public:
  struct Frame {
    Bytes bytes;  // from the header on
    bool whole = false;
  };

  explicit StreamReader(profile::Stream stream);  // with a header of two bytes at least

  // The newest frame that ended in this notification.
  std::optional<Frame> feed(ByteView notification);
  std::size_t held() const { return buffer_.size(); }

 private:
  std::optional<Frame> scan();
  ByteView head() const { return ByteView(stream_.header).first(stream_.header.size() - 1); }  // what all frames of the form begin with
  std::size_t find(std::size_t from) const;
  void drop(std::size_t bytes);

  profile::Stream stream_;
  Bytes buffer_;                         // begins with a mark, or with what may become one
  std::optional<std::size_t> together_;  // bytes of it that came in the notification of its mark; not set: all
};

}  // namespace blupow::device
