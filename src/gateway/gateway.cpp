#include "gateway/gateway.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "gateway/log.hpp"
#include "gateway/names.hpp"
#include "gateway/reply.hpp"
#include "profile/variant.hpp"

namespace blupow::gateway {

namespace {

constexpr std::size_t kMostAdditions = 8;  // at once
// A failed add is answered then, though the link may still be going down; bluetoothd ends one 2 s after it was asked to.
constexpr Duration kAddLeaveBound = std::chrono::milliseconds(2500);
constexpr Duration kRemoveLeaveBound = std::chrono::seconds(8);  // a removed link is ended within 10 s
constexpr Duration kStopBound = std::chrono::seconds(3);

}  // namespace

Gateway::Gateway(runtime::Loop& loop, ble::Transport& transport, const profile::Catalogue& catalogue, DeviceStore& store, Settings settings, MeterStore* meters)
    : loop_(loop),
      settings_(std::move(settings)),
      air_(transport),
      arbiter_(loop),
      surroundings_{loop, transport, catalogue, air_, arbiter_},
      statistics_(loop, listeners_),
      saver_(loop, store, [this] { return storedDevices(); }),
      meters_(loop, meters,
              [this](const Meters::Place& unit) {
                if (const auto device = devices_.find(unit.address); device != devices_.end()) device->second->metersStored(unit);
              }),
      banks_(settings_.banks, listeners_),
      banks_listening_(listeners_.add(banks_)),
      listening_(air_.listen(*this)),
      discoveries_(loop, air_, catalogue, [this](const MacAddress& address) { return devices_.contains(address); }) {}

Gateway::~Gateway() = default;

void Gateway::start(const std::vector<StoredDevice>& stored) {
  KnownDevices known = mergeDevices(stored, settings_.devices);
  DeviceHost& host = *this;
  for (KnownDevice& device : known.devices) {
    const MacAddress address = device.stored.address;
    devices_.emplace(address, std::make_unique<ManagedDevice>(host, std::move(device)));
  }
  forget(known.gone);
  radioChanged(air_.radio());
  banks_.start();
  for (const auto& [address, device] : devices_) device->announce();
  countDevices();
  statistics_.start();
  if (storedDevices() != stored) saver_.save();
  std::vector<MacAddress> addresses;
  addresses.reserve(devices_.size());
  for (const auto& [address, device] : devices_) addresses.push_back(address);
  meters_.start([this, addresses = std::move(addresses)] { startDevices(addresses); });
}

// Once the stored meters are known, so that they stand in the first snapshot.
void Gateway::startDevices(const std::vector<MacAddress>& addresses) {
  if (stopping_) return;
  for (const MacAddress& address : addresses) {
    if (const auto device = devices_.find(address); device != devices_.end()) device->second->start();
  }
}

void Gateway::stop(runtime::Task done) {
  stopping_ = true;
  when_stopped_ = std::move(done);
  stop_bound_ = loop_.at(loop_.now() + kStopBound, "gateway stop", [this] { tellStopped(); });
  discoveries_.abandon();
  for (Addition& addition : additions_) {
    refuse(loop_, std::move(addition.answer), Refusal::failed, "The service is stopping.");
    leave(addition.adding->take(), kStopBound, nullptr);
  }
  additions_.clear();
  for (const auto& [address, device] : devices_) {
    ++links_to_end_;
    device->stop([this] {
      --links_to_end_;
      stopIfDone();
    });
  }
  meters_to_store_ = true;
  meters_.stop([this] {
    meters_to_store_ = false;
    stopIfDone();
  });
  stopIfDone();
}

std::vector<DeviceSummary> Gateway::devices() const {
  std::vector<DeviceSummary> summaries;
  for (const auto& [address, device] : devices_) {
    if (device->announced()) summaries.push_back(device->summary());
  }
  return summaries;
}

void Gateway::eachDevice(const std::function<void(const Device&)>& call) const {
  for (const auto& [address, device] : devices_) {
    if (device->announced()) call(device->view());
  }
}

void Gateway::discover(Duration time, Answer<std::vector<HeardDevice>> answer) {
  if (stopping_) {
    refuse(loop_, std::move(answer), Refusal::failed, "The service is stopping.");
    return;
  }
  discoveries_.begin(time, std::move(answer));
}

void Gateway::add(AddRequest request, Answer<DeviceSummary> answer) {
  if (auto failure = refuseAdd(request)) {
    refuse(loop_, std::move(answer), failure->reason, std::move(failure->message));
    return;
  }
  KnownDevice known{.stored = {.address = request.address,
                               .type = request.description ? request.description->type : request.type,
                               .name = printable(trimmed(request.name)),
                               .description = std::move(request.description_text),
                               .described = request.description},
                    .type_named = request.description || !request.type.empty()};
  meters_.forget(request.address);  // of an earlier life
  DeviceHost& host = *this;
  const auto addition = additions_.emplace(additions_.end(), std::move(answer), nullptr);
  addition->adding =
      std::make_unique<Adding>(host, std::move(known), [this, addition](const std::expected<void, CommandFailure>& outcome) { addEnded(addition, outcome); });
  addition->adding->start();
}

std::optional<CommandFailure> Gateway::refuseAdd(const AddRequest& request) const {
  const std::string address = request.address.text();
  if (stopping_) return CommandFailure{Refusal::failed, "The service is stopping."};
  if (!request.description && !request.type.empty() && surroundings_.catalogue.find(request.type) == nullptr) {
    return CommandFailure{Refusal::unknown_type, "No profile describes the type '" + printable(request.type) + "'."};
  }
  if (devices_.contains(request.address)) return CommandFailure{Refusal::already_added, address + " is added already."};
  if (inTransit(request.address)) return CommandFailure{Refusal::busy, address + " is being added or removed at this moment."};
  if (additions_.size() >= kMostAdditions) return CommandFailure{Refusal::busy, "Too many devices are being added at this moment."};
  return std::nullopt;
}

bool Gateway::inTransit(const MacAddress& address) const {
  return std::ranges::any_of(additions_, [&](const Addition& addition) { return addition.adding->address() == address; }) ||
         std::ranges::any_of(leaving_, [&](const Leaving& leaving) { return leaving.device->stored().address == address; });
}

void Gateway::addEnded(std::list<Addition>::iterator addition, const std::expected<void, CommandFailure>& outcome) {
  auto answer = std::move(addition->answer);
  auto device = addition->adding->take();
  additions_.erase(addition);
  const MacAddress address = device->stored().address;
  if (!outcome) {
    leave(std::move(device), kAddLeaveBound, [this, answer = std::move(answer), failure = outcome.error()]() mutable {
      refuse(loop_, std::move(answer), failure.reason, std::move(failure.message));
    });
    return;
  }
  devices_.emplace(address, std::move(device));
  saver_.save([this, address, answer = std::move(answer)](const Result<>& saved) mutable { addStored(address, std::move(answer), saved); });
}

void Gateway::addStored(const MacAddress& address, Answer<DeviceSummary> answer, const Result<>& saved) {
  const auto found = devices_.find(address);
  if (stopping_ || found == devices_.end()) {
    refuse(loop_, std::move(answer), Refusal::failed, "The service is stopping.");
    return;
  }
  if (!saved) {
    auto device = std::move(found->second);
    devices_.erase(found);
    leave(std::move(device), kAddLeaveBound, [this, answer = std::move(answer), text = saved.error().text]() mutable {
      refuse(loop_, std::move(answer), Refusal::failed, "The device could not be stored: " + text + ".");
    });
    return;
  }
  found->second->announce();
  countDevices();
  reply<DeviceSummary>(loop_, std::move(answer), found->second->summary());
}

void Gateway::remove(const MacAddress& address, Answer<void> answer) {
  const auto found = devices_.find(address);
  if (stopping_ || inTransit(address) || (found != devices_.end() && !found->second->announced())) {
    refuse(loop_, std::move(answer), stopping_ ? Refusal::failed : Refusal::busy,
           stopping_ ? "The service is stopping." : address.text() + " is being added or removed at this moment.");
    return;
  }
  if (found == devices_.end()) {
    refuse(loop_, std::move(answer), Refusal::unknown_device, address.text() + " is not added.");
    return;
  }
  if (found->second->inOptions()) {
    refuse(loop_, std::move(answer), Refusal::not_allowed, address.text() + " stands in the option 'devices': remove its line there.");
    return;
  }
  auto device = std::move(found->second);
  devices_.erase(found);
  departing_.emplace(address, device->stored());
  ManagedDevice& leaving = *device;
  leave(std::move(device), kRemoveLeaveBound, [this, address, &leaving, answer = std::move(answer)]() mutable {
    if (stopping_) {
      refuse(loop_, std::move(answer), Refusal::failed, "The service is stopping.");
      return;
    }
    departing_.erase(address);
    const Device view = leaving.view();
    listeners_.tell([&](Listener& listener) { listener.deviceRemoved(view); });
    removed(address, std::move(answer));
  });
}

// Its link is ended and the listeners know: what is left is the store.
void Gateway::removed(const MacAddress& address, Answer<void> answer) {
  countDevices();
  saver_.save([this, address, answer = std::move(answer)](const Result<>& saved) mutable {
    if (saved) {
      meters_.forget(address);
      reply<void>(loop_, std::move(answer), {});
    } else {
      refuse(loop_, std::move(answer), Refusal::failed, address.text() + " is removed, but this could not be stored: " + saved.error().text + ".");
    }
  });
}

void Gateway::leave(std::unique_ptr<ManagedDevice> device, Duration bound, runtime::Task gone) {
  const auto leaving = leaving_.emplace(leaving_.end(), std::move(device), std::move(gone));
  leaving->bound = loop_.at(loop_.now() + bound, "device gone", [leaving] {
    if (runtime::Task task = std::exchange(leaving->gone, nullptr)) task();
  });
  leaving->device->stop([this, leaving] { left(leaving); });
}

void Gateway::left(std::list<Leaving>::iterator leaving) {
  if (runtime::Task task = std::exchange(leaving->gone, nullptr)) task();
  leaving_.erase(leaving);
  stopIfDone();
}

void Gateway::stopIfDone() {
  if (!when_stopped_ || links_to_end_ > 0 || meters_to_store_ || !leaving_.empty()) return;
  if (last_save_ == LastSave::none && !saver_.idle()) {
    last_save_ = LastSave::asked;
    saver_.save([this](const Result<>& /*result*/) {
      last_save_ = LastSave::done;
      stopIfDone();
    });
  }
  if (last_save_ == LastSave::asked) return;
  stop_bound_ = loop_.at(loop_.now(), "gateway stopped", [this] { tellStopped(); });
}

void Gateway::tellStopped() {
  if (runtime::Task task = std::exchange(when_stopped_, nullptr)) task();
}

void Gateway::radioChanged(const RadioStatus& status) {
  if (status.state != RadioState::ready) arbiter_.radioGone();
  const bool news = status.state != radio_.state || status.adapter != radio_.adapter;
  radio_ = status;
  if (news && status.state != RadioState::unknown && !stopping_) log(LogLevel::info, explained(status));
  statistics_.adapter(status.adapter);
}

void Gateway::forget(const std::vector<StoredDevice>& gone) {
  for (const StoredDevice& stored : gone) {
    log(LogLevel::info,
        displayName(stored.name, {}, stored.address) + " (" + stored.address.text() + "): its line in the option 'devices' is gone, it is removed");
    meters_.forget(stored.address);
    const profile::Readings none;
    const std::vector<device::HistoryDay> no_history;
    const LinkStatus link;
    Device device{.address = stored.address, .name = stored.name, .type = stored.type, .link = &link};
    for (const device::UnitIdentity& unit : stored.units) {
      device.units.push_back({.address = stored.address,
                              .first = device.units.empty(),
                              .identity = &unit,
                              .profile = profile::variantFor(unit.family, unit.model, {}),
                              .readings = &none,
                              .history = &no_history});
    }
    listeners_.tell([&](Listener& listener) { listener.deviceRemoved(device); });
  }
}

std::vector<StoredDevice> Gateway::storedDevices() const {
  std::vector<StoredDevice> stored;
  stored.reserve(devices_.size() + departing_.size());
  for (const auto& [address, device] : devices_) stored.push_back(device->stored());
  for (const auto& [address, device] : departing_) stored.push_back(device);
  return stored;
}

void Gateway::countDevices() {
  statistics_.devices(static_cast<std::size_t>(std::ranges::count_if(devices_, [](const auto& entry) { return entry.second->announced(); })));
}

}  // namespace blupow::gateway
