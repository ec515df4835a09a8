#include "gateway/device_driver.hpp"

#include <utility>
#include <variant>

#include "gateway/names.hpp"

namespace blupow::gateway {

namespace {

constexpr Duration kFresh = std::chrono::seconds(30);      // an advertisement this young tells that the device is there
constexpr Duration kLookEvery = std::chrono::seconds(10);  // for a link that another program has made: such a device does not advertise

std::vector<ble::GattPath> toPaths(const std::vector<profile::Gatt>& wanted) {
  std::vector<ble::GattPath> paths;
  paths.reserve(wanted.size());
  for (const profile::Gatt& gatt : wanted) paths.push_back({gatt.write_service, gatt.write, gatt.notify_service, gatt.notify});
  return paths;
}

}  // namespace

DeviceDriver::DeviceDriver(const Surroundings& surroundings, device::SessionConfig config, std::string name, DriverObserver& observer)
    : around_(surroundings),
      observer_(observer),
      address_(config.address),
      given_name_(std::move(name)),
      session_(std::move(config), around_.catalogue, around_.loop.now()),
      log_(address_, displayName()),
      link_(around_.transport.link(address_, *this)) {
  around_.arbiter.enter(*this);
}

DeviceDriver::~DeviceDriver() { around_.arbiter.leave(*this); }

void DeviceDriver::start() {
  listening_ = around_.air.listen(*this);
  radioChanged(around_.air.radio());
  const auto last = around_.air.lastHeard(address_);
  if (last && last->heard + kFresh > around_.loop.now()) heard(*last);
}

void DeviceDriver::refresh() {
  urgent_ = true;
  feed(device::event::Refresh{});
}

void DeviceDriver::identify() {
  urgent_ = true;
  feed(device::event::Identify{});
}

void DeviceDriver::release(TimePoint until, const std::string& text) {
  log_.handedOver(text);
  feed(device::event::Release{until});
}

void DeviceDriver::resume() {
  urgent_ = true;
  feed(device::event::Resume{});
}

void DeviceDriver::set(std::uint64_t number, std::size_t unit, std::string key, std::string text) {
  urgent_ = true;
  feed(device::event::Set{.number = number, .unit = unit, .key = std::move(key), .text = std::move(text)});
}

void DeviceDriver::stop() {
  if (stopping_) return;
  stopping_ = true;
  log_.silence();
  scan_wish_.reset();
  feed(device::event::Stop{});
}

std::string DeviceDriver::displayName() const {
  return gateway::displayName(given_name_, session_.unitCount() > 0 ? modelOf(session_.unit(0)) : std::string(), address_);
}

void DeviceDriver::rename(std::string name) {
  given_name_ = std::move(name);
  log_.rename(displayName());
}

void DeviceDriver::linkConnected() {
  connected_ = true;
  around_.arbiter.connected(*this);
  feed(device::event::Connected{});
}

void DeviceDriver::linkResolved(std::size_t path) { feed(device::event::Resolved{path}); }

void DeviceDriver::linkSubscribed() { feed(device::event::Subscribed{}); }

void DeviceDriver::linkWritten() { feed(device::event::Written{}); }

void DeviceDriver::linkReceived(ByteView notification) {
  log_.received(notification);
  feed(device::event::Received{Bytes(notification.begin(), notification.end())});
}

void DeviceDriver::linkFailed(const Failure& failure) {
  log_.failed(failure);
  feed(device::event::Failed{session_.state() == device::State::connecting ? around_.arbiter.judge(*this, failure) : failure});
  observer_.stepFailed(failure);
}

void DeviceDriver::linkLost(const Failure& failure) {
  log_.failed(failure);
  feed(device::event::Lost{failure});
  log_.lost(failure, session_.reason());
  observer_.linkLost();
}

void DeviceDriver::linkDown() { feed(device::event::Down{}); }

void DeviceDriver::radioChanged(const RadioStatus& status) {
  feed(device::event::Radio{status});
  lookForLink();
}

void DeviceDriver::heard(const ble::Advertisement& advertisement) {
  if (advertisement.address != address_ || stopping_) return;
  heard_ = true;
  if (advertisement.rssi) observer_.signalHeard(*advertisement.rssi);
  feed(device::event::Heard{advertisement.rssi, advertisement.name});
}

void DeviceDriver::turnGranted() { feed(device::event::Granted{}); }

void DeviceDriver::yieldLink() { feed(device::event::Yield{}); }

void DeviceDriver::feed(device::Event event) {
  events_.push_back(std::move(event));
  if (stepping_) return;
  stepping_ = true;
  while (!events_.empty()) {
    const device::Event next = std::move(events_.front());
    events_.pop_front();
    step(next);
  }
  stepping_ = false;
  arm();
  if (stopping_ && !session_.holdsLink()) tellStopped();
}

void DeviceDriver::step(const device::Event& event) {
  const bool held = session_.holdsLink();
  const TimePoint idle = session_.idleSince();
  for (const device::Action& action : session_.handle(event, around_.loop.now())) {
    std::visit([this](const auto& what) { act(what); }, action);
  }
  if (session_.holdsLink() != held || session_.idleSince() != idle) around_.arbiter.linksChanged();
  if (held && !session_.holdsLink()) observer_.linkGone();
  wishScan();
}

void DeviceDriver::arm() {
  const TimePoint when = session_.deadline();
  if (when == armed_ && deadline_) return;
  armed_ = when;
  deadline_ = when == kNever ? runtime::Timer() : around_.loop.at(when, "session deadline", [this] { tick(); });
}

void DeviceDriver::tick() {
  deadline_.cancel();
  feed(device::event::Tick{});
}

// Made by a dead process or another program. Nobody tells of it.
void DeviceDriver::lookForLink() {
  if (stopping_) return;
  look_ = around_.loop.at(around_.loop.now() + kLookEvery, "look for link", [this] { lookForLink(); });
  if (session_.holdsLink() || around_.air.radio().state != RadioState::ready || !link_->up()) return;
  heard_ = true;
  feed(device::event::Present{link_->name()});
}

void DeviceDriver::wishScan() {
  const bool wanted = !stopping_ && !session_.holdsLink() && session_.state() != device::State::released;
  if (!wanted) {
    scan_wish_.reset();
  } else if (!scan_wish_) {
    scan_wish_.emplace(around_.air);
  }
}

void DeviceDriver::tellStopped() {
  if (stopped_) return;
  deadline_.cancel();
  look_.cancel();
  listening_ = {};
  stopped_ = around_.loop.at(around_.loop.now(), "device stopped", [this] { observer_.stopped(); });
}

// "renogy_inverter RIV1230RCH-SPS"; several units: joined.
std::string DeviceDriver::described() const {
  std::string text;
  for (std::size_t index = 0; index < session_.unitCount(); ++index) {
    const device::UnitIdentity& unit = session_.unit(index);
    text += (text.empty() ? "" : ", ") + session_.variant(index).type;
    if (!unit.model.empty()) text += ' ' + unit.model;
  }
  return text;
}

void DeviceDriver::act(const device::action::AskTurn& /*action*/) { around_.arbiter.ask(*this, urgent_); }

void DeviceDriver::act(const device::action::EndTurn& /*action*/) { around_.arbiter.end(*this); }

void DeviceDriver::act(const device::action::Connect& /*action*/) { link_->connect(); }

void DeviceDriver::act(const device::action::Resolve& action) { link_->resolve(toPaths(action.paths)); }

void DeviceDriver::act(const device::action::Subscribe& /*action*/) { link_->subscribe(); }

void DeviceDriver::act(const device::action::Write& action) {
  log_.sent(action.bytes);
  link_->write(action.bytes);
}

void DeviceDriver::act(const device::action::Disconnect& /*action*/) { link_->disconnect(); }

void DeviceDriver::act(const device::action::StateChanged& action) {
  log_.changed(action.from, action.to);
  observer_.stateChanged(action.from, action.to);
}

void DeviceDriver::act(const device::action::ReasonChanged& action) {
  log_.reason(action.reason);
  observer_.reasonChanged(action.reason);
}

void DeviceDriver::act(const device::action::Identified& /*action*/) {
  log_.rename(displayName());
  observer_.identified();
}

void DeviceDriver::act(const device::action::NotIdentified& action) { observer_.notIdentified(action); }

void DeviceDriver::act(const device::action::UnitPolled& action) {
  log_.polled(session_.reason(), described());
  observer_.unitPolled(action);
}

void DeviceDriver::act(const device::action::UnitOnline& action) {
  if (!action.online) log_.offline(session_.unitCount() > 1 ? "unit " + std::to_string(session_.unit(action.unit).id) : std::string());
  observer_.unitOnline(action);
}

void DeviceDriver::act(const device::action::PollEnded& action) {
  if (action.ok) urgent_ = false;
  observer_.pollEnded(action);
}

void DeviceDriver::act(const device::action::WriteEnded& action) { observer_.writeEnded(action); }

void DeviceDriver::act(const device::action::HistoryRead& action) { observer_.historyRead(action); }

void DeviceDriver::act(const device::action::Note& action) { log_.note(action); }

}  // namespace blupow::gateway
