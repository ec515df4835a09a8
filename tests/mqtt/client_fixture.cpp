#include "mqtt/client_fixture.hpp"

#include <boost/asio/io_context.hpp>

namespace blupow::mqtt {

bool ClientTest::runUntil(const std::function<bool()>& condition, Duration bound) {
  const TimePoint end = loop.now() + bound;
  while (!condition() && loop.now() < end) loop.context().run_one_for(100ms);
  return condition();
}

}  // namespace blupow::mqtt
