// The server over real sockets, with commands that a test answers, on a loop of its own thread.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "gateway/fake_commands.hpp"
#include "support/temp_folder.hpp"
#include "web/client.hpp"
#include "web/server.hpp"

namespace blupow::web {

inline constexpr std::string_view kHealth = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
inline constexpr std::string_view kEvents = "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string get(const std::string& target);
std::string post(const std::string& body, const std::string& more = {});  // a command; more: header lines

class ServerTest : public testing::Test {
 protected:
  ~ServerTest() override;

  // Times are short and limits low, so that nothing is waited for long.
  void start(const Limits& limits = {.idle = std::chrono::seconds(20)}, Server::Admits admits = [](const boost::asio::ip::address& /*peer*/) { return true; });

  // Runs it on the loop's thread and waits for its end.
  template <typename Do>
  void onLoop(Do act) {
    std::promise<void> done;
    loop.post("test", [&] {
      act();
      done.set_value();
    });
    done.get_future().wait();
  }

  // Until it holds, looked at on the loop.
  template <typename Holds>
  bool waitFor(Holds holds) {
    const auto end = Clock::now() + kClientBound;
    bool held = false;
    while (!held && Clock::now() < end) {
      onLoop([&] { held = holds(); });
      if (!held) std::this_thread::yield();
    }
    return held;
  }

  int statusOf(std::string_view request) const;  // of the answer; 0 where there is none

  test::TempFolder folder;
  runtime::AsioLoop loop;
  Settings settings{.version = "2.0.0"};
  std::optional<Page> page;
  Shown shown{loop,
              "2.0.0",
              {.broker_is_there = [] { return true; }, .gateway = [] { return gateway::GatewayState{}; }},
              [this](std::string_view event, const std::string& data) {
                if (server) server->tell(textOf(eventText(event, data)));
              }};
  test::FakeCommands commands;
  std::optional<gateway::CommandExecutor> executor;
  std::optional<Site> site;
  std::unique_ptr<Server> server;
  std::uint16_t port = 0;
  std::thread thread;
};

}  // namespace blupow::web
