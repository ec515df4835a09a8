#include "homeassistant/supervisor/http_api.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

namespace blupow::homeassistant::supervisor {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Done = std::move_only_function<void(const Outcome&)>;

constexpr unsigned kHttp11 = 11;

Trouble unreachable(const Address& address, const error_code& error) {
  return {.kind = TroubleKind::unreachable, .what = "the Supervisor is not reachable at " + address.text() + ": " + error.message()};
}

Trouble troubleOfReading(const Address& address, const error_code& error) {
  if (error == http::error::body_limit || error == http::error::header_limit || error == http::error::buffer_overflow) {
    return {.kind = TroubleKind::too_large, .what = "the Supervisor's answer is larger than it can be"};
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return {.kind = TroubleKind::unreachable, .what = "the Supervisor at " + address.text() + " hangs up before it has answered"};
  }
  if (error.category() == make_error_code(http::error::bad_version).category()) {
    return {.kind = TroubleKind::no_http, .what = "what answers at " + address.text() + " is not the Supervisor"};
  }
  return unreachable(address, error);
}

// One question from the look-up to the answer. Lives as long as a step of it is under way; what comes after the end is dropped.
class Exchange final : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(runtime::AsioLoop& loop, const Address& address, Done done)
      : loop_(loop), address_(address), resolver_(loop.context()), socket_(loop.context()), done_(std::move(done)) {
    parser_.header_limit(kLargestHeader);
    parser_.body_limit(kLargestAnswer);
  }

  void begin(std::string_view path, const std::string& token, Duration bound) {
    request_.version(kHttp11);
    request_.method(http::verb::get);
    request_.target(address_.prefix + std::string(path));
    request_.set(http::field::host, address_.authority());
    request_.set(http::field::authorization, "Bearer " + token);
    request_.set(http::field::accept, "application/json");
    request_.set(http::field::user_agent, "BluPow");
    request_.keep_alive(false);
    bound_ = loop_.at(loop_.now() + bound, "Supervisor silent", [this, bound] { overdue(bound); });
    resolver_.async_resolve(address_.host, std::to_string(address_.port),
                            [self = shared_from_this()](const error_code& error, const tcp::resolver::results_type& found) { self->resolved(error, found); });
  }

  // Nothing is called back from now on.
  void end() {
    done_ = nullptr;
    bound_.cancel();
    resolver_.cancel();
    error_code error;
    [[maybe_unused]] const error_code ignored = socket_.close(error);
  }

 private:
  void resolved(const error_code& error, const tcp::resolver::results_type& found) {
    if (!done_) return;
    if (error) return finish(std::unexpected(unreachable(address_, error)));
    asio::async_connect(socket_, found, [self = shared_from_this()](const error_code& failed, const tcp::endpoint&) { self->connected(failed); });
  }

  void connected(const error_code& error) {
    if (!done_) return;
    if (error) return finish(std::unexpected(unreachable(address_, error)));
    http::async_write(socket_, request_, [self = shared_from_this()](const error_code& failed, std::size_t) { self->written(failed); });
  }

  void written(const error_code& error) {
    if (!done_) return;
    if (error) return finish(std::unexpected(unreachable(address_, error)));
    http::async_read(socket_, buffer_, parser_, [self = shared_from_this()](const error_code& failed, std::size_t) { self->read(failed); });
  }

  void read(const error_code& error) {
    if (!done_) return;
    if (error) return finish(std::unexpected(troubleOfReading(address_, error)));
    auto message = parser_.release();
    finish(Answer{.status = message.result_int(), .body = std::move(message.body())});
  }

  void overdue(Duration bound) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(bound).count();
    finish(std::unexpected(Trouble{.kind = TroubleKind::silent, .what = "the Supervisor does not answer within " + std::to_string(seconds) + " s"}));
  }

  // done may end this question, and ask the next.
  void finish(const Outcome& outcome) {
    const auto self = shared_from_this();
    Done done = std::exchange(done_, nullptr);
    end();
    done(outcome);
  }

  runtime::AsioLoop& loop_;
  const Address address_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  http::request<http::empty_body> request_;
  boost::beast::flat_buffer buffer_{kLargestHeader + kLargestAnswer};
  http::response_parser<http::string_body> parser_;
  runtime::Timer bound_;
  Done done_;  // empty: nobody waits any more
};

class ExchangeHandle final : public Request::Handle {
 public:
  explicit ExchangeHandle(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~ExchangeHandle() override { exchange_->end(); }
  ExchangeHandle(const ExchangeHandle&) = delete;
  ExchangeHandle& operator=(const ExchangeHandle&) = delete;

 private:
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace

HttpApi::HttpApi(runtime::AsioLoop& loop, Address address, std::string token, Duration bound)
    : loop_(loop), address_(std::move(address)), token_(std::move(token)), bound_(bound) {}

HttpApi::~HttpApi() = default;

Request HttpApi::get(std::string_view path, Done done) {
  auto exchange = std::make_shared<Exchange>(loop_, address_, std::move(done));
  exchange->begin(path, token_, bound_);
  return Request(std::make_unique<ExchangeHandle>(std::move(exchange)));
}

}  // namespace blupow::homeassistant::supervisor
