// The program as an add-on: where the Supervisor is, and what is asked of it. Outside the add-on there is none of this.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>

#include "app/options.hpp"
#include "homeassistant/supervisor/add_on_page.hpp"
#include "homeassistant/supervisor/http_api.hpp"
#include "homeassistant/supervisor/supervised_client.hpp"
#include "runtime/asio_loop.hpp"

namespace blupow::app {

struct SupervisorAccess {
  homeassistant::supervisor::Address address;
  std::string token;
};

// From SUPERVISOR_TOKEN and SUPERVISOR_URL of the environment; nothing where no token is set. An error names the variable, never its value.
std::expected<std::optional<SupervisorAccess>, Errors> findSupervisor();

// "192.168.1.10:1883", or that the Supervisor names it.
std::string brokerInWords(const Options& options, const std::optional<SupervisorAccess>& supervisor);

// Asks once for the broker of these options, which name none. Blocks.
std::expected<mqtt::BrokerSettings, homeassistant::supervisor::Trouble> askForBroker(const SupervisorAccess& supervisor, const Options& options);

// Loop thread.
class AddOn {
 public:
  // The client is given the Supervisor's broker where the options name none.
  AddOn(runtime::AsioLoop& loop, const SupervisorAccess& supervisor, const Options& options, mqtt::Client& client,
        homeassistant::supervisor::AddOnPage::Found found);

  mqtt::Client& client();  // to be used in place of the one given
  void start() { page_.start(); }
  void stop() { page_.stop(); }

 private:
  homeassistant::supervisor::HttpApi api_;
  homeassistant::supervisor::TroubleLog log_;
  mqtt::Client& client_;
  std::optional<homeassistant::supervisor::SupervisedClient> supervised_;
  homeassistant::supervisor::AddOnPage page_;
};

}  // namespace blupow::app
