#include "app/add_on.hpp"

#include <cstdlib>
#include <utility>

#include "mqtt/trouble.hpp"

namespace blupow::app {

namespace supervisor = homeassistant::supervisor;

namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

supervisor::BrokerWishes wishesOf(const Options& options) {
  return {.port = options.broker_port,
          .username = options.broker.username,
          .password = options.broker.password,
          .ssl = options.broker.ssl,
          .ca_file = options.broker.ca_file,
          .client_id = options.broker.client_id};
}

}  // namespace

std::expected<std::optional<SupervisorAccess>, Errors> findSupervisor() {
  std::string token = variable("SUPERVISOR_TOKEN");
  if (token.empty()) return std::nullopt;
  Errors errors;
  if (!supervisor::isToken(token)) errors.emplace_back("SUPERVISOR_TOKEN: must be printable characters without blanks");
  const std::string url = variable("SUPERVISOR_URL");
  auto address = supervisor::parseUrl(url.empty() ? supervisor::kDefaultUrl : std::string_view(url));
  if (!address) errors.push_back("SUPERVISOR_URL: " + address.error());
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return SupervisorAccess{.address = std::move(*address), .token = std::move(token)};
}

std::string brokerInWords(const Options& options, const std::optional<SupervisorAccess>& supervisor) {
  return supervisor && !options.broker_named ? "as the Supervisor names it" : mqtt::brokerName(options.broker);
}

std::expected<mqtt::BrokerSettings, supervisor::Trouble> askForBroker(const SupervisorAccess& access, const Options& options) {
  runtime::AsioLoop loop;
  supervisor::HttpApi api(loop, access.address, access.token);
  supervisor::Outcome outcome;
  const supervisor::Request request = api.get(supervisor::kBrokerPath, [&](const supervisor::Outcome& answer) {
    outcome = answer;
    loop.stop();
  });
  loop.run();
  const auto entry = supervisor::brokerOf(outcome);
  if (!entry) return std::unexpected(entry.error());
  return supervisor::settingsOf(*entry, wishesOf(options));
}

AddOn::AddOn(runtime::AsioLoop& loop, const SupervisorAccess& access, const Options& options, mqtt::Client& client, supervisor::AddOnPage::Found found)
    : api_(loop, access.address, access.token), log_(!options.broker_named), client_(client), page_(loop, api_, log_, std::move(found)) {
  if (!options.broker_named) supervised_.emplace(loop, client_, api_, log_, wishesOf(options));
}

mqtt::Client& AddOn::client() {
  if (supervised_) return *supervised_;
  return client_;
}

}  // namespace blupow::app
