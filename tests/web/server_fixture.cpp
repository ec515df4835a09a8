#include "web/server_fixture.hpp"

namespace blupow::web {

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; }

std::string post(const std::string& body, const std::string& more) {
  return "POST /api/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-BluPow: 1\r\n" + more +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

ServerTest::~ServerTest() {
  onLoop([this] {
    server.reset();
    site.reset();
    executor.reset();
  });
  loop.stop();
  thread.join();
}

void ServerTest::start(const Limits& limits, Server::Admits admits) {
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

int ServerTest::statusOf(std::string_view request) const {
  Client client(port);
  client.send(request);
  const auto reply = client.receive();
  return reply ? reply->status : 0;
}

}  // namespace blupow::web
