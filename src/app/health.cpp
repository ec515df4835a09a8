#include "app/health.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/surroundings.hpp"

namespace blupow::app {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Error = boost::system::error_code;

constexpr auto kBound = std::chrono::seconds(5);
constexpr std::size_t kLargestAnswer = 4096;

// One question on a loop of its own, all of it within the bound.
class Question {
 public:
  explicit Question(const asio::ip::tcp::endpoint& service) : service_(service), request_(http::verb::get, "/health", 11) {
    const bool is_v6 = service.address().is_v6();
    request_.set(http::field::host, is_v6 ? "[" + service.address().to_string() + "]" : service.address().to_string());
    request_.set(http::field::connection, "close");
    parser_.body_limit(kLargestAnswer);
  }

  Error ask() {
    stream_.expires_after(kBound);
    stream_.async_connect(service_, [this](const Error& error) { error ? end(error) : write(); });
    context_.run();
    return error_;
  }

  const http::response<http::string_body>& answer() const { return parser_.get(); }

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
  http::request<http::empty_body> request_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  Error error_;
};

std::unexpected<Failure> failed(std::string text) { return fail(FailureKind::retry_later, std::move(text)); }

std::string wordsOf(const Error& error) {
  if (error == beast::error::timeout) return fmt::format("gives no answer within {} s", kBound.count());
  if (error == asio::error::connection_refused) return "does not run";
  return "gives no answer (" + error.message() + ")";
}

bool isOurs(const nlohmann::json& document) {
  if (!document.is_object()) return false;
  const auto kindOf = [&document](const char* key) { return document.contains(key) ? document.at(key).type() : nlohmann::json::value_t::null; };
  return kindOf("version") == nlohmann::json::value_t::string && kindOf("uptime") == nlohmann::json::value_t::number_unsigned;
}

}  // namespace

Result<Health> askHealth(std::string_view http) {
  const auto where = parseHttpAddress(http);
  if (!where) return failed("the service serves no page (--http off), so there is nobody to ask");
  auto address = asio::ip::make_address(where->address);
  if (address.is_unspecified()) address = address.is_v6() ? asio::ip::address(asio::ip::address_v6::loopback()) : asio::ip::address_v4::loopback();
  const std::string name = fmt::format("the service at {}:{}", address.is_v6() ? "[" + address.to_string() + "]" : address.to_string(), where->port);

  Question question({address, where->port});
  if (const Error error = question.ask()) return failed(name + " " + wordsOf(error));
  if (question.answer().result() != http::status::ok) return failed(fmt::format("{} answers with status {}", name, question.answer().result_int()));
  const nlohmann::json document = nlohmann::json::parse(question.answer().body(), nullptr, false);
  if (!isOurs(document)) return failed(name + " is not BluPow");
  return Health{.version = document.at("version"), .uptime = std::chrono::seconds(document.at("uptime").get<std::uint32_t>())};
}

}  // namespace blupow::app
