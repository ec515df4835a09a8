#include "app/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

#include "core/text.hpp"

namespace blupow::app {

namespace {

constexpr std::string_view kMacWords = "a MAC address such as AA:BB:CC:DD:EE:FF";
constexpr std::string_view kTopicWords =
    "one or more topic levels such as solar/roof: without +, #, control characters and empty levels, no slash at an end, at least one letter or digit";
constexpr std::string_view kHostWords = "a name, an address or the path of a unix socket; port, username, password and ssl are options of their own";
constexpr std::int64_t kShortestInterval = 5;
constexpr std::int64_t kLongestInterval = 3600;
constexpr std::size_t kLongestClientId = 64;
constexpr std::uint16_t kPort = 1883;
constexpr std::uint16_t kTlsPort = 8883;

bool isMac(const std::string& text) { return MacAddress::parse(text).has_value(); }

bool isLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool isTopic(const std::string& text) {
  if (text.starts_with('/') || text.ends_with('/') || text.contains("//")) return false;
  if (text.find_first_of("+#") != std::string::npos || printable(text) != text) return false;
  return std::ranges::any_of(text, isLetterOrDigit);
}

// The parser lets valid UTF-8 through only: every byte that does not continue a character begins one.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// "<MAC>" or "<MAC>_<unit id>".
bool isBankMember(const std::string& text) {
  const std::size_t mark = text.find('_');
  if (!isMac(text.substr(0, mark))) return false;
  if (mark == std::string::npos) return true;
  const char* const end = text.data() + text.size();
  unsigned id = 0;
  const auto [rest, error] = std::from_chars(text.data() + mark + 1, end, id);
  return error == std::errc() && rest == end && id >= 1 && id <= 255;
}

// No URL: that may hold a password, and the log names the host.
bool isHost(const std::string& text) { return text.starts_with('/') || text.find_first_of("@/") == std::string::npos; }

bool isReadable(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return stream && stream.peek() != std::ifstream::traits_type::eof();  // a folder opens, but gives nothing
}

void readBroker(ObjectReader& reader, Options& options) {
  mqtt::BrokerSettings& broker = options.broker;
  const auto host = reader.text("host", kHostWords, isHost);
  options.broker_named = host.has_value();
  broker.host = host.value_or(broker.host);
  broker.username = reader.text("username").value_or("");
  broker.password = reader.text("password").value_or("");
  broker.client_id =
      reader.text("client_id", "a text of 1 to 64 characters", [](const std::string& text) { return characters(text) <= kLongestClientId; }).value_or("");
  const bool sslGiven = reader.present("ssl");
  const auto ssl = reader.flag("ssl");
  broker.ssl = ssl.value_or(false);
  broker.ca_file = reader.text("ca_file", "the path of a PEM file that can be read", isReadable).value_or("");
  const bool sslUnclear = sslGiven && !ssl;  // its own error is enough
  if (reader.present("ca_file") && !broker.ssl && !sslUnclear) reader.wrong("ca_file", "may stand only where mqtt.ssl is true");
  if (const auto port = reader.number("port", 1, 65535)) options.broker_port = static_cast<std::uint16_t>(*port);
  broker.port = options.broker_port.value_or(broker.ssl ? kTlsPort : kPort);
}

std::optional<std::chrono::seconds> readInterval(ObjectReader& reader) {
  const auto seconds = reader.number("poll_interval", kShortestInterval, kLongestInterval);
  return seconds ? std::optional(std::chrono::seconds(*seconds)) : std::nullopt;
}

class DevicesReader {
 public:
  DevicesReader(std::span<const std::string> types, std::vector<DeviceOption>& devices) : types_(types), devices_(devices) {}

