// Requests, commands and their answers over real sockets; start and stop.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "web/server_fixture.hpp"

namespace blupow::web {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

TEST_F(ServerTest, AnswersOneRequestAfterTheOther) {
  start();
  Client client(port);
  for (int count = 0; count < 3; ++count) {
    ASSERT_TRUE(client.send(get("/")));
    const auto reply = client.receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "index.html");
  }
}

TEST_F(ServerTest, AnswersRequestsSentAtOnceInTheirOrder) {
  start();
  Client client(port);
  std::string all;
  for (const char* const target : {"/", "/app.js", "/nothing", "/style.css"}) all += get(target);
  all.insert(all.find("GET /nothing"), post(R"({"command": "get_devices"})"));
  ASSERT_TRUE(client.send(all));
  EXPECT_EQ(client.receive()->body, "index.html");
  EXPECT_EQ(client.receive()->body, "app.js");
  EXPECT_THAT(client.receive()->body, HasSubstr("success"));
  EXPECT_EQ(client.receive()->status, 404);
  EXPECT_EQ(client.receive()->body, "style.css");
}

TEST_F(ServerTest, AHeadHasNoBody) {
  start();
  Client client(port);
  ASSERT_TRUE(client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/app.js")));
  EXPECT_EQ(client.receive(false)->header("Content-Length"), "10");
  EXPECT_EQ(client.receive()->body, "app.js");
}

TEST_F(ServerTest, TakesAReadWithAnEmptyBodyAsTheIngressSendsIt) {
  start();
  EXPECT_EQ(statusOf("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"), 200);
  EXPECT_EQ(statusOf("GET / HTTP/1.1\r\nHost: localhost\r\nX-Remote-User-Display-Name: J\xc3\xb6rg\r\n\r\n"), 200) << "names are UTF-8";
}

TEST_F(ServerTest, HangsUpWhenAsked) {
  start();
  Client client(port);
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(client.receive()->header("Connection"), "close");
  EXPECT_TRUE(client.hungUp());
  Client old(port);
  ASSERT_TRUE(old.send("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(old.receive()->status, 421) << "no host at all";
  EXPECT_TRUE(old.hungUp());
}

TEST_F(ServerTest, RefusesWhatIsNoHttp) {
  start();
  for (const char* const request :
       {"hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost localhost\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx",
        "POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
        "POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    EXPECT_EQ(statusOf(request), 400) << request;
  }
  EXPECT_EQ(statusOf(kHealth), 200) << "still there";
}

// Where its body ends is told differently by whoever passed it on: it is never taken for the next request.
TEST_F(ServerTest, ABodyThatIsCodedOtherwiseIsNoRequest) {
  start();
  for (const char* const coding : {"Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, identity\r\n",
                                   "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"}) {
    Client client(port);
    ASSERT_TRUE(client.send(std::string("POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-BluPow: 1\r\n") + coding +
                            "\r\n" + std::string(kHealth)));
    EXPECT_EQ(client.receive().value_or(Reply{}).status, 400) << coding;
    EXPECT_FALSE(client.receive()) << coding;
  }
  EXPECT_TRUE(commands.asked.empty());
}

TEST_F(ServerTest, AHeaderHasItsLimit) {
  start();
  EXPECT_EQ(statusOf("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(32000, 'x') + "\r\n\r\n"), 200) << "cookies of a login before Home Assistant";
  EXPECT_EQ(statusOf("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(33000, 'x') + "\r\n\r\n"), 431);
  EXPECT_EQ(statusOf("GET /" + std::string(100000, 'x') + " HTTP/1.1\r\nHost: localhost\r\n\r\n"), 431);
}

TEST_F(ServerTest, ABodyHasItsLimit) {
  start();
  const std::string command = R"({"command": "get_devices", "x": ")";
  const std::string fits = command + std::string(std::size_t{64} * 1024 - command.size() - 2, 'x') + "\"}";
  EXPECT_EQ(statusOf(post(fits)), 200);
  Client client(port);
  ASSERT_TRUE(client.send(post(fits + " ")));
  const auto reply = client.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);
  EXPECT_THAT(reply->body, HasSubstr("64 KiB"));
  EXPECT_TRUE(client.hungUp());
  // In pieces, of which none says how long the whole will be.
  std::string pieces = "POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-BluPow: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int count = 0; count < 70; ++count) pieces += "400\r\n" + std::string(1024, 'x') + "\r\n";
  EXPECT_EQ(statusOf(pieces), 413);
}

TEST_F(ServerTest, ARefusedCommandIsAnsweredBeforeItsBodyIsRead) {
  start();
  Client client(port);
  ASSERT_TRUE(client.send("POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nX-BluPow: 1\r\nContent-Length: 1000\r\n\r\n"));
  EXPECT_EQ(client.receive()->status, 415);
  EXPECT_TRUE(client.hungUp());
}

TEST_F(ServerTest, WhoIsNotAdmittedHearsNothing) {
  start({.idle = 20s}, [](const boost::asio::ip::address& /*peer*/) { return false; });
  Client client(port);
  client.send(kHealth);
  EXPECT_FALSE(client.receive());
  EXPECT_TRUE(client.hungUp());
}

TEST_F(ServerTest, ACommandIsAnsweredWhenItIsDone) {
  start();
  Client client(port);
  client.send(post(R"({"command": "remove_device", "address": "AA:BB:CC:DD:EE:01"})"));
  ASSERT_TRUE(waitFor([this] { return commands.asked.size() == 1; }));
  onLoop([this] { commands.removed(std::unexpected(gateway::CommandFailure{gateway::Refusal::not_allowed, "It stands in the option 'devices'."})); });
  const auto reply = client.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(json::parse(reply->body), (json{{"status", "failure"}, {"reason", "not_allowed"}, {"message", "It stands in the option 'devices'."}}));
}

TEST_F(ServerTest, AnAnswerToWhoeverIsGoneHarmsNobody) {
  start();
  {
    Client client(port);
    client.send(post(R"({"command": "discover_devices"})"));
    ASSERT_TRUE(waitFor([this] { return commands.asked.size() == 1; }));
  }
  onLoop([this] { commands.discovered(std::vector<gateway::HeardDevice>{}); });
  EXPECT_TRUE(waitFor([this] { return server->connections() == 0; }));
  EXPECT_EQ(statusOf(kHealth), 200);
}

TEST_F(ServerTest, StopsWithAnswersWrittenAndStreamsEnded) {
  start();
  Client stream(port);
  stream.send(kEvents);
  ASSERT_TRUE(stream.receiveUntil("event: state"));
  Client waiting(port);
  Client asking(port);
  asking.send(post(R"({"command": "discover_devices"})"));
  ASSERT_TRUE(waitFor([this] { return commands.asked.size() == 1; }));
  std::promise<void> stopped;
  onLoop([&] {
    executor->stop();
    server->stop(5s, [&] { stopped.set_value(); });
  });
  EXPECT_THAT(asking.receive().value_or(Reply{}).body, HasSubstr("the gateway stops"));
  EXPECT_TRUE(stream.hungUp());
  EXPECT_TRUE(waiting.hungUp());
  EXPECT_EQ(stopped.get_future().wait_for(kClientBound), std::future_status::ready);
  EXPECT_THROW(Client{port}, std::runtime_error) << "nobody listens any more";
}

TEST_F(ServerTest, APortThatIsTakenIsTriedAgain) {
  start({.idle = 20s, .again = 50ms});
  Settings same = settings;
  same.port = port;
  std::unique_ptr<Server> second;
  onLoop([&] {
    second = std::make_unique<Server>(loop, same, *site, [](const boost::asio::ip::address& /*peer*/) { return true; }, [] { return "{}"; });
    second->start();
    EXPECT_FALSE(second->port());
    server.reset();
  });
  EXPECT_TRUE(waitFor([&] { return second->port().has_value(); }));
  EXPECT_EQ(statusOf(kHealth), 200);
  onLoop([&] { second.reset(); });
}

}  // namespace
}  // namespace blupow::web
