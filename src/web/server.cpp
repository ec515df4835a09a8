#include "web/server.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "core/host_port.hpp"

namespace blupow::web {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

std::string wordsOf(const Error& error) {
  if (error == asio::error::address_in_use) return "another program has this port";
  if (error == asio::error::access_denied) return "this port is not allowed to us";
  if (error == Error(EADDRNOTAVAIL, boost::system::system_category())) return "this machine does not have that address";
  return error.message();
}

}  // namespace

Server::Server(runtime::AsioLoop& loop, const Settings& settings, const Site& site, Admits admits, std::function<std::string()> beat)
    : loop_(loop),
      settings_(settings),
      site_(site),
      admits_(std::move(admits)),
      beat_(std::move(beat)),
      acceptor_(loop.context()),
      self_(std::make_shared<Server*>(this)) {}

Server::~Server() {
  *self_ = nullptr;
  for (const Entry& entry : connections_) {
    entry.connection->forgetHost();
    entry.connection->close();
  }
}

void Server::start() {
  open();
  armBeat();
}

void Server::open() {
  Error error;
  const tcp::endpoint endpoint(asio::ip::make_address(settings_.address, error), settings_.port);
  if (!error) std::ignore = acceptor_.open(endpoint.protocol(), error);
  if (!error) std::ignore = acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) std::ignore = acceptor_.bind(endpoint, error);
  if (!error) std::ignore = acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) {
    spdlog::info("the page is served at {}", hostAndPort(settings_.address, settings_.port));
    trouble_.clear();
    return accept();
  }
  Error ignored;
  std::ignore = acceptor_.close(ignored);
  const std::string trouble = wordsOf(error);
  if (std::exchange(trouble_, trouble) != trouble)
    spdlog::warn("the page cannot be served at {}: {}; it is tried again", hostAndPort(settings_.address, settings_.port), trouble);
  again_ = loop_.at(loop_.now() + settings_.limits.again, "page", [this] { open(); });
}

void Server::accept() {
  acceptor_.async_accept([self = self_](const Error& error, tcp::socket socket) {
    if (*self != nullptr) (*self)->accepted(error, std::move(socket));
  });
}

void Server::accepted(const Error& error, tcp::socket socket) {
  if (stopping_) return;
  if (!error) {
    take(std::move(socket));
    return accept();
  }
  if (error == asio::error::operation_aborted) return;
  // No descriptors left, or a client that was gone again: a pause, so that this does not spin.
  spdlog::debug("no connection was taken: {}", error.message());
  again_ = loop_.at(loop_.now() + std::chrono::milliseconds(100), "page", [this] { accept(); });
}

// Who may not is hung up on without a word.
void Server::take(tcp::socket socket) {
  Error error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error || !admits_(peer.address())) {
    spdlog::debug("a connection from {} is refused", error ? error.message() : peer.address().to_string());
    return;
  }
  const auto usual = static_cast<std::size_t>(std::ranges::count(connections_, false, &Entry::spare));
  const bool room = usual < settings_.limits.connections || makeRoom();
  const std::size_t spare = connections_.size() - usual;
  if (!room && spare >= settings_.limits.spare) return;
  connections_.push_back({.connection = makeConnection(std::move(socket), *this, settings_.limits), .spare = !room});
  connections_.back().connection->start();
}

// The place of whoever has been waiting longest without having asked for anything, else of whoever has his last answer and does not go.
bool Server::makeRoom() {
  auto oldest = std::ranges::find_if(connections_, [](const Entry& entry) { return entry.connection->waits(); });
  if (oldest == connections_.end()) oldest = std::ranges::find_if(connections_, [](const Entry& entry) { return entry.connection->leaves(); });
  if (oldest == connections_.end()) return false;
  const bool was_spare = oldest->spare;
  oldest->connection->close();
  return !was_spare;
}

std::size_t Server::streams() const {
  return static_cast<std::size_t>(std::ranges::count_if(connections_, [](const Entry& entry) { return entry.connection->streams(); }));
}

std::optional<Answer> Server::refuse(const Connection& connection, const Request& request) {
  const auto entry = std::ranges::find(connections_, &connection, [](const Entry& each) { return each.connection.get(); });
  return site_.refuse(request, entry != connections_.end() && entry->spare);
}

void Server::answer(const Connection& /*connection*/, const Request& request, std::move_only_function<void(Answer)> reply) {
  site_.answer(request, [this, reply = std::move(reply)](Answer answer) mutable {
    if (answer.stream && streams() >= settings_.limits.streams) answer = errorAnswer(503, "Too many pages are open.");
    reply(std::move(answer));
  });
}

void Server::closed(const Connection& connection) {
  std::erase_if(connections_, [&connection](const Entry& entry) { return entry.connection.get() == &connection; });
  stopIfDone();
}

void Server::tell(const Text& event) {
  std::vector<std::shared_ptr<Connection>> streams;  // one that is too far behind leaves the list
  for (const Entry& entry : connections_) {
    if (entry.connection->streams()) streams.push_back(entry.connection);
  }
  for (const auto& stream : streams) stream->tell(event);
}

void Server::armBeat() {
  beat_timer_ = loop_.at(loop_.now() + settings_.limits.beat, "page beat", [this] {
    if (streams() > 0) tell(textOf(eventText("beat", beat_())));
    armBeat();
  });
}

void Server::stop(Duration bound, runtime::Task stopped) {
  stopping_ = true;
  stopped_ = std::move(stopped);
  again_.cancel();
  beat_timer_.cancel();
  Error ignored;
  std::ignore = acceptor_.close(ignored);
  bound_ = loop_.at(loop_.now() + bound, "page stop", [this] {
    while (!connections_.empty()) connections_.front().connection->close();
  });
  std::vector<std::shared_ptr<Connection>> all;
  for (const Entry& entry : connections_) all.push_back(entry.connection);
  for (const auto& connection : all) connection->finish();
  stopIfDone();
}

void Server::stopIfDone() {
  if (!stopping_ || !connections_.empty() || !stopped_) return;
  bound_.cancel();
  loop_.post("page stopped", std::exchange(stopped_, {}));
}

std::optional<std::uint16_t> Server::port() const {
  Error error;
  const tcp::endpoint endpoint = acceptor_.local_endpoint(error);
  if (error) return std::nullopt;
  return endpoint.port();
}

}  // namespace blupow::web
