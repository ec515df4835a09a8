#include "web/connection.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <deque>
#include <tuple>
#include <utility>

namespace blupow::web {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Error = boost::system::error_code;

constexpr unsigned kBusy = 503;
constexpr std::size_t kReadAtOnce = 4096;
constexpr std::size_t kMostThrownAway = std::size_t{1024} * 1024;  // of a body that is not wanted, for its sender to read our answer

std::string textOfField(const http::request<http::string_body>& message, std::string_view name) { return std::string(message[name]); }

Method methodOf(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    default:
      return Method::other;
  }
}

Request requestOf(const http::request<http::string_body>& message) {
  return {.method = methodOf(message.method()),
          .target = std::string(message.target()),
          .host = textOfField(message, "Host"),
          .content_type = textOfField(message, "Content-Type"),
          .origin = textOfField(message, "Origin"),
          .fetch_site = textOfField(message, "Sec-Fetch-Site"),
          .marked = message.find("X-BluPow") != message.end()};
}

// What is wrong with a request's form beyond what the parser sees.
std::optional<Answer> refuseForm(const http::request_parser<http::string_body>& parser) {
  const auto& message = parser.get();
  const auto hosts = message.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return errorAnswer(400, "A request names one host.");
  // What Beast does not know it takes for no body, and the body for the next request: whoever passed it on may have seen one request.
  const auto codings = message.count(http::field::transfer_encoding);
  if (codings > 1 || (codings == 1 && !beast::iequals(message[http::field::transfer_encoding], "chunked"))) {
    return errorAnswer(400, "A body is sent as it is, or in chunks.");
  }
  const bool reads = message.method() == http::verb::get || message.method() == http::verb::head;
  if (reads && (parser.chunked() || parser.content_length().value_or(0) > 0)) return errorAnswer(400, "What is only read has no body.");
  return std::nullopt;
}

// The answer to what could not be read; nothing where there is nobody to answer: gone, or too slow.
std::optional<Answer> answerTo(const Error& error) {
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error == http::error::header_limit) return errorAnswer(431, "The header has more than 32 KiB.");
  if (error == http::error::body_limit || error == http::error::buffer_overflow) return errorAnswer(413, "The body has more than 64 KiB.");
  if (error.category() == http::make_error_code(http::error::bad_method).category()) return errorAnswer(400, "This is no HTTP request.");
  return std::nullopt;
}

