// Listens, and keeps what is connected within the limits. A port that is taken is said in words and tried again. Loop thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>

#include "runtime/asio_loop.hpp"
#include "web/connection.hpp"
#include "web/settings.hpp"
#include "web/site.hpp"

namespace blupow::web {

class Server final : private ConnectionHost {
 public:
  using Admits = std::function<bool(const boost::asio::ip::address& peer)>;

  // admits: who is not is hung up on. beat: the data of each sign of life on a stream.
  Server(runtime::AsioLoop& loop, const Settings& settings, const Site& site, Admits admits, std::function<std::string()> beat);
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start();
  void tell(const Text& event);  // to every stream
  // Takes no more, lets answers under way be written, then calls back: within the bound, never inside the call.
  void stop(Duration bound, runtime::Task stopped);

  std::optional<std::uint16_t> port() const;  // while it listens
  std::size_t connections() const { return connections_.size(); }

 private:
  struct Entry {
    std::shared_ptr<Connection> connection;
    bool spare = false;
  };

  void open();
  void accept();
  void accepted(const boost::system::error_code& error, boost::asio::ip::tcp::socket socket);
  void take(boost::asio::ip::tcp::socket socket);
  bool makeRoom();
  std::size_t streams() const;
  void armBeat();
  void stopIfDone();

  std::optional<Answer> refuse(const Connection& connection, const Request& request) override;
  void answer(const Connection& connection, const Request& request, std::move_only_function<void(Answer)> reply) override;
  void closed(const Connection& connection) override;

  runtime::AsioLoop& loop_;
  const Settings settings_;
  const Site& site_;
  const Admits admits_;
  const std::function<std::string()> beat_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::list<Entry> connections_;  // the oldest first
  runtime::Timer again_;
  runtime::Timer beat_timer_;
  runtime::Timer bound_;
  runtime::Task stopped_;
  std::string trouble_;  // told last; empty = none
  bool stopping_ = false;
  std::shared_ptr<Server*> self_;  // handlers that come later than our end find it gone
};

}  // namespace blupow::web
