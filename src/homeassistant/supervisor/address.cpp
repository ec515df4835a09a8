#include "homeassistant/supervisor/address.hpp"

#include <algorithm>
#include <charconv>

namespace blupow::homeassistant::supervisor {

namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::uint16_t kHttpPort = 80;

bool isVisible(char c) { return c > ' ' && c < '\x7f'; }

bool isLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool isHostCharacter(char c) { return isLetterOrDigit(c) || c == '.' || c == '-' || c == '_'; }

bool isPathCharacter(char c) { return isLetterOrDigit(c) || c == '.' || c == '-' || c == '_' || c == '~' || c == '/'; }

}  // namespace

std::string Address::authority() const { return host + (port == kHttpPort ? "" : ":" + std::to_string(port)); }

std::string Address::text() const { return std::string(kScheme) + authority() + prefix; }

std::expected<Address, std::string> parseUrl(std::string_view url) {
  const auto refused = [] { return std::unexpected(std::string("must be a URL such as http://supervisor or http://127.0.0.1:8080/prefix")); };
  if (!url.starts_with(kScheme)) return refused();
  url.remove_prefix(kScheme.size());
  const std::string_view authority = url.substr(0, url.find('/'));
  std::string_view prefix = url.substr(authority.size());
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  const std::string_view host = authority.substr(0, authority.find(':'));
  if (host.empty() || !std::ranges::all_of(host, isHostCharacter) || !std::ranges::all_of(prefix, isPathCharacter)) return refused();
  Address address{.host = std::string(host), .port = kHttpPort, .prefix = std::string(prefix)};
  if (host.size() == authority.size()) return address;
  const std::string_view port = authority.substr(host.size() + 1);
  const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || rest != port.data() + port.size() || address.port == 0) return refused();
  return address;
}

bool isToken(std::string_view text) { return !text.empty() && std::ranges::all_of(text, isVisible); }

}  // namespace blupow::homeassistant::supervisor
