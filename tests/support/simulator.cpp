#include "support/simulator.hpp"

#include <stdexcept>

namespace blupow::test {

Simulator::Simulator(PrivateBus& bus, std::string_view scene) : bus_(bus), scene_(scene) {
  if (scene.starts_with('{')) scene_ = folder_.write("scene.json", scene).string();
  start();
}

void Simulator::start() {
  process_ = std::make_unique<Process>(std::vector<std::string>{BLUPOW_BINARY_DIR "/blupow-sim", "--bus", bus_.address(), "--scene", scene_});
  if (!process_->waitForOutput("blupow-sim: ready on ")) throw std::runtime_error("the simulator did not start: " + process_->all());
}

void Simulator::kill() {
  process_->signal(SIGKILL);
  process_->wait();
}

void Simulator::terminate() {
  if (process_->terminate() != 0) throw std::runtime_error("the simulator did not end well: " + process_->all());
}

}  // namespace blupow::test
