// A Mosquitto of the test's own, on a unix socket (or a TCP port where a test needs TLS).
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace blupow::test {

class Broker {
 public:
  // settings: further lines of mosquitto.conf, read after the listener's; start = false: not yet there.
  explicit Broker(std::string settings = "allow_anonymous true\n", bool start = true);

  std::filesystem::path socket() const { return folder_ / "broker"; }
  const TempFolder& folder() const { return folder_; }

  void start();
  void stop(int signal = 15);  // what was retained is gone, unless the settings say otherwise
  Process& process() { return *process_; }

 private:
  TempFolder folder_;
  std::string settings_;
  std::unique_ptr<Process> process_;
};

}  // namespace blupow::test
