#include "app/gateway_settings.hpp"

#include <random>

namespace blupow::app {

gateway::Settings gatewaySettings(const Options& options) {
  gateway::Settings settings{.poll_interval = options.poll_interval, .keep_connected = options.keep_connected, .seed = std::random_device{}()};
  for (const DeviceOption& device : options.devices) {
    settings.devices.push_back({.address = device.address, .name = device.name, .type = device.type, .poll_interval = device.poll_interval});
  }
  return settings;
}

}  // namespace blupow::app
