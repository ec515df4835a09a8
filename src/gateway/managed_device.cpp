#include "gateway/managed_device.hpp"

#include <algorithm>
#include <utility>

#include "gateway/log.hpp"
#include "gateway/names.hpp"
#include "gateway/summary.hpp"

namespace blupow::gateway {

using device::ConnectionReason;

namespace {

constexpr Duration kStopBound = std::chrono::seconds(7);  // a disconnect is answered within 5 s
constexpr auto kLongestHandOver = std::chrono::hours(24);

device::SessionConfig sessionConfig(const DeviceHost& host, const KnownDevice& known) {
  const Settings& settings = host.settings();
  const Surroundings& around = host.surroundings();
  device::SessionConfig config;
  config.address = known.stored.address;
  config.advertised_name = known.stored.advertised_name;
  if (const auto heard = around.air.lastHeard(config.address); heard && !heard->name.empty()) config.advertised_name = heard->name;
  config.poll_interval = known.poll_interval.value_or(settings.poll_interval);
  config.keep_connected = settings.keep_connected;
  config.back_off_cap = settings.back_off_cap;
  config.seed = settings.seed ^ std::hash<std::string>()(config.address.text());
  config.adaptive_polling = settings.adaptive_polling;
  config.units = known.stored.units;
  // Nothing tells a device of a family without identification reads from others: it stays what it was said to be.
  const profile::ProfilePtr type = known.stored.described ? known.stored.described : around.catalogue.find(known.stored.type);
  if (type && (known.type_named || type->identify.empty())) config.type = type;
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

ManagedDevice::ManagedDevice(DeviceHost& host, KnownDevice known)
    : host_(host),
      known_(std::move(known)),
      link_watch_(host.surroundings().loop, [this] { tellLink(); }),
      refreshes_(host.surroundings().loop, [this](auto) { return late(); }),
      identifications_(host.surroundings().loop, [this](auto) { return late(); }),
      releases_(host.surroundings().loop, [this](auto) { return late(); }),
      settings_(host.surroundings().loop, [this](auto number) { return settingLate(number); }) {
  const StoredDevice& stored = known_.stored;
  if (!stored.type.empty() && !stored.described && host_.surroundings().catalogue.find(stored.type) == nullptr) return;
  DriverObserver& self = *this;
  driver_ = std::make_unique<DeviceDriver>(host_.surroundings(), sessionConfig(host_, known_), stored.name, self);
  keepHandOver();
}

ManagedDevice::~ManagedDevice() = default;

// The hand-over of an earlier life goes on. A clock that was wrong then or is wrong now does not keep a device away for longer than one can be.
void ManagedDevice::keepHandOver() {
  std::optional<WallTime>& until = known_.stored.released_until;
  if (!until) return;
  const WallTime now = host_.surroundings().loop.wallNow();
  if (*until <= now) {
    until.reset();
    return;
  }
  until = std::min<WallTime>(*until, now + kLongestHandOver);
  link_watch_.handedOver(*until);
}

void ManagedDevice::start() {
  if (!driver_) {
    say(LogLevel::warning, "no profile describes the type '" + known_.stored.type + "', it is left as it is");
    return;
  }
  const runtime::Loop& loop = host_.surroundings().loop;
  if (const auto until = known_.stored.released_until) driver_->release(loop.now() + (*until - loop.wallNow()), isoUtc(*until));
  driver_->start();
}

void ManagedDevice::say(LogLevel level, const std::string& text) const { log(level, displayName() + " (" + known_.stored.address.text() + "): " + text); }

void ManagedDevice::announce() {
  announced_ = true;
  const Device device = view();
  host_.listeners().tell([&](Listener& listener) { listener.deviceAdded(device); });
  for (std::size_t index = 0; index < device.units.size() && index < seen_.size(); ++index) {
    if (!seen_[index].polled) continue;
    host_.listeners().tell([&](Listener& listener) { listener.unitPolled(device, device.units[index]); });
    if (!device.units[index].online) continue;
    host_.listeners().tell([&](Listener& listener) { listener.unitAvailability(device, device.units[index]); });
  }
}

void ManagedDevice::stop(runtime::Task stopped) {
  runtime::Loop& loop = host_.surroundings().loop;
  endCommands({Refusal::failed, displayName() + " is being stopped."});
  when_stopped_ = std::move(stopped);
  stop_bound_ = loop.at(loop.now() + (driver_ ? kStopBound : Duration()), "device stop", [this] { finishStop(); });
  if (driver_) driver_->stop();
}

std::string ManagedDevice::displayName() const {
  return driver_ ? driver_->displayName() : gateway::displayName(known_.stored.name, {}, known_.stored.address);
}

Device ManagedDevice::view() const {
  Device device{.address = known_.stored.address,
                .name = known_.stored.name,
                .type = known_.stored.type,
                .from_options = known_.in_options,
                .known_type = driver_ != nullptr,
                .link = &link_watch_.status()};
  if (!driver_) return device;
  const device::Session& session = driver_->session();
  device.reason = reason();
  for (std::size_t index = 0; index < session.unitCount(); ++index) {
    device.units.push_back({.address = device.address,
                            .first = index == 0,
                            .identity = &session.unit(index),
                            .profile = session.sharedVariant(index),
                            .readings = &host_.meters().shown(device.address, session, index),
                            .history = &session.history(index),
                            .online = session.online(index),
                            .settled = index < seen_.size() && seen_[index].settled});
  }
  return device;
}

DeviceSummary ManagedDevice::summary() const { return summaryOf(view()); }

ConnectionReason ManagedDevice::reason() const { return known_.stored.released_until ? ConnectionReason::handed_over : driver_->session().reason(); }

void ManagedDevice::signalHeard(int rssi) { link_watch_.heard(rssi); }

void ManagedDevice::stateChanged(device::State from, device::State to) {
  identifying_ = to == device::State::identifying;
  if (from == device::State::subscribing && (identifying_ || to == device::State::polling)) link_watch_.up();
  if (to == device::State::backing_off || to == device::State::absent) link_watch_.broken();
}

void ManagedDevice::linkLost() { link_watch_.broken(); }

void ManagedDevice::linkGone() { releases_.endAll({}); }

void ManagedDevice::stepFailed(const Failure& failure) {
  if (watcher_ != nullptr) watcher_->stepFailed(failure);
}

void ManagedDevice::identified() {
  matchUnits();
  const device::Session& session = driver_->session();
  if (session.unitCount() > 0) known_.stored.type = session.unit(0).family->type;
  rememberUnits();
  if (announced_) {
    const Device device = view();
    host_.listeners().tell([&](Listener& listener) { listener.deviceChanged(device); });
  }
  if (identifying_) identifications_.endAll(summary());
  if (watcher_ != nullptr) watcher_->identified();
}

// A unit that is known again, by whatever id it is asked now, was seen already.
void ManagedDevice::matchUnits() {
  const device::Session& session = driver_->session();
  const std::vector<device::UnitIdentity>& former = known_.stored.units;
  std::vector<Seen> seen(session.unitCount());
  for (std::size_t index = 0; index < seen.size(); ++index) {
    const device::UnitIdentity& unit = session.unit(index);
    const auto same =
        std::ranges::find_if(former, [&](const device::UnitIdentity& known) { return known.known_as == unit.known_as && known.family == unit.family; });
    const auto place = static_cast<std::size_t>(same - former.begin());
    if (place < seen_.size()) seen[index] = seen_[place];
  }
  seen_ = std::move(seen);
}

void ManagedDevice::notIdentified(const device::action::NotIdentified& what) {
  const Refusal reason = what.failure.kind == FailureKind::rejected ? Refusal::not_recognised : Refusal::no_answer;
  identifications_.endAll(std::unexpected(CommandFailure{reason, displayName() + " was not recognised: " + what.answers + "."}));
  if (watcher_ != nullptr) watcher_->notIdentified(what);
}

void ManagedDevice::unitPolled(const device::action::UnitPolled& what) {
  seen_.resize(driver_->session().unitCount());
  Seen& seen = seen_[what.unit];
  seen.polled = true;
  seen.settled = seen.settled || what.complete;
  rememberUnits();
  host_.meters().polled(stored().address, driver_->session(), what.unit, known_.poll_interval.value_or(host_.settings().poll_interval));
  if (announced_) {
    const Device device = view();
    host_.listeners().tell([&](Listener& listener) { listener.unitPolled(device, device.units[what.unit]); });
  }
  if (watcher_ != nullptr) watcher_->unitPolled(what);
}

void ManagedDevice::metersStored(const Meters::Place& unit) {
  if (!announced_ || !driver_ || when_stopped_) return;
  const Device device = view();
  for (std::size_t index = 0; index < device.units.size(); ++index) {
    if (index >= seen_.size() || !seen_[index].polled || Meters::placeOf(device.address, *device.units[index].identity) != unit) continue;
    host_.listeners().tell([&](Listener& listener) { listener.unitPolled(device, device.units[index]); });
  }
}

void ManagedDevice::unitOnline(const device::action::UnitOnline& what) {
  if (!announced_) return;
  const Device device = view();
  host_.listeners().tell([&](Listener& listener) { listener.unitAvailability(device, device.units[what.unit]); });
}

void ManagedDevice::pollEnded(const device::action::PollEnded& what) {
  const device::Session& session = driver_->session();
  // Cut short by a command: that says nothing of the link.
  if (!what.ok && (session.state() == device::State::released || session.state() == device::State::stopping)) return;
  link_watch_.polled(what.ok, what.taken);
  host_.polled(what.ok, what.taken);
  const bool others = session.unitCount() > 1 && session.holdsLink();  // a unit that is silent does not speak for its neighbours
  if (what.ok || others) refreshes_.endAll(summary());
}

void ManagedDevice::historyRead(const device::action::HistoryRead& what) {
  if (!announced_) return;
  const Device device = view();
  host_.listeners().tell([&](Listener& listener) { listener.historyRead(device, device.units[what.unit]); });
}

void ManagedDevice::reasonChanged(ConnectionReason reason) {
  if (reason != ConnectionReason::handed_over && known_.stored.released_until) {
    known_.stored.released_until.reset();
    link_watch_.takenBack();
    if (announced_) host_.storedChanged();
  }
  link_watch_.reasonChanged();
  if (!announced_) return;
  const Device device = view();
  host_.listeners().tell([&](Listener& listener) { listener.reasonChanged(device); });
}

void ManagedDevice::tellLink() {
  if (!announced_ || when_stopped_) return;
  const Device device = view();
  host_.listeners().tell([&](Listener& listener) { listener.linkChanged(device); });
}

void ManagedDevice::stopped() { finishStop(); }

void ManagedDevice::rememberUnits() {
  const device::Session& session = driver_->session();
  std::vector<device::UnitIdentity> units;
  units.reserve(session.unitCount());
  for (std::size_t index = 0; index < session.unitCount(); ++index) units.push_back(session.unit(index));
  if (units == known_.stored.units && session.advertisedName() == known_.stored.advertised_name) return;
  known_.stored.units = std::move(units);
  known_.stored.advertised_name = session.advertisedName();
  if (announced_) host_.storedChanged();
}

void ManagedDevice::finishStop() {
  stop_bound_.cancel();
  if (runtime::Task task = std::exchange(when_stopped_, nullptr)) task();
}

}  // namespace blupow::gateway
