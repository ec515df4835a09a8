#include "sim/control/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <stdexcept>

namespace blupow::sim {

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;

namespace {

constexpr std::size_t kLongestLine = 1U << 20U;

// One client; lives as long as it waits for something.
class Client : public std::enable_shared_from_this<Client> {
 public:
  Client(Socket socket, std::shared_ptr<ControlServer::Execute> execute) : socket_(std::move(socket)), execute_(std::move(execute)) {}

  void read() {
    asio::async_read_until(socket_, asio::dynamic_buffer(input_, kLongestLine), '\n',
                           [self = shared_from_this()](const boost::system::error_code& error, std::size_t length) {
                             if (!error) self->answer(length);
                           });
  }

 private:
  void answer(std::size_t length) {
    output_ = (*execute_)(std::string_view(input_).substr(0, length - 1)) + "\n";
    input_.erase(0, length);
    asio::async_write(socket_, asio::buffer(output_), [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
      if (!error) self->read();
    });
  }

  Socket socket_;
  std::shared_ptr<ControlServer::Execute> execute_;
  std::string input_;
  std::string output_;
};

}  // namespace

struct ControlServer::Parts {
  Parts(Loop& loop, const std::string& where, Execute what)
      : path(where), execute(std::make_shared<Execute>(std::move(what))), acceptor(loop.context(), asio::local::stream_protocol::endpoint(where)) {}

  void accept() {
    acceptor.async_accept([this](const boost::system::error_code& error, Socket socket) {
      if (error) return;
      std::make_shared<Client>(std::move(socket), execute)->read();
      accept();
    });
  }

  std::string path;
  std::shared_ptr<Execute> execute;
  asio::local::stream_protocol::acceptor acceptor;
};

ControlServer::ControlServer(Loop& loop, const std::string& path, Execute execute) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  parts_ = std::make_unique<Parts>(loop, path, std::move(execute));
  parts_->accept();
}

ControlServer::~ControlServer() {
  std::error_code ignored;
  std::filesystem::remove(parts_->path, ignored);
}

}  // namespace blupow::sim
