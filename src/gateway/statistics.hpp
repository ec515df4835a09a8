// How the gateway fares: polls counted, their mean time, adapter and number of devices, told to the listeners on change, at most every 60 s. Loop
// thread.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "gateway/events.hpp"
#include "gateway/subscribers.hpp"
#include "runtime/loop.hpp"

namespace blupow::gateway {

class Statistics {
 public:
  Statistics(runtime::Loop& loop, const Subscribers<Listener>& listeners);

  void start();  // from now on it tells
  void adapter(const std::string& name);
  void devices(std::size_t count);
  void polled(bool ok, Duration taken);

  const GatewayState& state() const { return state_; }

 private:
  void tell();
  void tellLater();

  runtime::Loop& loop_;
  const Subscribers<Listener>& listeners_;
  GatewayState state_;
  std::deque<Duration> times_;  // of the last successful polls
  std::optional<TimePoint> told_;
  runtime::Timer later_;
};

}  // namespace blupow::gateway
