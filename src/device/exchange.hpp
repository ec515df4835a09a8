// One request at a time over one link: what is asked, how long it is waited for, and which late answers could still be mistaken for another's. Pure.
//
// A Modbus answer names neither the register nor the request, so a late answer looks like the one to any later request of the same length. After the
// timeout nothing is sent until the line has been quiet (an answer that comes then is still the right one), and for kLateWindow from its writing a
// silent request holds back every request that its answer could be taken for. Dropping the link (reset) ends that.
#pragma once

#include <optional>
#include <vector>

#include "core/time.hpp"
#include "modbus/assembler.hpp"
#include "modbus/frame.hpp"

namespace blupow::device {

class Exchange {
 public:
  static constexpr Duration kQuiet = std::chrono::milliseconds(300);         // after a timeout or the last byte of a corrupt answer
  static constexpr Duration kLongestDrain = std::chrono::seconds(2);         // a line that never gets quiet
  static constexpr Duration kLateWindow = std::chrono::seconds(10);          // at least; twice the timeout if that is more
  static constexpr Duration kRewriteAfter = std::chrono::milliseconds(250);  // BlueZ says InProgress on WriteValue: wait and repeat
  static constexpr int kRewrites = 3;

  void reset(TimePoint ready);  // a new link: nothing is owed any more; the first request not before ready

  bool busy() const { return pending_.has_value(); }
  TimePoint readyAt() const { return ready_at_; }  // no request before
  // When this request may be begun: past while it may be now.
  TimePoint freeAt(const modbus::Request& request, TimePoint now) const;
  // Whether a late answer to an earlier request could be taken for the answer to this one.
  bool held(const modbus::Request& request, TimePoint now) const { return heldUntil(request, now) > now; }

  // Starts; the bytes are to be written now. Not while busy.
  Bytes begin(const modbus::Request& request, Duration timeout, TimePoint now);
  // The answer once it is whole, or kind rejected. The next request may follow after the pause.
  std::optional<Result<modbus::Answer>> feed(ByteView bytes, Duration pause, TimePoint now);
  // Nothing while it is still to be waited for. Kind protocol when only corrupt bytes came, retry_later when none did.
  std::optional<Failure> expire(TimePoint now);

  bool rewriteLater(TimePoint now);             // the write was refused for now; false when it was too often
  std::optional<Bytes> rewrite(TimePoint now);  // the bytes to be written again now

  TimePoint deadline() const;  // of expire() or rewrite(); kNever unless busy

 private:
  struct Owed {
    modbus::Request request;
    TimePoint until;
  };
  TimePoint heldUntil(const modbus::Request& request, TimePoint now) const;
  TimePoint givenUpAt() const;

  std::optional<modbus::Request> pending_;
  modbus::Assembler assembler_;
  TimePoint begun_{};
  TimePoint timeout_at_{};
  std::optional<TimePoint> last_byte_;
  TimePoint ready_at_{};
  TimePoint rewrite_at_ = kNever;
  int rewrites_ = 0;
  std::vector<Owed> owed_;
};

}  // namespace blupow::device
