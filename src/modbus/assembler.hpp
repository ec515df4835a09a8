// Collects notifications of any size until the answer to the pending request is whole. Pure, bounded memory.
// Skips what cannot be its beginning (leading garbage, a late answer to something else), so that neither is ever taken for the answer. The first
// possible beginning is held to its end before a later one is looked at: the data of an answer may be a stale buffer with an old frame in it.
#pragma once

#include <optional>

#include "modbus/frame.hpp"

namespace blupow::modbus {

class Assembler {
 public:
  // Forgets everything held and waits for the answer to this request.
  void expect(const Request& request);

  // Adds a notification. The answer or its exception (kind rejected in the Result) once it is whole; nothing while more is needed. What was
  // skipped can be read by skipped(). After an answer it expects nothing: further bytes are skipped until the next expect().
  std::optional<Result<Answer>> feed(ByteView notification);

  // Bytes that came and could not belong to the answer, since expect().
  std::size_t skipped() const { return skipped_; }
  // A frame of the right form was refused for its CRC, since expect(): "corrupt answers" rather than "no answer".
  bool sawCorrupt() const { return corrupt_; }

 private:
  // Looks through what is held; afterwards it begins with the possible beginning of an answer, or is empty.
  std::optional<Result<Answer>> scan();

  std::optional<Request> pending_;
  Bytes buffer_;
  std::size_t skipped_ = 0;
  bool corrupt_ = false;
};

}  // namespace blupow::modbus