  void read(ObjectReader& reader) {
    DeviceOption device;
    const bool given = reader.present("address");
    if (const auto address = reader.text("address", kMacWords, isMac)) {
      device.address = *MacAddress::parse(*address);
      if (!seen_.insert(device.address).second) reader.wrong("address", "is listed twice");
    } else if (!given) {
      reader.wrong("address", fmt::format("is missing; must be {}", kMacWords));
    }
    device.name = reader.text("name").value_or("");
    device.type = reader
                      .text("type", fmt::format("one of {}", fmt::join(types_, ", ")),
                            [this](const std::string& type) { return std::ranges::find(types_, type) != types_.end(); })
                      .value_or("");
    device.poll_interval = readInterval(reader);
    devices_.push_back(std::move(device));
  }

 private:
  std::span<const std::string> types_;
  std::vector<DeviceOption>& devices_;
  std::set<MacAddress> seen_;
};

BankOption readBank(ObjectReader& reader) {
  BankOption bank;
  const bool given = reader.present("name");
  bank.name = reader.text("name").value_or("");
  if (!given) reader.wrong("name", "is missing; must be a text");
  for (const std::string& member : reader.texts("devices", fmt::format("{}, or one with _ and a unit id from 1 to 255", kMacWords), isBankMember)) {
    bank.devices.push_back(upperCase(member));
  }
  return bank;
}

void readOptions(ObjectReader& reader, Options& options, std::span<const std::string> types) {
  if (const auto level = reader.word("log_level", kLogLevelWords)) options.log_level = *parseLogLevel(*level);
  options.poll_interval = readInterval(reader).value_or(options.poll_interval);
  options.adaptive_polling = reader.flag("adaptive_polling").value_or(false);
  options.keep_connected = reader.flag("keep_connected").value_or(true);
  const auto adapter =
      reader.text("adapter", "a MAC address, or hci and a number such as hci0", [](const std::string& text) { return parseAdapter(text).has_value(); });
  if (adapter) options.adapter = *parseAdapter(*adapter);
  options.base_topic = reader.text("base_topic", kTopicWords, isTopic).value_or(options.base_topic);
  constexpr std::array<std::string_view, 2> kForms{"device", "component"};
  if (reader.word("discovery", kForms) == kForms[1]) options.discovery = Discovery::component;
  options.discovery_prefix = reader.text("discovery_prefix", kTopicWords, isTopic).value_or(options.discovery_prefix);
  options.allow_settings = reader.flag("allow_settings").value_or(false);
  reader.object("mqtt", [&](ObjectReader& broker) { readBroker(broker, options); });
  DevicesReader devices(types, options.devices);
  reader.objects("devices", [&](ObjectReader& device) { devices.read(device); });
  reader.objects("banks", [&](ObjectReader& bank) { options.banks.push_back(readBank(bank)); });
}

}  // namespace

std::optional<std::string> parseAdapter(std::string_view text) {
  if (const auto address = MacAddress::parse(text)) return address->text();
  if (!text.starts_with("hci")) return std::nullopt;
  unsigned number = 0;
  const auto [rest, error] = std::from_chars(text.data() + 3, text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return std::string(text);
}

std::expected<Options, Errors> parseOptions(std::string_view text, std::string_view source, std::span<const std::string> types) {
  Options options;
  Errors errors;
  readObject(text, source, errors, [&](ObjectReader& reader) { readOptions(reader, options, types); });
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return options;
}

std::optional<std::string> noOptionsThere(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) return std::nullopt;
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) return std::nullopt;
  return fmt::format("there is no {}, so every option has its default", file.string());
}

std::expected<Options, Errors> loadOptions(const std::filesystem::path& file, std::span<const std::string> types) {
  if (noOptionsThere(file)) return Options{};
  const auto unreadable = [&](const std::string& why) { return std::unexpected(Errors{fmt::format("{}: cannot be read ({})", file.string(), why)}); };
  std::error_code error;
  const bool folder = std::filesystem::is_directory(file, error);
  if (error) return unreadable(error.message());
  if (folder) return unreadable("it is a folder");
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  if (!stream || stream.bad()) return unreadable(std::generic_category().message(errno));
  return parseOptions(text.str(), file.string(), types);
}

}  // namespace blupow::app
