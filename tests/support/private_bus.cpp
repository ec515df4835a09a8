#include "support/private_bus.hpp"

#include <csignal>
#include <filesystem>
#include <stdexcept>

#include "support/places.hpp"

namespace blupow::test {

PrivateBus::PrivateBus(const std::string& policy) : configuration_(sourceFolder() / "sim/private_bus.conf") {
  if (!policy.empty()) {
    configuration_ = folder_.write(
        "bus.conf", "<busconfig>\n<include>" + configuration_.string() + "</include>\n<policy context=\"default\">" + policy + "</policy>\n</busconfig>\n");
  }
  start();
}

std::string PrivateBus::address() const { return "unix:path=" + (folder_ / "bus").string(); }

void PrivateBus::start() {
  std::error_code ignored;
  std::filesystem::remove(folder_ / "bus", ignored);
  daemon_ = std::make_unique<Process>(std::vector<std::string>{"dbus-daemon", "--config-file=" + configuration_.string(), "--address=" + address(), "--nofork",
                                                               "--nopidfile", "--print-address=1"});
  if (!daemon_->waitForOutput("unix:path=")) throw std::runtime_error("dbus-daemon did not start: " + daemon_->all());
}

void PrivateBus::stop() {
  daemon_->signal(SIGKILL);
  daemon_->wait();
}

}  // namespace blupow::test
