#include "runtime/http_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <vector>

#include "runtime/asio_loop.hpp"

namespace blupow::runtime {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Done = std::move_only_function<void(const HttpOutcome&)>;

constexpr unsigned kHttp11 = 11;
constexpr std::uint32_t kLargestHeader = 1U << 14U;  // bytes

HttpFailureKind kindOf(const error_code& error) {
  using enum HttpFailureKind;
  if (error == asio::error::connection_refused) return refused;
  if (error == http::error::body_limit || error == http::error::header_limit || error == http::error::buffer_overflow) return too_large;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return hung_up;
  return error.category() == make_error_code(http::error::bad_version).category() ? no_http : unreachable;
}

http::request<http::empty_body> requestOf(const HttpQuestion& question) {
  http::request<http::empty_body> request(http::verb::get, question.target, kHttp11);
  request.set(http::field::host, question.authority);
  if (!question.token.empty()) request.set(http::field::authorization, "Bearer " + question.token);
  request.set(http::field::accept, "application/json");
  request.set(http::field::user_agent, "BluPow");
  request.keep_alive(false);
  return request;
}

// One question from the look-up to the answer. Lives as long as a step of it is under way; what comes after the end is dropped.
class Exchange final : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(asio::io_context& context, HttpQuestion question, Done done)
      : question_(std::move(question)),
        resolver_(context),
        socket_(context),
        bound_(context),
        request_(requestOf(question_)),
        buffer_(kLargestHeader + question_.largest),
        done_(std::move(done)) {
    parser_.header_limit(kLargestHeader);
    parser_.body_limit(question_.largest);
  }

  void begin() {
    bound_.expires_after(question_.bound);
    bound_.async_wait([self = shared_from_this()](const error_code& error) { self->overdue(error); });
    error_code no_address;
    const asio::ip::address address = asio::ip::make_address(question_.host, no_address);
    if (!no_address) return connect({{address, question_.port}});
    resolver_.async_resolve(question_.host, std::to_string(question_.port),
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
    if (error) return failed(error);
    connect({found.begin(), found.end()});
  }

  void connect(std::vector<tcp::endpoint> endpoints) {
    endpoints_ = std::move(endpoints);
    asio::async_connect(socket_, endpoints_, [self = shared_from_this()](const error_code& error, const tcp::endpoint&) { self->connected(error); });
  }

  void connected(const error_code& error) {
    if (!done_) return;
    if (error) return failed(error);
    http::async_write(socket_, request_, [self = shared_from_this()](const error_code& unwritten, std::size_t) { self->written(unwritten); });
  }

  void written(const error_code& error) {
    if (!done_) return;
    if (error) return failed(error);
    http::async_read(socket_, buffer_, parser_, [self = shared_from_this()](const error_code& unread, std::size_t) { self->read(unread); });
  }

  void read(const error_code& error) {
    if (!done_) return;
    if (error) return failed(error);
    auto message = parser_.release();
    finish(HttpAnswer{.status = message.result_int(), .body = std::move(message.body())});
  }

  void overdue(const error_code& error) {
    if (error || !done_) return;
    finish(std::unexpected(HttpFailure{.kind = HttpFailureKind::silent, .what = make_error_code(asio::error::timed_out).message()}));
  }

  void failed(const error_code& error) { finish(std::unexpected(HttpFailure{.kind = kindOf(error), .what = error.message()})); }

  // done may end this question, and ask the next.
  void finish(const HttpOutcome& outcome) {
    const auto self = shared_from_this();
    Done done = std::exchange(done_, nullptr);
    end();
    done(outcome);
  }

  const HttpQuestion question_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer bound_;
  std::vector<tcp::endpoint> endpoints_;
  http::request<http::empty_body> request_;
  boost::beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  Done done_;  // empty: nobody waits any more
};

class ExchangeHandle final : public HttpRequest::Handle {
 public:
  explicit ExchangeHandle(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~ExchangeHandle() override { exchange_->end(); }
  ExchangeHandle(const ExchangeHandle&) = delete;
  ExchangeHandle& operator=(const ExchangeHandle&) = delete;

 private:
  std::shared_ptr<Exchange> exchange_;
};

HttpRequest begun(asio::io_context& context, HttpQuestion question, Done done) {
  auto exchange = std::make_shared<Exchange>(context, std::move(question), std::move(done));
  exchange->begin();
  return HttpRequest(std::make_unique<ExchangeHandle>(std::move(exchange)));
}

}  // namespace

HttpRequest askByHttp(AsioLoop& loop, HttpQuestion question, Done done) { return begun(loop.context(), std::move(question), std::move(done)); }

HttpOutcome askByHttpAndWait(HttpQuestion question) {
  asio::io_context context;
  HttpOutcome outcome;
  const HttpRequest request = begun(context, std::move(question), [&outcome](const HttpOutcome& one) { outcome = one; });
  context.run();
  return outcome;
}

}  // namespace blupow::runtime
