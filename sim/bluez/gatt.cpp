#include "sim/bluez/gatt.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace blupow::sim {

namespace {

constexpr Milliseconds kOneRoundTrip{20};

std::string uuid16(const std::string& digits) { return "0000" + digits + "-0000-1000-8000-00805f9b34fb"; }

std::string numbered(const std::string& parent, const char* kind, unsigned handle) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "/%s%04x", kind, handle);
  return parent + text.data();
}

}  // namespace

std::vector<ServiceSpec> gattOf(const DeviceScene& scene) {
  const CharacteristicSpec request{.uuid = uuid16("ffd1"), .flags = {"write-without-response", "write"}, .role = Role::request};
  const CharacteristicSpec answer{.uuid = uuid16("fff1"), .flags = {"read", "notify"}, .role = Role::answer};
  ServiceSpec requests{.uuid = uuid16("ffd0"), .characteristics = {request}};
  for (const char* module_settings : {"ffd2", "ffd3", "ffd4", "ffd5"}) {
    requests.characteristics.push_back({.uuid = uuid16(module_settings), .flags = {"read", "write"}});
  }
  ServiceSpec answers{.uuid = uuid16("fff0"), .characteristics = {answer}};
  if (scene.duplicates) {
    requests.characteristics.insert(requests.characteristics.begin(), {.uuid = uuid16("fff1"), .flags = {"read", "notify"}});
    answers.characteristics.insert(answers.characteristics.begin(), {.uuid = uuid16("ffd1"), .flags = {"write-without-response", "write"}});
  }
  const ServiceSpec maker{.uuid = uuid16("180a"), .characteristics = {{.uuid = uuid16("2a29"), .flags = {"read"}}}};
  const ServiceSpec firmware{.uuid = "f000ffd0-0451-4000-b000-000000000000",
                             .characteristics = {{.uuid = "f000ffd1-0451-4000-b000-000000000000", .flags = {"write-without-response", "write", "notify"}}}};
  // A shunt sends unasked from a service of its own; what is written to ffd1 it never answers.
  if (std::ranges::any_of(scene.units, [](const UnitScene& unit) { return unit.family == Family::shunt; })) {
    answers.characteristics.front().role = Role::none;
    return {
        maker, requests, answers, firmware, {.uuid = uuid16("c011"), .characteristics = {{.uuid = uuid16("c411"), .flags = {"notify"}, .role = Role::answer}}}};
  }
  // With duplicates the wrong ones come first: whoever takes the first UUID that fits fails.
  if (scene.duplicates) return {maker, answers, requests, firmware};
  return {maker, requests, answers, firmware};
}

Characteristic::Characteristic(Bus& bus, Module& module, const bool& live, const std::string& service, const std::string& path, const CharacteristicSpec& spec)
    : bus_(bus), module_(module), live_(live), spec_(spec), object_(bus, path, "org.bluez.GattCharacteristic1") {
  object_.property("UUID", spec.uuid);
  object_.property("Service", ObjectPath{service});
  object_.property("Flags", spec.flags);
  object_.property("MTU", module.scene().mtu);
  if (can("notify")) object_.property("Notifying", false);
  object_.method("WriteValue", "aya{sv}", "", [this](const CallPtr& call) { write(call); });
  object_.method("ReadValue", "a{sv}", "ay", [this](const CallPtr& call) { read(call); });
  object_.method("StartNotify", "", "", [this](const CallPtr& call) { startNotify(call); });
  object_.method("StopNotify", "", "", [this](const CallPtr& call) { stopNotify(call); });
  object_.publish();
}

Characteristic::~Characteristic() { linkLost(); }

bool Characteristic::can(const std::string& flag) const { return std::ranges::find(spec_.flags, flag) != spec_.flags.end(); }

void Characteristic::later(const CallPtr& call, Milliseconds delay, std::function<void()> task) {
  waiting_.push_back({.call = call, .timer = {}});
  const auto place = std::prev(waiting_.end());
  place->timer = bus_.loop().after(delay, [this, place, task = std::move(task)] {
    const Waiting done = std::move(*place);
    waiting_.erase(place);
    task();
  });
}

