// The real connection to the system bus: sdbus-c++ driven by Asio, on the loop's thread, without a thread of its own. Comes back by itself when the
// bus dies. No exception of the library leaves it.
#pragma once

#include <memory>

#include "ble/bluez/bus.hpp"

namespace blupow::runtime {
class AsioLoop;
}

namespace blupow::ble::bluez {

class SdbusBus final : public Bus {
 public:
  explicit SdbusBus(runtime::AsioLoop& loop);
  ~SdbusBus() override;
  SdbusBus(const SdbusBus&) = delete;
  SdbusBus& operator=(const SdbusBus&) = delete;

  void start(BusListener& listener) override;  // listener outlives it, or stop() comes first
  void stop() override;
  void call(Call call, Answer<void> answer) override;
  void managedObjects(Answer<Objects> answer) override;

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace blupow::ble::bluez
