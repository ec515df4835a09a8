#include "ble/bluez/central.hpp"

#include <algorithm>

#include "ble/bluez/bluez_link.hpp"
#include "ble/bluez/errors.hpp"
#include "core/text.hpp"

namespace blupow::ble::bluez {

namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstRetry = 500ms;
constexpr Duration kLastRetry = 15s;  // each try may make the bus start bluetoothd: not too often. A new owner of the name is told at once

std::string said(const BusError& error) { return printable(error.text.empty() ? error.name : error.text); }

}  // namespace

Central::Central(runtime::Loop& loop, Bus& bus, std::string adapter)
    : air_{.loop = loop,
           .bus = bus,
           .scanner = Scanner(loop, bus,
                              [this](std::optional<BusError> error) {
                                scanDenied_ = std::move(error);
                                evaluate();
                              })},
      choice_(adapter),
      wanted_(std::move(adapter)),
      retryIn_(kFirstRetry) {
  bus.start(*this);
}

Central::~Central() { stop(); }

void Central::stop() {
  ++round_;
  retry_.cancel();
  observer_ = nullptr;
  air_.bus.stop();
}

std::unique_ptr<Link> Central::link(const MacAddress& address, LinkObserver& observer) { return std::make_unique<BluezLink>(air_, address, observer); }

// ---- the way down to the objects

void Central::busUp() { fetch(); }

void Central::busDown(const BusError& error) {
  forget({.state = isAccessDenied(error) ? RadioState::access_denied : RadioState::no_bus, .detail = said(error)});
}

void Central::daemonChanged(bool present) {
  if (present) {
    retryIn_ = kFirstRetry;
    fetch();
  } else {
    forget({.state = RadioState::no_daemon});
  }
}

void Central::fetch() {
  filled_ = false;
  retry_.cancel();
  air_.bus.managedObjects([this, round = ++round_](const Reply<Objects>& reply) {
    if (round == round_) fetched(reply);
  });
}

void Central::fetched(const Reply<Objects>& reply) {
  if (!reply) {
    const auto& error = reply.error();
    const bool denied = isAccessDenied(error);
    const bool away = failureOf(error, "").kind == FailureKind::daemon_gone;
    forget({.state = denied ? RadioState::access_denied : RadioState::no_daemon, .detail = away ? "" : said(error)});
    retry_ = air_.loop.at(air_.loop.now() + retryIn_, "bluetoothd retry", [this] { fetch(); });
    retryIn_ = std::min(retryIn_ * 2, kLastRetry);
    return;
  }
  retryIn_ = kFirstRetry;
  filled_ = true;
  air_.mirror.fill(*reply);
  evaluate();
  // RSSI is there only while somebody's discovery runs: these were heard just now.
  for (const auto& [path, interfaces] : *reply) {
    const auto device = interfaces.find(std::string(kDeviceInterface));
    if (device != interfaces.end() && device->second.contains("RSSI")) heard(path, device->second);
  }
}

// Every path, session and subscription is gone.
void Central::forget(RadioStatus status) {
  ++round_;
  filled_ = false;
  retry_.cancel();
  air_.mirror.clear();
  scanDenied_.reset();
  setRadio(std::move(status), {});
}

void Central::evaluate() {
  if (!filled_) return;
  const auto* adapter = choice_.choose(air_.mirror);
  RadioStatus status{.state = RadioState::no_adapter};
  if (adapter) {
    status.state = adapter->powered ? RadioState::ready : RadioState::adapter_off;
    status.adapter = adapter->name;
  } else if (!wanted_.empty()) {
    status.detail = printable(wanted_) + " is not there";
  }
  if (status.state == RadioState::ready && scanDenied_) {
    status.state = RadioState::access_denied;
    status.detail = said(*scanDenied_);
  }
  setRadio(std::move(status), adapter && adapter->powered ? adapter->path : std::string());
}

void Central::setRadio(RadioStatus status, const std::string& adapter) {
  if (adapter == air_.adapter) return tell(std::move(status));
  const bool had = !air_.adapter.empty();
  const auto failure = adapter.empty() ? failureOf(status) : Failure{FailureKind::adapter_gone, "another Bluetooth adapter is used now"};
  air_.adapter = adapter;
  tell(std::move(status));
  air_.scanner.setAdapter(adapter);
  if (!had) return;
  // An observer may end links while it is told.
  std::vector<MacAddress> addresses;
  addresses.reserve(air_.links.size());
  for (const auto& [address, link] : air_.links) addresses.push_back(address);
  for (const auto& address : addresses) {
    if (const auto found = air_.links.find(address); found != air_.links.end()) found->second->radioGone(failure);
  }
}

void Central::tell(RadioStatus status) {
  if (status == air_.radio) return;
  air_.radio = std::move(status);
  if (observer_) observer_->radioChanged(air_.radio);
}

// ---- news of objects

void Central::interfacesAdded(const std::string& path, const Interfaces& interfaces) {
  if (!filled_) return;
  air_.mirror.added(path, interfaces);
  if (interfaces.contains(std::string(kAdapterInterface))) return evaluate();
  if (const auto device = interfaces.find(std::string(kDeviceInterface)); device != interfaces.end()) {
    if (auto* link = linkOf(path)) link->deviceAdded();
    if (device->second.contains("RSSI")) heard(path, device->second);
  } else if (interfaces.contains(std::string(kCharacteristicInterface))) {
    if (auto* link = linkOf(devicePathOf(path))) link->gattAdded();
  }
}

void Central::interfacesRemoved(const std::string& path, const std::vector<std::string>& interfaces) {
  if (!filled_) return;
  auto* link = linkOf(path);  // while the mirror still knows whose path it is
  air_.mirror.removed(path, interfaces);
  if (std::ranges::find(interfaces, kAdapterInterface) != interfaces.end()) return evaluate();
  if (link && std::ranges::find(interfaces, kDeviceInterface) != interfaces.end()) link->deviceRemoved();
}

void Central::propertiesChanged(const std::string& path, const std::string& interface, const Properties& changed) {
  if (!filled_) return;
  if (interface == kCharacteristicInterface) {
    const auto value = changed.find("Value");
    const auto* bytes = value == changed.end() ? nullptr : std::get_if<Bytes>(&value->second);
    auto* link = bytes ? linkOf(devicePathOf(path)) : nullptr;
    if (link) link->received(path, *bytes);
    return;
  }
  air_.mirror.changed(path, interface, changed);
  if (interface == kAdapterInterface) {
    evaluate();
    if (path == air_.adapter && changed.contains("Discovering")) air_.scanner.discovering(air_.mirror.adapters().at(path).discovering);
  } else if (interface == kDeviceInterface) {
    if (auto* link = linkOf(path)) link->deviceChanged();
    if (isAdvertisement(changed)) heard(path, changed);
  }
}

void Central::heard(const std::string& path, const Properties& properties) {
  const auto* device = air_.mirror.device(path);
  if (!observer_ || !device || device->adapter != air_.adapter || !isAdvertisement(properties)) return;
  observer_->heard({.address = device->address,
                    .adapter = air_.radio.adapter,
                    .name = device->name,
                    .services = device->uuids,
                    .rssi = device->rssi,
                    .heard = air_.loop.now()});
}

BluezLink* Central::linkOf(std::string_view path) {
  const auto* device = path.empty() ? nullptr : air_.mirror.device(std::string(path));
  if (!device || device->adapter != air_.adapter) return nullptr;
  const auto found = air_.links.find(device->address);
  return found == air_.links.end() ? nullptr : found->second;
}

}  // namespace blupow::ble::bluez
