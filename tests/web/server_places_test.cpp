// What it costs a client to be slow, rude or too many.

#include <nlohmann/json.hpp>

#include "web/server_fixture.hpp"

namespace blupow::web {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST_F(ServerTest, WhoSendsHisRequestByteByByteIsDropped) {
  start({.request = 300ms, .idle = 20s});
  Client silent(port);
  Client slow(port);
  Client slow_body(port);
  Client second(port);
  slow.send("GET / HTTP/1.1\r\nHo");
  slow_body.send("POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-BluPow: 1\r\nContent-Length: 10\r\n\r\n{");
  second.send(kHealth);
  ASSERT_TRUE(second.receive());
  second.send("G");
  const auto begin = Clock::now();
  for (Client* const client : {&silent, &slow, &slow_body, &second}) {
    EXPECT_FALSE(client->receive());
    EXPECT_TRUE(client->hungUp());
  }
  EXPECT_LT(Clock::now() - begin, 10s);
}

TEST_F(ServerTest, WhoAsksNothingMoreIsLetGo) {
  start({.request = 20s, .idle = 200ms});
  Client client(port);
  client.send(kHealth);
  ASSERT_TRUE(client.receive());
  EXPECT_TRUE(client.hungUp());
}

TEST_F(ServerTest, WhoTakesNoAnswerIsDropped) {
  start({.idle = 20s, .write = 300ms});
  onLoop([this] {  // more than all buffers between us hold
    for (int count = 0; count < 100; ++count) {
      shown.bankChanged({.slug = std::to_string(count), .name = std::string(100000, 'x')});
    }
  });
  Client client(port, 4096);
  client.send(get("/api/state"));
  ASSERT_TRUE(waitFor([this] { return server->connections() == 1; }));
  EXPECT_TRUE(waitFor([this] { return server->connections() == 0; }));
}

TEST_F(ServerTest, TheLongestWaitingMakesRoom) {
  start({.connections = 4, .request = 20s, .idle = 20s});
  Client first(port);
  ASSERT_TRUE(waitFor([this] { return server->connections() == 1; }));
  std::list<Client> others;
  for (int count = 0; count < 3; ++count) others.emplace_back(port);
  ASSERT_TRUE(waitFor([this] { return server->connections() == 4; }));
  EXPECT_EQ(statusOf(get("/")), 200);
  EXPECT_TRUE(first.hungUp());
  for (Client& other : others) {
    other.send(kHealth);
    EXPECT_EQ(other.receive()->status, 200);
  }
}

TEST_F(ServerTest, HealthGetsInWhenEveryPlaceIsBusy) {
  start({.connections = 2, .spare = 1, .idle = 20s});
  std::list<Client> busy;
  for (int count = 0; count < 2; ++count) {
    busy.emplace_back(port);
    busy.back().send(post(R"({"command": "discover_devices"})"));
  }
  ASSERT_TRUE(waitFor([this] { return commands.asked.size() == 2; }));
  Client page_client(port);
  page_client.send(get("/"));
  EXPECT_EQ(page_client.receive()->status, 503);
  EXPECT_TRUE(page_client.hungUp()) << "it may find a place when it comes again";
  ASSERT_TRUE(waitFor([this] { return server->connections() == 2; }));
  EXPECT_EQ(statusOf(kHealth), 200);
  // Whoever sits on the spare place without a word does not keep it.
  ASSERT_TRUE(waitFor([this] { return server->connections() <= 3; }));
  Client idle(port);
  EXPECT_EQ(statusOf(kHealth), 200);
}

TEST_F(ServerTest, WhoHasHisLastAnswerAndDoesNotGoKeepsNoPlace) {
  start({.connections = 1, .spare = 1, .idle = 20s, .linger = 60s});
  Client busy(port);
  busy.send(post(R"({"command": "discover_devices"})"));
  ASSERT_TRUE(waitFor([this] { return commands.asked.size() == 1; }));
  Client stays(port);
  stays.send(get("/"));
  ASSERT_EQ(stays.receive().value_or(Reply{}).status, 503);
  EXPECT_TRUE(stays.hungUp());
  EXPECT_EQ(statusOf(kHealth), 200);
}

}  // namespace
}  // namespace blupow::web
