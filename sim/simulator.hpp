// The whole: loop, modules in the air, bluetoothd on the bus. What control and main hold.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/bluez/daemon.hpp"
#include "sim/loop.hpp"
#include "sim/module.hpp"
#include "sim/scene.hpp"

namespace blupow::sim {

class Simulator {
 public:
  Simulator(Loop& loop, Scene scene, std::string bus_address);

  void start(std::function<void()> ready);

  Loop& loop() { return loop_; }
  const Scene& scene() const { return scene_; }
  Daemon& daemon() { return daemon_; }
  std::vector<std::unique_ptr<Module>>& modules() { return modules_; }
  Module* module(const MacAddress& address);

 private:
  void tick();

  Loop& loop_;
  Scene scene_;
  std::vector<std::unique_ptr<Module>> modules_;
  Daemon daemon_;
  Timer clock_;
};

}  // namespace blupow::sim
