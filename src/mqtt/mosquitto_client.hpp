// The client on libmosquitto. A thread of its own looks names up, connects, does TLS and moves bytes; it only copies and posts. Everything else
// happens on the loop's thread. A new connection is tried 1 to 5 s after the last one ended, for ever; at once where the settings are new.
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
  MosquittoClient(runtime::Loop& loop, Will will);  // to no broker before use()
  ~MosquittoClient() override;
  MosquittoClient(const MosquittoClient&) = delete;
  MosquittoClient& operator=(const MosquittoClient&) = delete;

  void start(ClientObserver& observer) override;
  void use(BrokerSettings settings) override;
  bool connected() const override { return live_ != nullptr; }
  void publish(std::string_view topic, std::string_view payload, bool retained) override;
  std::uint32_t subscribe(std::string_view filter) override;
  void unsubscribe(std::string_view filter) override;
  void stop(Duration bound, std::move_only_function<void()> done) override;

 private:
  struct Shared;
  static void runThread(const std::shared_ptr<Shared>& shared);
  struct Attempt;
  static ConnectionEvents eventsFor(const std::shared_ptr<Shared>& shared, const Attempt& attempt);

  void accepted(Handle handle, const std::string& name);
  void subscribed(int id, bool granted);
  void ended(const Ending& ending, const BrokerSettings& settings);
  void speakOf(const std::string& name);
  void finished();
  void letGo();
  void disconnect();
  void callDone();

  runtime::Loop& loop_;
  std::string name_;  // of the broker that was logged last
  std::shared_ptr<Shared> shared_;
  std::thread thread_;
  ClientObserver* observer_ = nullptr;
  Handle live_;
  std::map<int, std::string> subscriptions_;  // filters whose answer is awaited, by id
  std::optional<TroubleKind> trouble_;        // as last logged
  bool stopping_ = false;
  std::move_only_function<void()> done_;
  runtime::Timer bound_;
};

}  // namespace blupow::mqtt
