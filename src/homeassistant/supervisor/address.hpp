// Where the Supervisor answers. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace blupow::homeassistant::supervisor {

inline constexpr std::string_view kDefaultUrl = "http://supervisor";

struct Address {
  std::string host = "supervisor";
  std::uint16_t port = 80;
  std::string prefix;  // of every path: empty, or "/..." without a slash at its end

  std::string authority() const;  // "supervisor", "127.0.0.1:8080"
  std::string text() const;       // "http://supervisor", for the log
  bool operator==(const Address&) const = default;
};

// "http://HOST[:PORT][/PREFIX]", the host a name or an IPv4 address. Without user name, query and fragment: nothing of it may be a secret. The
// error is one clause that says what is taken; it does not repeat the text.
std::expected<Address, std::string> parseUrl(std::string_view url);

// Whether it can be sent in a header: not empty, printable ASCII without blanks.
bool isToken(std::string_view text);

}  // namespace blupow::homeassistant::supervisor
