#include "app/gateway_settings.hpp"

#include <random>

namespace blupow::app {

gateway::Settings gatewaySettings(const Options& options) {
  gateway::Settings settings{.poll_interval = options.poll_interval,
                             .keep_connected = options.keep_connected,
                             .seed = std::random_device{}(),
                             .adaptive_polling = options.adaptive_polling,
                             .allow_settings = options.allow_settings};
  for (const DeviceOption& device : options.devices) {
    settings.devices.push_back({.address = device.address, .name = device.name, .type = device.type, .poll_interval = device.poll_interval});
  }
  for (const BankOption& bank : options.banks) settings.banks.push_back({.name = bank.name, .members = bank.devices});
  return settings;
}

}  // namespace blupow::app
