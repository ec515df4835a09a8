// Answers as a device sends them, and a scripted device: what it expects to be asked, in order, and what it does then.
#pragma once

#include <deque>
#include <vector>

#include "core/bytes.hpp"
#include "core/time.hpp"
#include "modbus/frame.hpp"

namespace blupow::device::test {

Bytes answerTo(std::uint8_t unit, const std::vector<std::uint16_t>& words);
Bytes exceptionFrom(std::uint8_t unit, std::uint8_t code = 2, std::uint8_t function = 0x03);
Bytes corrupted(Bytes frame);  // its CRC is wrong

// One notification, some time after the request.
struct Notification {
  Duration after{};
  Bytes bytes;
};

class Peer {
 public:
  class Expectation {
   public:
    explicit Expectation(modbus::Request request) : request_(std::move(request)) {}
    Expectation& reply(Bytes bytes);                        // 20 ms after the request
    Expectation& after(Duration delay);                     // of the last reply
    Expectation& inPieces(std::size_t size, Duration gap);  // the last reply, in notifications of this size
    void thenSilence() const {}                             // reads as what happens

   private:
    friend class Peer;
    modbus::Request request_;
    std::vector<Notification> replies_;
  };

  Expectation& expect(const modbus::Request& request);
  bool done() const { return expected_.empty(); }
  std::vector<Notification> written(const Bytes& request);  // fails the test when another was expected

 private:
  std::deque<Expectation> expected_;
};

}  // namespace blupow::device::test
