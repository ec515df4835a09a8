#include "core/host_port.hpp"

namespace blupow {

std::string hostAndPort(std::string_view host, std::uint16_t port) {
  const std::string text(host);
  return (host.contains(':') ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

}  // namespace blupow
