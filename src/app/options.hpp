// The options file (contract of users: DOCS.md), checked whole: every mistake is told at once, a line each. Blocking reads; used at start.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/json_reader.hpp"
#include "app/logging.hpp"
#include "core/mac_address.hpp"
#include "mqtt/client.hpp"

namespace blupow::app {

enum class Discovery : std::uint8_t { device, component };

struct DeviceOption {
  MacAddress address;
  std::string name;  // may be empty
  std::string type;  // empty = recognise it
  std::optional<std::chrono::seconds> poll_interval;
};

struct BankOption {
  std::string name;
  std::vector<std::string> devices;  // "<MAC>" or "<MAC>_<unit id>", upper case
};

struct Options {
  LogLevel log_level = LogLevel::info;
  std::chrono::seconds poll_interval{30};
  bool adaptive_polling = false;
  bool keep_connected = true;
  std::string adapter;  // MAC in upper case, or hciN; empty = the first powered one
  std::string base_topic = "blupow";
  Discovery discovery = Discovery::device;
  std::string discovery_prefix = "homeassistant";
  bool allow_settings = false;
  mqtt::BrokerSettings broker;
  bool broker_named = false;                 // mqtt.host stands there: nobody else is asked for a broker
  std::optional<std::uint16_t> broker_port;  // mqtt.port, where it stands there
  std::vector<DeviceOption> devices;
  std::vector<BankOption> banks;
};

// types: those of the catalogue. source names the text where it is no JSON object.
std::expected<Options, Errors> parseOptions(std::string_view text, std::string_view source, std::span<const std::string> types);

// A file that is not there is an empty one; one that cannot be read is an error.
std::expected<Options, Errors> loadOptions(const std::filesystem::path& file, std::span<const std::string> types);

// A sentence where there is no such file: it may be mistyped.
std::optional<std::string> noOptionsThere(const std::filesystem::path& file);

// "hci0", or a MAC address in either case: as Options::adapter; nothing for another text.
std::optional<std::string> parseAdapter(std::string_view text);

}  // namespace blupow::app
