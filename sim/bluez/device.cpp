#include "sim/bluez/device.hpp"

#include <algorithm>
#include <utility>

#include "sim/bluez/adapter.hpp"

namespace blupow::sim {

namespace {

constexpr Milliseconds kRefusalTakes{1000};      // until the controller reports that the module did not answer
constexpr Milliseconds kFailedToEstablish{100};  // 0x3e: the link dies six connection events after it began
constexpr int kRssiStep = 8;                     // BlueZ tells smaller changes only when duplicates are asked for
constexpr std::int16_t kNoRssi = 0;

std::string dashed(const MacAddress& address) {
  std::string text = address.text();
  std::ranges::replace(text, ':', '-');
  return text;
}

std::string underlined(const MacAddress& address) {
  std::string text = address.text();
  std::ranges::replace(text, ':', '_');
  return text;
}

// The company id is the first two bytes of the address, the data the other four.
ManufacturerData manufacturerData(const MacAddress& address) {
  const Bytes bytes = *fromHex(address.digits());
  const auto company = static_cast<std::uint16_t>(bytes[0] | (bytes[1] << 8U));
  return {{company, Bytes(bytes.begin() + 2, bytes.end())}};
}

}  // namespace

Device::Device(Adapter& adapter, Bus& bus, Module& module)
    : adapter_(adapter), bus_(bus), module_(module), object_(bus, adapter.path() + "/dev_" + underlined(module.scene().address), "org.bluez.Device1") {
  offer();
  vanishIfTemporary();
}

Device::~Device() {
  pending_ = nullptr;
  if (up_) module_.detach();
}

void Device::offer() {
  const DeviceScene& scene = module_.scene();
  object_.property("Address", scene.address.text());
  object_.property("AddressType", std::string("public"));
  object_.property("Alias", scene.name.empty() ? dashed(scene.address) : scene.name);
  object_.property("Paired", false);
  object_.property("Bonded", false);
  object_.property("Trusted", false, [this](const Value& value) {
    object_.set("Trusted", value);
    return std::optional<Refusal>();
  });
  object_.property("Blocked", false);
  object_.property("LegacyPairing", false);
  object_.property("Connected", false);
  object_.property("ServicesResolved", false);
  object_.property("UUIDs", scene.services);
  object_.property("Adapter", ObjectPath{adapter_.path()});
  object_.method("Connect", "", "", [this](const CallPtr& call) { connect(call); });
  object_.method("Disconnect", "", "", [this](const CallPtr& call) { disconnect(call); });
  object_.publish();
  if (!scene.name.empty()) object_.set("Name", scene.name);
  if (scene.manufacturer) object_.set("ManufacturerData", manufacturerData(scene.address));
}

void Device::tellAdded() { object_.tellAdded(); }

void Device::tellRemoved() {
  if (gatt_) gatt_->tellRemoved();
  object_.tellRemoved();
}

void Device::heard(int rssi, bool always) {
  vanishIfTemporary();
  const Value* before = object_.get("RSSI");
  const int last = before == nullptr ? kNoRssi : std::get<std::int16_t>(*before);
  if (!always && last != kNoRssi && std::abs(last - rssi) < kRssiStep) return;
  object_.set("RSSI", static_cast<std::int16_t>(rssi), always);
  if (always && module_.scene().manufacturer) object_.set("ManufacturerData", manufacturerData(module_.scene().address), true);
}

void Device::discoveryStopped() { object_.drop("RSSI"); }

void Device::vanishIfTemporary() {
  if (!temporary_) return;
  vanishing_ = bus_.loop().after(adapter_.scene().vanish, [this] {
    if (!connecting()) adapter_.forget(*this);
  });
}

void Device::becameKnown() {
  temporary_ = false;
  vanishing_.cancel();
}

void Device::clientGone(const std::string& client) {
  if (gatt_) gatt_->clientGone(client);
}

void Device::connect(const CallPtr& call) {
  if (up_) return call->answer();
  if (!adapter_.powered()) return call->refuse(refusal::adapterDown());
  if (adapter_.connecting()) return call->refuse(refusal::inProgress());
  pending_ = call;
  if (adapter_.full()) {
    attempt_ = bus_.loop().after(kRefusalTakes / 10, [this] { fail(refusal::full()); });
    return;
  }
  attempt_ = bus_.loop().after(module_.scene().timing.connect, [this] { attempt(); });
  give_up_ = bus_.loop().after(module_.scene().timing.give_up, [this] { fail(refusal::aborted()); });
}

// The controller waits for an advertisement that it may answer.
void Device::attempt() {
  if (!module_.advertising()) {
    attempt_ = bus_.loop().after(module_.scene().timing.advertise, [this] { attempt(); });
    return;
  }
  if (module_.refusing()) {
    attempt_ = bus_.loop().after(kRefusalTakes, [this] { fail(refusal::aborted()); });
    return;
  }
  linkUp();
}

void Device::fail(const Refusal& refusal) {
  attempt_.cancel();
  give_up_.cancel();
  if (refusal == refusal::aborted() || refusal == refusal::cancelled()) module_.attemptFailed();
  std::exchange(pending_, nullptr)->refuse(refusal);
  if (temporary_) vanishIfTemporary();
}

void Device::linkUp() {
  attempt_.cancel();
  give_up_.cancel();
  becameKnown();
  up_ = true;
  module_.attach({.notified =
                      [this](const Bytes& bytes) {
                        if (gatt_) gatt_->notify(bytes);
                      },
                  .lost = [this] { linkDown(); }});
  object_.set("Connected", true);
  bus_.loop().post([call = std::exchange(pending_, nullptr)] {
    if (call) call->answer();
  });
  if (module_.diesNow()) {
    resolving_ = bus_.loop().after(kFailedToEstablish, [this] { module_.dropLink(); });
    return;
  }
  resolving_ = bus_.loop().after(module_.scene().timing.resolve, [this] { resolved(); });
}

void Device::linkExists(bool resolvedToo) {
  linkUp();
  if (!resolvedToo) return;
  resolving_.cancel();
  resolved();
}

void Device::exportGatt() {
  if (gatt_) return;
  gatt_ = std::make_unique<Gatt>(bus_, module_, up_, path());
  gatt_->tellAdded();
}

void Device::resolved() {
  const Milliseconds late = module_.scene().timing.late_gatt;
  if (late == Milliseconds(0)) {
    exportGatt();
  } else {
    resolving_ = bus_.loop().after(late, [this] { exportGatt(); });
  }
  std::vector<std::string> services = module_.scene().services;
  for (const ServiceSpec& service : gattOf(module_.scene())) {
    if (std::ranges::find(services, service.uuid) == services.end()) services.push_back(service.uuid);
  }
  object_.set("UUIDs", services);
  object_.set("ServicesResolved", true);
}

// The module has let go, or the adapter.
void Device::linkDown() {
  up_ = false;
  resolving_.cancel();
  disconnecting_.cancel();
  if (gatt_) gatt_->linkLost();
  for (const CallPtr& call : std::exchange(disconnects_, {})) call->answer();
  object_.set("ServicesResolved", false);
  object_.set("Connected", false);
  if (gatt_ && !module_.scene().keep_gatt) {
    gatt_->tellRemoved();
    gatt_.reset();
  }
}

void Device::disconnect(const CallPtr& call) {
  if (pending_) fail(refusal::cancelled());
  if (!up_) return call->answer();
  disconnects_.push_back(call);
  if (disconnects_.size() == 1) disconnecting_ = bus_.loop().after(module_.scene().timing.disconnect, [this] { endLink(); });
}

void Device::endLink() {
  module_.detach();
  linkDown();
}

void Device::powerLost() {
  if (pending_) fail(refusal::adapterDown());
  if (up_) endLink();
}

}  // namespace blupow::sim
