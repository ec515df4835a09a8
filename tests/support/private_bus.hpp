// A dbus-daemon of the test's own, on a unix socket, that everybody on it may use freely. Pass environment() to programs that are to use it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace blupow::test {

class PrivateBus {
 public:
  // policy: further XML of <policy context="default">, for tests of refusals.
  explicit PrivateBus(const std::string& policy = {});

  std::string address() const;
  std::map<std::string, std::string> environment() const { return {{"DBUS_SYSTEM_BUS_ADDRESS", address()}}; }

  void start();  // again at the same address; done by the constructor
  void stop();   // kill -9: every connection is lost
  pid_t pid() const { return daemon_->pid(); }

 private:
  TempFolder folder_;
  std::filesystem::path configuration_;
  std::unique_ptr<Process> daemon_;
};

}  // namespace blupow::test
