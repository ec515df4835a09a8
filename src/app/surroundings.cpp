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

namespace {

fs::path shipped(std::string_view name, std::string_view in_source_tree) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    for (const fs::path& prefix : {program.parent_path().parent_path(), program.parent_path()}) {
      const fs::path beside = prefix / "share/blupow" / name;
      if (fs::is_directory(beside, error)) return beside;
    }
    if (program.parent_path() == kBuildFolder && fs::is_directory(in_source_tree, error)) return in_source_tree;
  }
  return fs::path("/usr/share/blupow") / name;
}

}  // namespace

fs::path defaultProfiles() { return shipped("profiles", kBuildProfiles); }

fs::path defaultPage() { return shipped("ui", kBuildPage); }

bool isInsideAddOn() {
  const char* token = std::getenv("SUPERVISOR_TOKEN");
  return token != nullptr && *token != '\0';
}

std::string defaultHttpAddress() { return isInsideAddOn() ? "0.0.0.0:8099" : "127.0.0.1:8099"; }

std::optional<HttpAddress> parseHttpAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::uint16_t port = 0;
  const auto [rest, error] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  if (error != std::errc() || rest != text.data() + text.size() || port == 0) return std::nullopt;
  std::string host(text.substr(0, colon));
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  std::array<unsigned char, sizeof(in6_addr)> address{};
  if (inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), address.data()) != 1) return std::nullopt;
  return HttpAddress{.address = std::move(host), .port = port};
}

bool isHttpAddress(std::string_view text) { return text == "off" || parseHttpAddress(text).has_value(); }

}  // namespace blupow::app
