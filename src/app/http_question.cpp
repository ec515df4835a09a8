#include "app/http_question.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace blupow::app {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Error = boost::system::error_code;

constexpr std::size_t kLargestAnswer = 4096;
constexpr unsigned kHttp11 = 11;

class Question {
 public:
  Question(const asio::ip::tcp::endpoint& service, std::string_view path, std::chrono::seconds bound)
      : service_(service), bound_(bound), request_(http::verb::get, path, kHttp11) {
    const bool is_v6 = service.address().is_v6();
    request_.set(http::field::host, is_v6 ? "[" + service.address().to_string() + "]" : service.address().to_string());
    request_.set(http::field::connection, "close");
    parser_.body_limit(kLargestAnswer);
  }

  Error ask() {
    stream_.expires_after(bound_);
    stream_.async_connect(service_, [this](const Error& error) { error ? end(error) : write(); });
    context_.run();
    return error_;
  }

  HttpAnswer answer() { return {.status = parser_.get().result_int(), .body = std::move(parser_.get().body())}; }

 private:
  void write() {
    http::async_write(stream_, request_, [this](const Error& error, std::size_t /*count*/) { error ? end(error) : read(); });
  }
  void read() {
    http::async_read(stream_, buffer_, parser_, [this](const Error& error, std::size_t /*count*/) { end(error); });
  }
  void end(const Error& error) {
    error_ = error;
    stream_.close();
  }

  asio::io_context context_;
  beast::tcp_stream stream_{context_};
  const asio::ip::tcp::endpoint service_;
  const std::chrono::seconds bound_;
  http::request<http::empty_body> request_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  Error error_;
};

std::string wordsOf(const Error& error, std::chrono::seconds bound) {
  if (error == beast::error::timeout) return "gives no answer within " + std::to_string(bound.count()) + " s";
  if (error == asio::error::connection_refused) return "does not run";
  return "gives no answer (" + error.message() + ")";
}

asio::ip::address reachable(const asio::ip::address& address) {
  if (!address.is_unspecified()) return address;
  return address.is_v6() ? asio::ip::address(asio::ip::address_v6::loopback()) : asio::ip::address_v4::loopback();
}

}  // namespace

std::expected<HttpAnswer, std::string> askByHttp(std::string_view address, std::uint16_t port, std::string_view path, std::chrono::seconds bound) {
  Question question({reachable(asio::ip::make_address(std::string(address))), port}, path, bound);
  if (const Error error = question.ask()) return std::unexpected(wordsOf(error, bound));
  return question.answer();
}

}  // namespace blupow::app
