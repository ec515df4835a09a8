#include "web/guard.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace blupow::web {

namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view kIngress = "172.30.32.2";  // the Supervisor, in its network hassio
constexpr std::string_view kJson = "application/json";
// Ends of names that no public DNS answers for: RFC 6761, 6762, 8375, ICANN's .internal, and what home routers use.
constexpr std::array<std::string_view, 5> kHome{".local", ".lan", ".home.arpa", ".internal", ".localhost"};

ip::address unmapped(const ip::address& address) {
  return address.is_v6() && address.to_v6().is_v4_mapped() ? ip::make_address_v4(ip::v4_mapped, address.to_v6()) : address;
}

std::optional<ip::address> parsed(std::string_view text) {
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return unmapped(address);
}

// "localhost:8099" -> "localhost", "[::1]:8099" -> "::1"; nothing for what is no such text.
std::optional<std::string> nameIn(std::string_view host) {
  const bool bracketed = host.starts_with('[');
  const std::size_t end = bracketed ? host.find(']') : host.find(':');
  if (bracketed && end == std::string_view::npos) return std::nullopt;
  std::string_view rest = end == std::string_view::npos ? std::string_view() : host.substr(bracketed ? end + 1 : end);
  if (rest.starts_with(':')) {
    rest.remove_prefix(1);
    if (rest.empty() || rest.size() > 5 || rest.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  } else if (!rest.empty()) {
    return std::nullopt;
  }
  return std::string(bracketed ? host.substr(1, end - 1) : host.substr(0, end));
}

bool isJson(std::string_view content_type) { return lowerCase(trimmed(content_type.substr(0, content_type.find(';')))) == kJson; }

}  // namespace

Guard::Guard(const Settings& settings)
    : behind_ingress_(settings.behind_ingress), local_(parsed(settings.address) && parsed(settings.address)->is_loopback()) {}

bool Guard::admits(const ip::address& peer) const {
  if (!behind_ingress_) return true;
  const ip::address address = unmapped(peer);
  return address.is_loopback() || address == ip::make_address(kIngress);
}

bool Guard::isOurHost(const std::string& name) const {
  const std::string lower = lowerCase(name);
  if (lower == "localhost") return true;
  if (const auto address = parsed(name)) return !local_ || address->is_loopback();
  if (local_ || name.empty()) return false;
  return !name.contains('.') || std::ranges::any_of(kHome, [&lower](std::string_view end) { return lower.ends_with(end); });
}

std::optional<Answer> Guard::refuseHost(const Request& request) const {
  if (behind_ingress_) return std::nullopt;
  const auto name = nameIn(request.host);
  if (name && isOurHost(*name)) return std::nullopt;
  return errorAnswer(421, local_ ? "This page is asked for as localhost or by its address."
                                 : "This page is asked for by its address, or by a name of the home network such as solar.local.");
}

std::optional<Answer> Guard::refuseReader(const Request& request) const {
  if (request.fetch_site.empty() || request.fetch_site == "same-origin" || request.fetch_site == "none") return std::nullopt;
  return errorAnswer(403, "This is not for pages of other sites.");
}

std::optional<Answer> Guard::refuseWriter(const Request& request) const {
  if (!request.fetch_site.empty() && request.fetch_site != "same-origin") return errorAnswer(403, "This is not for pages of other sites.");
  if (!request.origin.empty()) {
    // Behind the ingress the origin is Home Assistant's, by whatever name it is reached; our own Host is a proxy's. There the two below suffice.
    const bool same = behind_ingress_ ? request.origin != "null" : request.origin == "http://" + request.host || request.origin == "https://" + request.host;
    if (!same) return errorAnswer(403, "This is not for pages of other sites.");
  }
  if (!request.marked) return errorAnswer(403, "A command needs the header X-BluPow: 1.");
  if (!isJson(request.content_type)) return errorAnswer(415, "A command is sent as application/json.");
  return std::nullopt;
}

}  // namespace blupow::web
