#include "mqtt/families.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

namespace blupow::mqtt {

std::vector<const char*> familiesOf(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  std::vector<const char*> families;
  if (!host.starts_with('/') && getaddrinfo(host.c_str(), nullptr, &hints, &first) == 0) {
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(first, freeaddrinfo);
    for (const addrinfo* each = first; each != nullptr; each = each->ai_next) {
      const char* const family = each->ai_family == AF_INET6 ? "::" : "0.0.0.0";
      if (std::ranges::find(families, family) == families.end()) families.push_back(family);
    }
  }
  if (families.size() < 2) families.assign(1, nullptr);
  return families;
}

}  // namespace blupow::mqtt
