// How an address and a port are written together. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace blupow {

// "broker:1883", "[::1]:8099": as in a URL, so that an IPv6 address does not run into the port.
std::string hostAndPort(std::string_view host, std::uint16_t port);

}  // namespace blupow
