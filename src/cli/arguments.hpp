// The command line as values. Wrong usage is told in one sentence and what to type for help. The only place that knows CLI11.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/mac_address.hpp"

namespace blupow::cli {

enum class Command : std::uint8_t { run, scan, read, decode, profiles, check_profiles, doctor, health };

struct Arguments {
  Command command = Command::run;
  std::filesystem::path options;
  std::filesystem::path data;
  std::filesystem::path profiles;
  std::string http;     // run, health
  std::string adapter;  // as in the options; empty = not given
  std::string type;     // empty = not given
  int seconds = 0;
  bool json = false;
  bool all = false;                             // scan
  MacAddress address;                           // read
  std::optional<std::uint8_t> unit;             // read
  bool dump = false;                            // read
  std::string model;                            // decode
  std::string name;                             // decode
  std::optional<std::uint16_t> first_register;  // decode
  Bytes frame;                                  // decode
  std::vector<std::string> files;               // check_profiles
};

// The program is to end at once: help or version (status 0, on stdout) or wrong usage (status 2, on stderr).
struct Ended {
  int status = 0;
  std::string text;
};

std::expected<Arguments, Ended> parseArguments(int count, const char* const* arguments);

}  // namespace blupow::cli
