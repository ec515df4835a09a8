// What the program assumes where no argument says otherwise: version, files, addresses. Looks at the environment and at where the program lies.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace blupow::app {

std::string_view version();  // "2.0.0"

inline constexpr std::string_view kOptionsFile = "/data/options.json";
inline constexpr std::string_view kDataFolder = "/data";

// share/blupow/profiles beside the program or its folder (PREFIX/bin/blupow), the source tree's when the program runs from its build folder, else the system's.
std::filesystem::path defaultProfiles();

// Likewise share/blupow/ui.
std::filesystem::path defaultPage();

// Whether SUPERVISOR_TOKEN is set.
bool isInsideAddOn();

// "0.0.0.0:8099" inside the add-on, where the ingress page is asked for from outside; else the loopback address only.
std::string defaultHttpAddress();

struct HttpAddress {
  std::string address;  // an IP address, without brackets
  std::uint16_t port = 0;
};
// An IP address (an IPv6 one in brackets) with a port; nothing for another text.
std::optional<HttpAddress> parseHttpAddress(std::string_view text);
// Whether it is such an address, or "off".
bool isHttpAddress(std::string_view text);

}  // namespace blupow::app
