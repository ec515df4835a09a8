#include "support/private_bus.hpp"

#include <csignal>
#include <filesystem>
#include <stdexcept>

namespace blupow::test {

PrivateBus::PrivateBus(const std::string& policy) {
  folder_.write(
      "bus.conf",
      R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>custom</type>
  <listen>)" +
          address() + R"(</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="false"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
    <allow user="*"/>
    )" + policy +
          R"(
  </policy>
</busconfig>
)");
  start();
}

std::string PrivateBus::address() const { return "unix:path=" + (folder_ / "bus").string(); }

void PrivateBus::start() {
  std::error_code ignored;
  std::filesystem::remove(folder_ / "bus", ignored);
  daemon_ = std::make_unique<Process>(
      std::vector<std::string>{"dbus-daemon", "--config-file=" + (folder_ / "bus.conf").string(), "--nofork", "--nopidfile", "--print-address=1"});
  if (!daemon_->waitForOutput("unix:path=")) throw std::runtime_error("dbus-daemon did not start: " + daemon_->all());
}

void PrivateBus::stop() {
  daemon_->signal(SIGKILL);
  daemon_->wait();
}

}  // namespace blupow::test
