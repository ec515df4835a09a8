// One client's connection: its requests one after the other, or a stream of events. It reads, writes and bounds both; what is answered says its host.
// The only place that knows Beast is its source. Lives until it is closed; its host may go before. Loop thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "web/exchange.hpp"
#include "web/settings.hpp"

namespace blupow::web {

class Connection;

class ConnectionHost {
 public:
  virtual ~ConnectionHost() = default;
  // As Site's, of this connection.
  virtual std::optional<Answer> refuse(const Connection& connection, const Request& request) = 0;
  virtual void answer(const Connection& connection, const Request& request, std::move_only_function<void(Answer)> reply) = 0;
  virtual void closed(const Connection& connection) = 0;  // called once
};

class Connection {
 public:
  virtual ~Connection() = default;

  virtual void start() = 0;
  // No request of it is under way, or not all of it is there yet: nobody loses an answer when it is closed.
  virtual bool waits() const = 0;
  // Its last answer is written; the client may take it, or stay.
  virtual bool leaves() const = 0;
  virtual bool streams() const = 0;
  // To the stream; a client that is too far behind is closed.
  virtual void tell(const Text& event) = 0;
  // Closed as soon as the answer under way is written; at once where there is none.
  virtual void finish() = 0;
  virtual void close() = 0;
  // No word to the host any more, which goes.
  virtual void forgetHost() = 0;
};

std::shared_ptr<Connection> makeConnection(boost::asio::ip::tcp::socket socket, ConnectionHost& host, const Limits& limits);

}  // namespace blupow::web
