// The simulator (sim/) as a process of the test's own on a private bus: bluetoothd and Renogy devices.
#pragma once

#include <csignal>
#include <memory>
#include <string>
#include <string_view>

#include "support/private_bus.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace blupow::test {

class Simulator {
 public:
  // scene: the name of a built-in scene, or the JSON text of one. Returns when it is ready.
  explicit Simulator(PrivateBus& bus, std::string_view scene = "two");

  void kill();   // kill -9: bluetoothd is gone, its objects and links with it
  void start();  // again, after kill(); ready when it returns
  // One command for the control socket (sim/README.md), for example {"do":"list"}. The answer's JSON; throws when the simulator refuses or is silent.
  std::string tell(std::string_view command);

  void terminate();  // SIGTERM; throws if its exit status is not 0

  Process& process() { return *process_; }

 private:
  PrivateBus& bus_;
  TempFolder folder_;
  std::string scene_;
  std::unique_ptr<Process> process_;
};

}  // namespace blupow::test
