// Who is answered, and which requests are refused before anything is read or done. Pure. The rules and their reasons: docs/web.md.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>

#include "web/exchange.hpp"
#include "web/settings.hpp"

namespace blupow::web {

class Guard {
 public:
  explicit Guard(const Settings& settings);

  // Inside the add-on: the ingress and loopback, also when they come as IPv4-mapped IPv6 addresses.
  bool admits(const boost::asio::ip::address& peer) const;

  // A name that somebody else's DNS points at us: outside the add-on the page has no other protection than its address.
  std::optional<Answer> refuseHost(const Request& request) const;
  // A page of another site that reads (it could not see the answer) or changes something.
  std::optional<Answer> refuseReader(const Request& request) const;
  std::optional<Answer> refuseWriter(const Request& request) const;

 private:
  bool isOurHost(const std::string& name) const;

  const bool behind_ingress_;
  const bool local_;  // bound to a loopback address
};

}  // namespace blupow::web
