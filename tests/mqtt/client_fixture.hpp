// A client on the real loop, watched by the test: what it was told, what was logged. Every wait is bounded.
#pragma once

#include <gtest/gtest.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "mqtt/mosquitto_client.hpp"
#include "runtime/asio_loop.hpp"
#include "support/broker.hpp"

namespace blupow::mqtt {

using namespace std::chrono_literals;

// Lines at info and above, as a user sees them.
class LogLines final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  std::vector<std::string> lines;

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (message.level >= spdlog::level::info) lines.emplace_back(message.payload.data(), message.payload.size());
  }
  void flush_() override {}
};

class ClientTest : public testing::Test, public ClientObserver {
 protected:
  ClientTest() { spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", log)); }
  ~ClientTest() override { spdlog::drop_all(); }

  void mqttConnected() override { ++connections; }
  void mqttDisconnected() override { ++losses; }
  void mqttReceived(const Message& message) override { received.push_back(message); }
  void mqttSubscribed(std::uint32_t id) override { subscribed.push_back(id); }
  void mqttFailed(const Trouble& trouble) override { troubles.push_back(trouble); }

  MosquittoClient& startClient(BrokerSettings settings) {
    client = std::make_unique<MosquittoClient>(loop, std::move(settings), Will{"test/status", "offline"});
    client->start(*this);
    return *client;
  }

  MosquittoClient& startClientWithoutBroker() {
    client = std::make_unique<MosquittoClient>(loop, Will{"test/status", "offline"});
    client->start(*this);
    return *client;
  }

  // Runs the loop until the condition holds after one of its tasks; false when the bound passed first.
  bool runUntil(const std::function<bool()>& condition, Duration bound = 30s);

  bool runUntilConnected(int count = 1) {
    return runUntil([this, count] { return connections == count; });
  }

  // Subscribes and waits for the broker's word.
  bool listen(std::string_view filter) {
    const auto id = client->subscribe(filter);
    return runUntil([this, id] { return std::ranges::count(subscribed, id) == 1; });
  }

  // Stops the client; the time until it called back.
  Duration stopClient(Duration bound = 3s) {
    const TimePoint begin = loop.now();
    bool done = false;
    client->stop(bound, [&done] { done = true; });
    EXPECT_TRUE(runUntil([&done] { return done; }));
    return loop.now() - begin;
  }

  std::size_t linesWith(std::string_view text) const {
    return static_cast<std::size_t>(std::ranges::count_if(log->lines, [text](const std::string& line) { return line.contains(text); }));
  }

  runtime::AsioLoop loop;
  std::shared_ptr<LogLines> log = std::make_shared<LogLines>();
  std::unique_ptr<MosquittoClient> client;
  int connections = 0;
  int losses = 0;
  std::vector<Message> received;
  std::vector<std::uint32_t> subscribed;
  std::vector<Trouble> troubles;
};

}  // namespace blupow::mqtt
