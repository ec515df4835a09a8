// `blupow run`: everything built, in the order of its life, and ended in order. Blocks until the process is to end.
#pragma once

#include <filesystem>
#include <string>

#include "app/exit_status.hpp"

namespace blupow::app {

struct ServiceFiles {
  std::filesystem::path options;
  std::filesystem::path data;
  std::filesystem::path profiles;
  std::string http;  // address and port, or "off"
};

// arguments: those of main(), for the restart in the same process. Logs to standard output.
ExitStatus runService(const ServiceFiles& files, char** arguments);

}  // namespace blupow::app
