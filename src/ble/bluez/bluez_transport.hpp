// The radio of this host, by way of bluetoothd: what app builds. Loop thread only; everything goes on by itself from the first turn of the loop on.
#pragma once

#include <memory>
#include <string>

#include "ble/transport.hpp"

namespace blupow::runtime {
class AsioLoop;
}

namespace blupow::ble::bluez {

class BluezTransport final : public Transport {
 public:
  // adapter: "" = the first that is powered; else an address or "hciN", which is followed by its address when the number moves. The bus is the system
  // bus, or DBUS_SYSTEM_BUS_ADDRESS. The loop outlives it, and it outlives its links.
  BluezTransport(runtime::AsioLoop& loop, std::string adapter);
  ~BluezTransport() override;
  BluezTransport(const BluezTransport&) = delete;
  BluezTransport& operator=(const BluezTransport&) = delete;

  // Leaves the bus, and with it ends our discovery. Disconnect the links first: their linkDown does not come any more.
  void stop();

  const RadioStatus& radio() const override;
  void observe(TransportObserver* observer) override;
  void scan(bool wanted) override;
  std::unique_ptr<Link> link(const MacAddress& address, LinkObserver& observer) override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace blupow::ble::bluez