void Characteristic::linkLost() {
  for (const Waiting& waiting : std::exchange(waiting_, {})) waiting.call->refuse(refusal::notConnectedLink());
}

void Characteristic::write(const CallPtr& call) {
  if (!live_) return call->refuse(refusal::notConnectedLink());
  const auto type = call->options.find("type");
  const bool command = type != call->options.end() && type->second == Value(std::string("command"));
  if (!can(command ? "write-without-response" : "write")) return call->refuse(refusal::notSupported());
  const auto deliver = [this, bytes = call->bytes] {
    if (!live_) return;
    spec_.role == Role::request ? module_.request(bytes) : module_.strayWrite(spec_.uuid, bytes);
  };
  if (command) {
    call->answer();
    deliver();
    return;
  }
  later(call, kOneRoundTrip, [this, call, deliver] {
    if (module_.scene().reject_requests) return call->refuse(refusal::attUnlikely());
    call->answer();
    deliver();
  });
}

void Characteristic::read(const CallPtr& call) {
  if (!live_) return call->refuse(refusal::notConnectedLink());
  if (!can("read")) return call->refuse(refusal::notSupported());
  later(call, kOneRoundTrip, [this, call] { call->answer(spec_.role == Role::answer ? module_.lastFrame() : Bytes{0}); });
}

void Characteristic::startNotify(const CallPtr& call) {
  if (!live_) return call->refuse(refusal::notConnectedLink());
  if (!can("notify")) return call->refuse(refusal::notSupported());
  if (clients_.contains(call->sender)) return call->answer();
  later(call, module_.scene().timing.subscribe, [this, call] {
    clients_.insert(call->sender);
    object_.set("Notifying", true);
    call->answer();
  });
}

void Characteristic::stopNotify(const CallPtr& call) {
  if (clients_.erase(call->sender) == 0) return call->refuse(refusal::failed("No notify session started"));
  if (clients_.empty()) object_.set("Notifying", false);
  call->answer();
}

void Characteristic::notify(const Bytes& bytes) {
  if (!clients_.empty()) object_.setNow("Value", bytes);
}

void Characteristic::clientGone(const std::string& client) {
  waiting_.remove_if([&](const Waiting& waiting) { return waiting.call->sender == client; });
  if (clients_.erase(client) != 0 && clients_.empty()) object_.set("Notifying", false);
}

Gatt::Gatt(Bus& bus, Module& module, const bool& live, const std::string& device) {
  unsigned handle = 0x000C;
  for (const ServiceSpec& service : gattOf(module.scene())) {
    auto object = std::make_unique<Object>(bus, numbered(device, "service", handle++), "org.bluez.GattService1");
    object->property("UUID", service.uuid);
    object->property("Device", ObjectPath{device});
    object->property("Primary", true);
    object->publish();
    for (const CharacteristicSpec& spec : service.characteristics) {
      auto made = std::make_unique<Characteristic>(bus, module, live, object->path(), numbered(object->path(), "char", handle), spec);
      handle += 3;  // declaration, value, client configuration
      if (spec.role == Role::answer) answer_ = made.get();
      characteristics_.push_back(std::move(made));
    }
    services_.push_back(std::move(object));
  }
}

void Gatt::tellAdded() {
  for (const auto& service : services_) service->tellAdded();
  for (const auto& characteristic : characteristics_) characteristic->object().tellAdded();
}

void Gatt::tellRemoved() {
  for (const auto& characteristic : characteristics_) characteristic->object().tellRemoved();
  for (const auto& service : services_) service->tellRemoved();
}

void Gatt::notify(const Bytes& bytes) { answer_->notify(bytes); }

void Gatt::clientGone(const std::string& client) {
  for (const auto& characteristic : characteristics_) characteristic->clientGone(client);
}

void Gatt::linkLost() {
  for (const auto& characteristic : characteristics_) characteristic->linkLost();
}

}  // namespace blupow::sim
