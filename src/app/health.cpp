#include "app/health.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/surroundings.hpp"
#include "core/host_port.hpp"
#include "runtime/http_client.hpp"

namespace blupow::app {

namespace {

constexpr auto kBound = std::chrono::seconds(5);
constexpr std::uint32_t kLargestAnswer = 4096;  // bytes
constexpr unsigned kOk = 200;

std::unexpected<Failure> failed(std::string text) { return fail(FailureKind::retry_later, std::move(text)); }

// Where to ask a service that is bound to this address: at loopback if that stands for every one.
std::string reachable(const std::string& text) {
  const auto address = boost::asio::ip::make_address(text);
  if (!address.is_unspecified()) return text;
  return address.is_v6() ? "::1" : "127.0.0.1";
}

// What follows the service's name.
std::string clauseOf(const runtime::HttpFailure& failure) {
  switch (failure.kind) {
    case runtime::HttpFailureKind::silent:
      return fmt::format("gives no answer within {} s", kBound.count());
    case runtime::HttpFailureKind::refused:
      return "does not run";
    default:
      return "gives no answer (" + failure.what + ")";
  }
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
  const std::string name = "the service at " + hostAndPort(where->address, where->port);
  const std::string host = reachable(where->address);

  const auto answer = runtime::askByHttpAndWait({.host = host,
                                                 .port = where->port,
                                                 .authority = hostAndPort(host, where->port),
                                                 .target = "/health",
                                                 .token = {},
                                                 .bound = kBound,
                                                 .largest = kLargestAnswer});
  if (!answer) return failed(fmt::format("{} {}", name, clauseOf(answer.error())));
  if (answer->status != kOk) return failed(fmt::format("{} answers with status {}", name, answer->status));
  const nlohmann::json document = nlohmann::json::parse(answer->body, nullptr, false);
  if (!isOurs(document)) return failed(name + " is not BluPow");
  return Health{.version = document.at("version"), .uptime = std::chrono::seconds(document.at("uptime").get<std::uint32_t>())};
}

}  // namespace blupow::app
