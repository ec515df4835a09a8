// The server over real sockets: what it costs a client to be slow, rude or too many. Times are short and limits low, so that nothing is waited for long.
#include "web/server.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "gateway/fake_commands.hpp"
#include "support/temp_folder.hpp"
#include "web/client.hpp"

namespace blupow::web {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kHealth = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr std::string_view kEvents = "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; }

std::string post(const std::string& body, const std::string& more = {}) {
  return "POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-BluPow: 1\r\n" + more +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class ServerTest : public testing::Test {
 protected:
  ~ServerTest() override {
    onLoop([this] {
      server.reset();
      site.reset();
      executor.reset();
    });
    loop.stop();
    thread.join();
  }

  void start(const Limits& limits = {.idle = 20s}, Server::Admits admits = [](const boost::asio::ip::address& /*peer*/) { return true; }) {
    for (const char* const name : {"index.html", "app.js", "api.js", "cards.js", "dialogs.js", "style.css", "icon.svg"}) folder.write(name, name);
    settings.page = folder.path();
    settings.port = 0;
    settings.limits = limits;
    thread = std::thread([this] { loop.run(); });
    onLoop([&] {
      page.emplace(folder.path());
      executor.emplace(loop, commands, [] {});
      site.emplace(loop, settings, *page, shown, *executor);
      server = std::make_unique<Server>(loop, settings, *site, std::move(admits), [] { return "{}"; });
      server->start();
      port = server->port().value_or(0);
    });
    ASSERT_NE(port, 0);
  }

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

  int statusOf(std::string_view request) const {
    Client client(port);
    client.send(request);
    const auto reply = client.receive();
    return reply ? reply->status : 0;
  }

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

TEST_F(ServerTest, AStreamTellsWhatChanges) {
  start({.idle = 20s, .beat = 200ms});
  Client client(port);
  client.send(kEvents);
  const auto head = client.receiveUntil("\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_THAT(*head, HasSubstr("text/event-stream"));
  EXPECT_THAT(*head, testing::Not(HasSubstr("Content-Length")));
  EXPECT_THAT(client.receiveUntil("\n\n").value_or(""), StartsWith("event: state\ndata: {"));
  onLoop([this] { shown.bankChanged({.slug = "roof", .name = "Roof"}); });
  EXPECT_TRUE(client.receiveUntil("event: bank\ndata: {\"slug\":\"roof\""));
  EXPECT_TRUE(client.receiveUntil("event: beat\n"));
}

TEST_F(ServerTest, AStreamTellsWhatHappensWhileItsStateIsStillBeingWritten) {
  start({.streams = 1, .idle = 20s, .write = 20s, .beat = 60s});
  onLoop([this] { shown.bankChanged({.slug = "roof", .name = std::string(std::size_t{8} * 1024 * 1024, 'x')}); });  // more than a socket holds
  Client client(port);
  client.send(kEvents);
  ASSERT_TRUE(client.receiveUntil("event: state\n"));
  EXPECT_EQ(statusOf(kEvents), 503) << "it has its place already";
  onLoop([this] { shown.bankRemoved("roof"); });
  EXPECT_TRUE(client.receiveUntil("event: bank_removed\ndata: {\"slug\":\"roof\"}\n\n"));
}

TEST_F(ServerTest, AStreamWhoseReaderGoesIsForgotten) {
  start();
  {
    Client client(port);
    client.send(kEvents);
    ASSERT_TRUE(client.receiveUntil("event: state"));
  }
  EXPECT_TRUE(waitFor([this] { return server->connections() == 0; }));
}

TEST_F(ServerTest, AStreamWhoseReaderIsTooFarBehindIsClosed) {
  start({.backlog = 100000, .idle = 20s, .write = 20s});
  Client slow(port, 4096);
  slow.send(kEvents);
  ASSERT_TRUE(slow.receiveUntil("event: state"));
  Client quick(port);
  quick.send(kEvents);
  ASSERT_TRUE(quick.receiveUntil("event: state"));
  ASSERT_TRUE(waitFor([this] { return server->connections() == 2; }));
  int sent = 0;
  while (sent < 3000) {
    bool gone = false;
    onLoop([&] {
      server->tell(textOf(eventText("bank", std::string(20000, 'x'))));
      gone = server->connections() == 1;
    });
    if (gone) break;
    ASSERT_TRUE(quick.receiveUntil("\n\n"));
    ++sent;
  }
  EXPECT_LT(sent, 3000);
  onLoop([this] { server->tell(textOf(eventText("bank", "last"))); });
  EXPECT_TRUE(quick.receiveUntil("last"));
}

TEST_F(ServerTest, StreamsHaveTheirLimit) {
  start({.streams = 2, .idle = 20s});
  std::list<Client> streams;
  for (int count = 0; count < 2; ++count) {
    streams.emplace_back(port);
    streams.back().send(kEvents);
    ASSERT_TRUE(streams.back().receiveUntil("event: state"));
  }
  ASSERT_TRUE(waitFor([this] { return server->connections() == 2; }));
  EXPECT_EQ(statusOf(kEvents), 503);
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
