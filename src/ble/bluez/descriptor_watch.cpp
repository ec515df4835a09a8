#include "ble/bluez/descriptor_watch.hpp"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>

#include "runtime/asio_loop.hpp"

namespace blupow::ble::bluez {

namespace asio = boost::asio;

// Outlives its watch by a moment: Asio calls the handler of a cancelled wait too. The round tells a present wait from an earlier one.
struct DescriptorWatch::State : std::enable_shared_from_this<State> {
  State(asio::io_context& context, int descriptor, std::function<void()> what) : stream(context, descriptor), ready(std::move(what)) {}

  void wait(asio::posix::stream_descriptor::wait_type what) {
    stream.async_wait(what, [self = shared_from_this(), expected = round](const boost::system::error_code& error) {
      if (error || self->round != expected) return;
      ++self->round;
      self->ready();
    });
  }

  asio::posix::stream_descriptor stream;
  std::function<void()> ready;
  std::uint64_t round = 0;
};

DescriptorWatch::DescriptorWatch(runtime::AsioLoop& loop, int descriptor, std::function<void()> ready)
    : state_(std::make_shared<State>(loop.context(), ::dup(descriptor), std::move(ready))) {}

DescriptorWatch::~DescriptorWatch() {
  ++state_->round;
  boost::system::error_code ignored;
  ignored = state_->stream.close(ignored);
}

void DescriptorWatch::arm(bool read, bool write) {
  ++state_->round;
  boost::system::error_code ignored;
  ignored = state_->stream.cancel(ignored);
  if (read) state_->wait(asio::posix::stream_descriptor::wait_read);
  if (write) state_->wait(asio::posix::stream_descriptor::wait_write);
}

}  // namespace blupow::ble::bluez
