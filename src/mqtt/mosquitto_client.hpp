// The client on libmosquitto. A thread of its own looks names up, connects, does TLS and moves bytes; it only copies and posts. Everything else
// happens on the loop's thread. A new connection is tried 1 to 5 s after the last one ended, for ever.
// A thread that hangs in a look-up when the client goes is left behind: end the process by _exit or exec then (stop() has called back).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "mqtt/client.hpp"
#include "mqtt/connection.hpp"
#include "runtime/loop.hpp"

namespace blupow::mqtt {

class MosquittoClient final : public Client {
 public:
  MosquittoClient(runtime::Loop& loop, BrokerSettings settings, Will will);
  ~MosquittoClient() override;
  MosquittoClient(const MosquittoClient&) = delete;
  MosquittoClient& operator=(const MosquittoClient&) = delete;

  void start(ClientObserver& observer) override;
  bool connected() const override { return live_ != nullptr; }
  void publish(std::string_view topic, std::string_view payload, bool retained) override;
  std::uint32_t subscribe(std::string_view filter, Delivery delivery) override;
  void unsubscribe(std::string_view filter) override;
  void stop(Duration bound, std::move_only_function<void()> done) override;

 private:
  struct Shared;
  static void runThread(const std::shared_ptr<Shared>& shared);
  static ConnectionEvents eventsFor(const std::shared_ptr<Shared>& shared);

  void accepted(Handle handle);
  void subscribed(int id, bool granted);
  void acknowledged();
  void ended(const Ending& ending);
  void finished();
  void letGo();
  void disconnect();
  void callDone();

  runtime::Loop& loop_;
  const std::string name_;  // the broker's, for the log
  std::shared_ptr<Shared> shared_;
  std::thread thread_;
  ClientObserver* observer_ = nullptr;
  Handle live_;
  std::map<int, std::string> subscriptions_;  // filters whose answer is awaited, by id
  std::size_t inFlight_ = 0;                  // published and not acknowledged
  std::optional<TroubleKind> trouble_;        // as last logged
  bool stopping_ = false;
  std::move_only_function<void()> done_;
  runtime::Timer bound_;
};

}  // namespace blupow::mqtt
