#include "app/surroundings.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>

#include "app/build.hpp"

namespace blupow::app {

namespace fs = std::filesystem;

std::string_view version() { return kVersion; }

fs::path defaultProfiles() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    for (const fs::path& prefix : {program.parent_path().parent_path(), program.parent_path()}) {
      const fs::path beside = prefix / "share/blupow/profiles";
      if (fs::is_directory(beside, error)) return beside;
    }
    if (program.parent_path() == kBuildFolder && fs::is_directory(kBuildProfiles, error)) return kBuildProfiles;
  }
  return "/usr/share/blupow/profiles";
}

std::string defaultHttpAddress() {
  const char* token = std::getenv("SUPERVISOR_TOKEN");
  return token != nullptr && *token != '\0' ? "0.0.0.0:8099" : "127.0.0.1:8099";
}

bool isHttpAddress(std::string_view text) {
  if (text == "off") return true;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::uint16_t port = 0;
  const auto [rest, error] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  if (error != std::errc() || rest != text.data() + text.size() || port == 0) return false;
  std::string host(text.substr(0, colon));
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), address.data()) == 1;
}

}  // namespace blupow::app
