// Event streams over real sockets.
#include <gmock/gmock.h>

#include "web/server_fixture.hpp"

namespace blupow::web {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

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

}  // namespace
}  // namespace blupow::web
