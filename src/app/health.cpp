#include "app/health.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "app/http_question.hpp"
#include "app/surroundings.hpp"

namespace blupow::app {

namespace {

constexpr auto kBound = std::chrono::seconds(5);
constexpr unsigned kOk = 200;

std::unexpected<Failure> failed(std::string text) { return fail(FailureKind::retry_later, std::move(text)); }

bool isOurs(const nlohmann::json& document) {
  if (!document.is_object()) return false;
  const auto kindOf = [&document](const char* key) { return document.contains(key) ? document.at(key).type() : nlohmann::json::value_t::null; };
  return kindOf("version") == nlohmann::json::value_t::string && kindOf("uptime") == nlohmann::json::value_t::number_unsigned;
}

}  // namespace

Result<Health> askHealth(std::string_view http) {
  const auto where = parseHttpAddress(http);
  if (!where) return failed("the service serves no page (--http off), so there is nobody to ask");
  const std::string name = fmt::format("the service at {}:{}", where->address.contains(':') ? "[" + where->address + "]" : where->address, where->port);

  const auto answer = askByHttp(where->address, where->port, "/health", kBound);
  if (!answer) return failed(name + " " + answer.error());
  if (answer->status != kOk) return failed(fmt::format("{} answers with status {}", name, answer->status));
  const nlohmann::json document = nlohmann::json::parse(answer->body, nullptr, false);
  if (!isOurs(document)) return failed(name + " is not BluPow");
  return Health{.version = document.at("version"), .uptime = std::chrono::seconds(document.at("uptime").get<std::uint32_t>())};
}

}  // namespace blupow::app
