// One HTTP question to a service on an address of this machine, on a loop of its own. Blocks within its bound. Apart from health.cpp to keep the
// compiler's memory small.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace blupow::app {

struct HttpAnswer {
  unsigned status = 0;
  std::string body;  // 4 KiB at most
};

// address: an IP address; one that stands for every address is asked at loopback. The error is a clause that follows the service's name: "does not run".
std::expected<HttpAnswer, std::string> askByHttp(std::string_view address, std::uint16_t port, std::string_view path, std::chrono::seconds bound);

}  // namespace blupow::app
