#include "ble/bluez/bluez_transport.hpp"

#include "ble/bluez/central.hpp"
#include "ble/bluez/sdbus_bus.hpp"
#include "runtime/asio_loop.hpp"

namespace blupow::ble::bluez {

struct BluezTransport::Parts {
  Parts(runtime::AsioLoop& loop, std::string adapter) : bus(loop), central(loop, bus, std::move(adapter)) {}

  SdbusBus bus;
  Central central;
};

BluezTransport::BluezTransport(runtime::AsioLoop& loop, std::string adapter) : parts_(std::make_unique<Parts>(loop, std::move(adapter))) {}

BluezTransport::~BluezTransport() = default;

void BluezTransport::stop() { parts_->central.stop(); }

const RadioStatus& BluezTransport::radio() const { return parts_->central.radio(); }

void BluezTransport::observe(TransportObserver* observer) { parts_->central.observe(observer); }

void BluezTransport::scan(bool wanted) { parts_->central.scan(wanted); }

std::unique_ptr<Link> BluezTransport::link(const MacAddress& address, LinkObserver& observer) { return parts_->central.link(address, observer); }

}  // namespace blupow::ble::bluez