class HttpConnection final : public Connection, public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(asio::ip::tcp::socket socket, ConnectionHost& host, const Limits& limits)
      : stream_(std::move(socket)), buffer_(limits.header + limits.body + kReadAtOnce), host_(&host), limits_(limits) {}

  void start() override {
    Error ignored;
    std::ignore = stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    stream_.expires_after(limits_.request);
    readHeader();
  }

  bool waits() const override { return state_ == State::waiting; }
  bool leaves() const override { return state_ == State::leaving; }
  bool streams() const override { return state_ == State::streaming || (state_ == State::writing && will_stream_); }

  // What comes while the beginning is still being written follows it.
  void tell(const Text& event) override {
    if (!streams()) return;
    backlog_ += event->size();
    if (backlog_ > limits_.backlog) return close();
    queue_.push_back(event);
    if (state_ == State::streaming && queue_.size() == 1) writeEvent();
  }

  void finish() override {
    finishing_ = true;
    if (state_ == State::waiting || state_ == State::streaming || state_ == State::leaving) close();
  }

  void close() override {
    if (std::exchange(state_, State::closed) == State::closed) return;
    stream_.close();
    if (auto* const host = std::exchange(host_, nullptr)) host->closed(*this);
  }

  void forgetHost() override { host_ = nullptr; }

 private:
  enum class State : std::uint8_t {
    waiting,    // for a request, or the rest of one
    answering,  // the host is asked
    writing,
    streaming,
    leaving,  // the last answer is written, the client may take it
    closed,
  };

  // What an operation that ends calls: nothing after close(), and we live until then.
  template <typename Step>
  auto then(Step step) {
    return [self = shared_from_this(), step](const Error& error, std::size_t count = 0) {
      if (self->state_ != State::closed) (self.get()->*step)(error, count);
    };
  }

  // The next request. Bytes that are there already belong to it; else the client may take its time before it begins.
  void next() {
    state_ = State::waiting;
    if (buffer_.size() > 0) {
      stream_.expires_after(limits_.request);
      return readHeader();
    }
    stream_.expires_after(limits_.idle);
    stream_.async_read_some(buffer_.prepare(kReadAtOnce), then(&HttpConnection::begun));
  }

  void begun(const Error& error, std::size_t count) {
    if (error) return close();
    buffer_.commit(count);
    stream_.expires_after(limits_.request);
    readHeader();
  }

  void readHeader() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header));
    parser_->body_limit(limits_.body);
    http::async_read_header(stream_, buffer_, *parser_, then(&HttpConnection::headerRead));
  }

  void headerRead(const Error& error, std::size_t /*count*/) {
    if (error) return unreadable(error);
    request_ = requestOf(parser_->get());
    keep_alive_ = parser_->get().keep_alive();
    auto refused = refuseForm(*parser_);
    if (refused) keep_alive_ = false;
    if (!refused && host_ != nullptr) refused = host_->refuse(*this, request_);
    if (refused) {
      if (!parser_->is_done()) keep_alive_ = false;  // its body is not read
      return write(*refused);
    }
    if (parser_->is_done()) return ask();
    http::async_read(stream_, buffer_, *parser_, then(&HttpConnection::bodyRead));
  }

  void bodyRead(const Error& error, std::size_t /*count*/) {
    if (error) return unreadable(error);
    request_.body = std::move(parser_->get().body());
    ask();
  }

  void unreadable(const Error& error) {
    auto answer = answerTo(error);
    if (!answer) return close();
    keep_alive_ = false;
    request_.method = Method::get;
    write(*answer);
  }

  void ask() {
    state_ = State::answering;
    stream_.expires_never();
    if (host_ == nullptr) return close();
    host_->answer(*this, request_, [self = weak_from_this()](const Answer& answer) {
      if (const auto connection = self.lock(); connection && connection->state_ == State::answering) connection->write(answer);
    });
  }

  void write(const Answer& answer) {
    state_ = State::writing;
    const bool has_body = request_.method != Method::head;
    if (finishing_ || answer.stream || answer.status == kBusy) keep_alive_ = false;  // who was too much may come again on a new connection
    will_stream_ = answer.stream && has_body && !finishing_;
    head_ = headOf(answer, keep_alive_);
    body_ = has_body && answer.body ? answer.body : textOf({});
    stream_.expires_after(limits_.write);
    asio::async_write(stream_, std::array<asio::const_buffer, 2>{asio::buffer(head_), asio::buffer(*body_)}, then(&HttpConnection::written));
  }

  void written(const Error& error, std::size_t /*count*/) {
    if (error) return close();
    body_.reset();
    if (will_stream_ && !finishing_) return stream();
    if (keep_alive_ && !finishing_) return next();
    leave();
  }

  // A socket that is closed with unread bytes in it takes our answer back.
  void leave() {
    state_ = State::leaving;
    Error error;
    std::ignore = stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    if (error || finishing_) return close();
    stream_.expires_after(limits_.linger);
    buffer_.clear();
    throwAway();
  }

  void throwAway() { stream_.async_read_some(buffer_.prepare(kReadAtOnce), then(&HttpConnection::thrownAway)); }

  void thrownAway(const Error& error, std::size_t count) {
    thrown_away_ += count;
    if (error || thrown_away_ > kMostThrownAway) return close();
    throwAway();
  }

  // Whoever reads a stream has nothing more to say: reading only tells when he goes.
  void stream() {
    state_ = State::streaming;
    stream_.expires_never();
    buffer_.clear();
    watch();
    if (!queue_.empty()) writeEvent();
  }

  void watch() { stream_.async_read_some(buffer_.prepare(kReadAtOnce), then(&HttpConnection::watched)); }

  void watched(const Error& error, std::size_t count) {
    thrown_away_ += count;
    if (error || thrown_away_ > kReadAtOnce) return close();
    watch();
  }

  void writeEvent() {
    stream_.expires_after(limits_.write);
    asio::async_write(stream_, asio::buffer(*queue_.front()), then(&HttpConnection::eventWritten));
  }

  void eventWritten(const Error& error, std::size_t /*count*/) {
    if (error) return close();
    backlog_ -= queue_.front()->size();
    queue_.pop_front();
    if (!queue_.empty()) writeEvent();
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  ConnectionHost* host_;
  const Limits limits_;
  State state_ = State::waiting;
  bool finishing_ = false;
  bool keep_alive_ = false;
  bool will_stream_ = false;
  std::optional<http::request_parser<http::string_body>> parser_;
  Request request_;
  std::string head_;
  Text body_;
  std::size_t thrown_away_ = 0;
  std::deque<Text> queue_;  // the first is being written
  std::size_t backlog_ = 0;
};

}  // namespace

std::shared_ptr<Connection> makeConnection(asio::ip::tcp::socket socket, ConnectionHost& host, const Limits& limits) {
  return std::make_shared<HttpConnection>(std::move(socket), host, limits);
}

}  // namespace blupow::web
