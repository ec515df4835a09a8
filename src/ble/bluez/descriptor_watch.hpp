// Waits on somebody else's descriptor with Asio. Loop thread only. The number is duplicated, so that Asio never closes what belongs to the library.
#pragma once

#include <functional>
#include <memory>

namespace blupow::runtime {
class AsioLoop;
}

namespace blupow::ble::bluez {

class DescriptorWatch {
 public:
  // ready: called once for each arm(), on the loop, never inside it. No call after the watch is destroyed.
  DescriptorWatch(runtime::AsioLoop& loop, int descriptor, std::function<void()> ready);
  ~DescriptorWatch();
  DescriptorWatch(const DescriptorWatch&) = delete;
  DescriptorWatch& operator=(const DescriptorWatch&) = delete;

  void arm(bool read, bool write);  // instead of what was armed before

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace blupow::ble::bluez
