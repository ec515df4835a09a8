// One connection to the broker, from look-up to its end, driven by the thread that calls run(). A new one is made for each attempt: nothing
// unsent survives a connection, everything is published anew.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mqtt/client.hpp"
#include "mqtt/trouble.hpp"

struct mosquitto;

namespace blupow::mqtt {

using Handle = std::shared_ptr<mosquitto>;

// Where a connection reports to, from its own thread. May be called any number of times, never after run() has returned.
struct ConnectionEvents {
  std::move_only_function<void(Handle)> accepted;  // publish, subscribe and disconnect are allowed on the handle from now on, from one other thread
  std::move_only_function<void(Message)> received;
  std::move_only_function<void(int id, bool granted)> subscribed;
  std::move_only_function<void()> acknowledged;  // one QoS 1 message
  std::move_only_function<bool()> unwanted;      // whether to give up while not accepted
};

class Connection {
 public:
  // family: one of familiesOf() the host.
  Connection(const BrokerSettings& settings, const Will& will, ConnectionEvents& events, const char* family);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Blocks until the connection has ended. A look-up of a name cannot be cut short.
  Ending run();

  // What libmosquitto's callbacks call.
  void answered(int refusal);
  void logged(int level, const char* text);
  ConnectionEvents& events() { return events_; }

 private:
  int prepare();
  int connect();

  const BrokerSettings& settings_;
  const Will& will_;
  ConnectionEvents& events_;
  const char* const family_;
  Handle handle_;
  Ending ending_;
};

}  // namespace blupow::mqtt
