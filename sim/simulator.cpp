#include "sim/simulator.hpp"

#include <algorithm>

namespace blupow::sim {

namespace {

constexpr Milliseconds kTick{1000};  // how often live units move

}  // namespace

Simulator::Simulator(Loop& loop, Scene scene, std::string bus_address) : loop_(loop), scene_(std::move(scene)), daemon_(loop, std::move(bus_address), scene_) {
  for (const DeviceScene& device : scene_.devices) {
    modules_.push_back(
        std::make_unique<Module>(loop_, device, scene_, Module::Events{.heard = [this](Module& module, int rssi) { daemon_.heard(module, rssi); }}));
  }
  tick();
}

void Simulator::start(std::function<void()> ready) {
  daemon_.start([this, ready = std::move(ready)] {
    for (const auto& module : modules_) {
      if (module->scene().connected && !daemon_.adapters().empty()) daemon_.adapters().front()->ensure(*module).linkExists(true);
    }
    ready();
  });
}

Module* Simulator::module(const MacAddress& address) {
  const auto found = std::ranges::find_if(modules_, [&](const auto& module) { return module->scene().address == address; });
  return found == modules_.end() ? nullptr : found->get();
}

void Simulator::tick() {
  clock_ = loop_.after(kTick, [this] {
    const double seconds = std::chrono::duration<double>(kTick).count() * scene_.time_factor;
    for (const auto& module : modules_) {
      for (Unit& unit : module->units()) unit.advance(seconds);
    }
    tick();
  });
}

}  // namespace blupow::sim
