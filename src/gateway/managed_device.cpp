#include "gateway/managed_device.hpp"

#include <utility>

#include "gateway/log.hpp"
#include "gateway/names.hpp"

namespace blupow::gateway {

using device::ConnectionReason;

namespace {

constexpr Duration kRefreshBound = std::chrono::seconds(24);  // commands are answered within 30 s
constexpr Duration kStopBound = std::chrono::seconds(7);      // a disconnect is answered within 5 s
const profile::Readings kNoReadings;

device::SessionConfig sessionConfig(const DeviceHost& host, const KnownDevice& known) {
  const Settings& settings = host.settings();
  const Surroundings& around = host.surroundings();
  device::SessionConfig config;
  config.address = known.stored.address;
  if (const auto heard = around.air.lastHeard(config.address)) config.advertised_name = heard->name;
  config.poll_interval = known.poll_interval.value_or(settings.poll_interval);
  config.keep_connected = settings.keep_connected;
  config.back_off_cap = settings.back_off_cap;
  config.seed = settings.seed ^ std::hash<std::string>()(config.address.text());
  if (known.type_named) config.type = around.catalogue.find(known.stored.type);
  config.units = known.stored.units;
  return config;
}

}  // namespace

CommandFailure failureFor(ConnectionReason reason, const std::string& name) {
  const std::string message = name + ": " + explained(reason) + ".";
  switch (reason) {
    case ConnectionReason::not_heard:
    case ConnectionReason::weak_signal:
      return {Refusal::not_heard, message};
    case ConnectionReason::connected:
    case ConnectionReason::no_answer:
    case ConnectionReason::corrupt_answers:
      return {Refusal::no_answer, reason == ConnectionReason::connected ? name + " did not answer in time." : message};
    case ConnectionReason::handed_over:
      return {Refusal::busy, message};
    default:
      return {Refusal::connect_failed, message};
  }
}

ManagedDevice::ManagedDevice(DeviceHost& host, KnownDevice known) : host_(host), known_(std::move(known)) {
  if (!known_.stored.type.empty() && host_.surroundings().catalogue.find(known_.stored.type) == nullptr) return;
  DriverObserver& self = *this;
  driver_ = std::make_unique<DeviceDriver>(host_.surroundings(), sessionConfig(host_, known_), known_.stored.name, self);
}

ManagedDevice::~ManagedDevice() = default;

void ManagedDevice::start() {
  if (driver_) {
    driver_->start();
    return;
  }
  log(LogLevel::warning,
      displayName() + " (" + known_.stored.address.text() + "): no profile describes the type '" + known_.stored.type + "', it is left as it is");
}

void ManagedDevice::announce() {
  announced_ = true;
  const Device device = view();
  host_.listeners().tell([&](Listener& listener) { listener.deviceAdded(device); });
  for (std::size_t index = 0; index < device.units.size() && index < polled_.size(); ++index) {
    if (!polled_[index]) continue;
    host_.listeners().tell([&](Listener& listener) { listener.unitPolled(device, device.units[index]); });
    if (!device.units[index].online) continue;
    host_.listeners().tell([&](Listener& listener) { listener.unitAvailability(device, device.units[index]); });
  }
}

void ManagedDevice::refresh(Answer<DeviceSummary> answer) {
  runtime::Loop& loop = host_.surroundings().loop;
  refreshes_.push_back({std::move(answer), loop.at(loop.now() + kRefreshBound, "refresh bound", [this] { refreshLate(); })});
  driver_->refresh();
}

void ManagedDevice::stop(runtime::Task stopped) {
  runtime::Loop& loop = host_.surroundings().loop;
  for (Waiting& waiting : std::exchange(refreshes_, {})) {
    waiting.answer(std::unexpected(CommandFailure{Refusal::failed, displayName() + " is being stopped."}));
  }
  when_stopped_ = std::move(stopped);
  stop_bound_ = loop.at(loop.now() + (driver_ ? kStopBound : Duration()), "device stop", [this] { finishStop(); });
  if (driver_) driver_->stop();
}

std::string ManagedDevice::displayName() const {
  return driver_ ? driver_->displayName() : gateway::displayName(known_.stored.name, {}, known_.stored.address);
}

Device ManagedDevice::view() const {
  Device device{.address = known_.stored.address, .name = known_.stored.name, .type = known_.stored.type, .from_options = known_.in_options};
  if (!driver_) return device;
  const device::Session& session = driver_->session();
  device.reason = session.reason();
  for (std::size_t index = 0; index < session.unitCount(); ++index) {
    device.units.push_back({.address = device.address,
                            .first = index == 0,
                            .identity = &session.unit(index),
                            .profile = &session.variant(index),
                            .readings = &session.readings(index),
                            .online = session.online(index),
                            .settled = index < settled_.size() && settled_[index]});
  }
  return device;
}

DeviceSummary ManagedDevice::summary() const {
  const Device device = view();
  DeviceSummary summary{.address = device.address, .name = displayName(), .type = device.type};
  summary.connection_reason = driver_ ? std::string(device::words(device.reason)) : std::string(name(Refusal::unknown_type));
  for (const Unit& unit : device.units) {
    summary.units.push_back({unit.identity->id, unit.profile->type, unit.identity->model, unit.online});
  }
  if (!summary.units.empty()) {
    summary.model = summary.units.front().model;
    summary.online = summary.units.front().online;
  }
  return summary;
}

void ManagedDevice::stepFailed(const Failure& failure) {
  if (watcher_ != nullptr) watcher_->stepFailed(failure);
}

void ManagedDevice::identified() {
  const device::Session& session = driver_->session();
  const auto same = [&](std::size_t index) {
    return session.unit(index).id == known_.stored.units[index].id && session.unit(index).family == known_.stored.units[index].family;
  };
  bool known = session.unitCount() == known_.stored.units.size();
  for (std::size_t index = 0; known && index < session.unitCount(); ++index) known = same(index);
  if (!known) {
    settled_.assign(session.unitCount(), false);
    polled_.assign(session.unitCount(), false);
  }
  if (session.unitCount() > 0) known_.stored.type = session.unit(0).family->type;
  rememberUnits();
  if (announced_) {
    const Device device = view();
    host_.listeners().tell([&](Listener& listener) { listener.deviceChanged(device); });
  }
  if (watcher_ != nullptr) watcher_->identified();
}

void ManagedDevice::notIdentified(const device::action::NotIdentified& what) {
  if (watcher_ != nullptr) watcher_->notIdentified(what);
}

void ManagedDevice::unitPolled(const device::action::UnitPolled& what) {
  settled_.resize(driver_->session().unitCount());
  polled_.resize(driver_->session().unitCount());
  polled_[what.unit] = true;
  if (what.complete) settled_[what.unit] = true;
  rememberUnits();
  if (announced_) {
    const Device device = view();
    host_.listeners().tell([&](Listener& listener) { listener.unitPolled(device, device.units[what.unit]); });
  }
  if (watcher_ != nullptr) watcher_->unitPolled(what);
}

void ManagedDevice::unitOnline(const device::action::UnitOnline& what) {
  if (!announced_) return;
  const Device device = view();
  host_.listeners().tell([&](Listener& listener) { listener.unitAvailability(device, device.units[what.unit]); });
}

void ManagedDevice::pollEnded(const device::action::PollEnded& what) {
  host_.polled(what.ok, what.taken);
  if (what.ok) answerRefreshes();
}

void ManagedDevice::reasonChanged(ConnectionReason /*reason*/) {
  if (!announced_) return;
  const Device device = view();
  host_.listeners().tell([&](Listener& listener) { listener.reasonChanged(device); });
}

void ManagedDevice::stopped() { finishStop(); }

void ManagedDevice::rememberUnits() {
  const device::Session& session = driver_->session();
  std::vector<device::UnitIdentity> units;
  units.reserve(session.unitCount());
  for (std::size_t index = 0; index < session.unitCount(); ++index) units.push_back(session.unit(index));
  if (units == known_.stored.units) return;
  known_.stored.units = std::move(units);
  if (announced_) host_.storedChanged();
}

void ManagedDevice::answerRefreshes() {
  for (Waiting& waiting : std::exchange(refreshes_, {})) waiting.answer(summary());
}

void ManagedDevice::refreshLate() {
  Waiting late = std::move(refreshes_.front());
  refreshes_.pop_front();
  if (refreshes_.empty()) driver_->urgent(false);
  late.answer(std::unexpected(failureFor(driver_->session().reason(), displayName())));
}

void ManagedDevice::finishStop() {
  stop_bound_.cancel();
  if (runtime::Task task = std::exchange(when_stopped_, nullptr)) task();
}

}  // namespace blupow::gateway
