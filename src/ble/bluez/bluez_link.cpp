#include "ble/bluez/bluez_link.hpp"

#include <utility>

#include "ble/bluez/errors.hpp"

namespace blupow::ble::bluez {

namespace {

using namespace std::chrono_literals;

constexpr Duration kAppear = 10s;       // advertisers are heard every second or so
constexpr Duration kSettle = 1s;        // BlueZ tells Connected before it answers Connect
constexpr Duration kResolve = 25s;      // a slow module takes some seconds; a cache makes it quick
constexpr Duration kLookAgain = 500ms;  // ServicesResolved may come before the characteristics are exported (bluez#1489)
constexpr int kLooks = 3;
constexpr Duration kNotify = 10s;
constexpr Duration kNotifyAgain = 250ms;
constexpr int kNotifyTries = 12;
constexpr Duration kWrite = 10s;
constexpr Duration kWriteAgain = 50ms;
constexpr int kWriteTries = 40;
constexpr Duration kDown = 4500ms;  // Disconnect takes up to 2 s in BlueZ; linkDown is promised within 5 s
constexpr Duration kDisconnect = 4s;
constexpr Duration kDisconnectLate = 15s;  // so long a bluetoothd that hangs may still carry it out; then the link is used, if it is up

constexpr int kHanging = 2;  // so many InProgress in a row are no coincidence

}  // namespace

BluezLink::BluezLink(Air& air, const MacAddress& address, LinkObserver& observer) : air_(air), address_(address), observer_(observer) {
  air_.links[address_] = this;
}

BluezLink::~BluezLink() {
  resumeScan();
  if (const auto found = air_.links.find(address_); found != air_.links.end() && found->second == this) air_.links.erase(found);
}

bool BluezLink::up() const { return disconnectsUnderWay_ == 0 && linked(); }

bool BluezLink::linked() const {
  const auto* known = device();
  return known && known->connected;
}

std::optional<int> BluezLink::rssi() const {
  const auto* known = device();
  return known ? known->rssi : std::nullopt;
}

std::string BluezLink::name() const {
  const auto* known = device();
  return known ? known->name : std::string();
}

const Device* BluezLink::device() const { return air_.adapter.empty() ? nullptr : air_.mirror.device(air_.adapter, address_); }

// ---- connect

void BluezLink::connect() {
  begin(Step::pausing);
  if (air_.adapter.empty()) return failLater(failureOf(air_.radio));
  const auto* known = device();
  if (!known) return failLater({FailureKind::device_absent, "bluetoothd has not heard the device"});
  if (known->connected) {
    air_.loop.post("link", inThisStep([this] { connected(); }));
    return;
  }
  paused_ = true;
  air_.scanner.pause(inThisStep([this] { discoveryStopped(); }));
}

void BluezLink::discoveryStopped() {
  if (device()) return callConnect();
  resumeScan();
  step_ = Step::appearing;
  arm(kAppear, [this] { fail({FailureKind::device_absent, "bluetoothd forgot the device when discovery stopped, and it was not heard again"}); });
}

void BluezLink::callConnect() {
  step_ = Step::calling;
  timer_.cancel();
  ++connectsUnderWay_;
  // Not inThisStep: a Connect that was given up on counts until it is answered, and one that succeeds late is undone.
  callDevice("Connect", kCallTimeout, [this, weak = std::weak_ptr(life_), step = *life_](const Reply<void>& reply) {
    const auto life = weak.lock();
    if (!life) return;
    --connectsUnderWay_;
    if (*life == step) return connectAnswered(reply);
    if (step_ == Step::none && !held_ && linked()) callDevice("Disconnect", kDisconnect, [](const Reply<void>&) {});
    checkDown();
  });
}

void BluezLink::connectAnswered(const Reply<void>& reply) {
  if (linked()) return connected();
  if (!reply) return connectFailed(reply.error());
  // A link that dies at once (0x3e) looks like this too: success, then Connected true and false.
  step_ = Step::settling;
  arm(kSettle, [this] { fail({FailureKind::retry_now, "the connection did not hold"}); });
}

void BluezLink::connectFailed(const BusError& error) {
  auto failure = failureOf(error, "connect");
  const auto* known = device();
  hanging_ = isInProgress(error) ? hanging_ + 1 : 0;
  if (!known) {
    failure.kind = FailureKind::device_absent;  // whatever was said
  } else if (hanging_ >= kHanging && !removed_ && !known->bonded) {
    // A pending Connect of a dead process. Removing the device cancels it; it must be heard again before the next try.
    removed_ = true;
    air_.bus.call({.path = air_.adapter, .interface = kAdapterInterface, .method = "RemoveDevice", .arguments = {ObjectPath{known->path}}},
                  [](const Reply<void>&) {});
    failure = {FailureKind::device_absent, "a connection attempt that hung in bluetoothd was removed"};
  } else if (failure.kind != FailureKind::daemon_gone) {
    // Cancels what may still be pending in bluetoothd or the kernel, which gives up only after 40 s.
    callDevice("Disconnect", kDisconnect, [](const Reply<void>&) {});
  }
  fail(failure);
}

void BluezLink::connected() {
  hanging_ = 0;
  removed_ = false;
  held_ = true;
  write_.clear();
  notify_.clear();
  finish();
  observer_.linkConnected();
}

// ---- resolve

void BluezLink::resolve(std::span<const GattPath> paths) {
  begin(Step::resolving);
  paths_.assign(paths.begin(), paths.end());
  looks_ = 0;
  if (!linked()) return failLater(notConnected());
  held_ = true;
  arm(kResolve, [this] { fail({FailureKind::retry_later, "the services of the device were not resolved in time"}); });
  air_.loop.post("link", inThisStep([this] { look(); }));
}

void BluezLink::look() {
  const auto* known = device();
  if (!known || !known->services_resolved || find()) return;
  if (looks_++ == kLooks) {
    // With others it is no device of ours; with none at all BlueZ may not have shown them yet.
    const auto kind = air_.mirror.hasCharacteristics(known->path) ? FailureKind::rejected : FailureKind::retry_later;
    return fail({kind, "the device has none of the expected characteristics"});
  }
  arm(kLookAgain, [this] { look(); });
}

bool BluezLink::find() {
  const auto* known = device();
  if (!known) return false;
  for (std::size_t index = 0; index < paths_.size(); ++index) {
    const auto& path = paths_[index];
    auto notify = air_.mirror.characteristic(known->path, path.notify_service, path.notify, Use::notify);
    auto write = path.write.empty() ? std::string() : air_.mirror.characteristic(known->path, path.write_service, path.write, Use::write);
    if (notify.empty() || write.empty() != path.write.empty()) continue;
    notify_ = std::move(notify);
    write_ = std::move(write);
    finish();
    observer_.linkResolved(index);
    return true;
  }
  return false;
}

// ---- subscribe

void BluezLink::subscribe() {
  begin(Step::subscribing);
  if (!linked() || notify_.empty()) return failLater(notConnected());
  startNotify(1, false);
}

void BluezLink::startNotify(int tries, bool stopped) {
  air_.bus.call({.path = notify_, .interface = kCharacteristicInterface, .method = "StartNotify", .timeout = kNotify},
                inThisStep([this, tries, stopped](const Reply<void>& reply) { notifyAnswered(reply, tries, stopped); }));
}

void BluezLink::notifyAnswered(const Reply<void>& reply, int tries, bool stopped) {
  if (reply || isAlreadyNotifying(reply.error())) {
    finish();
    return observer_.linkSubscribed();
  }
  const auto failure = characteristicFailure(reply.error(), "subscribe");
  if (failure.kind == FailureKind::in_use && !stopped) {
    // An earlier subscription may hang: ours ends with StopNotify, another program's does not.
    air_.bus.call({.path = notify_, .interface = kCharacteristicInterface, .method = "StopNotify", .timeout = kNotify},
                  inThisStep([this, tries](const Reply<void>&) { startNotify(tries, true); }));
  } else if (isInProgress(reply.error()) && tries < kNotifyTries) {
    // BlueZ is renewing our subscription of the link before.
    arm(kNotifyAgain, [this, tries, stopped] { startNotify(tries + 1, stopped); });
  } else {
    fail(failure);
  }
}

void BluezLink::received(const std::string& characteristic, ByteView value) {
  if (held_ && characteristic == notify_) observer_.linkReceived(value);
}

// ---- write

void BluezLink::write(ByteView bytes) {
  begin(Step::writing);
  if (!linked() || write_.empty()) return failLater(notConnected());
  writeValue(Bytes(bytes.begin(), bytes.end()), 1);
}

// {"type": "command"}: without response, which some batteries insist on.
void BluezLink::writeValue(const Bytes& bytes, int tries) {
  const Properties options = {{"type", std::string("command")}};
  air_.bus.call({.path = write_, .interface = kCharacteristicInterface, .method = "WriteValue", .arguments = {bytes, options}, .timeout = kWrite},
                inThisStep([this, bytes, tries](const Reply<void>& reply) {
                  if (reply) {
                    finish();
                    observer_.linkWritten();
                  } else if (isInProgress(reply.error()) && tries < kWriteTries) {
                    arm(kWriteAgain, [this, bytes, tries] { writeValue(bytes, tries + 1); });
                  } else {
                    fail(characteristicFailure(reply.error(), "write"));
                  }
                }));
}

// ---- disconnect

void BluezLink::disconnect() {
  ++*life_;
  step_ = Step::disconnecting;
  held_ = false;
  write_.clear();
  notify_.clear();
  disconnectAnswered_ = false;
  if (!device()) {
    air_.loop.post("link", inThisStep([this] { down(); }));
    return;
  }
  arm(kDown, [this] { down(); });
  ++disconnectsUnderWay_;
  callDevice("Disconnect", kDisconnectLate, [this, weak = std::weak_ptr(life_), step = *life_](const Reply<void>&) {
    const auto life = weak.lock();
    if (!life) return;
    --disconnectsUnderWay_;
    if (*life != step) return;
    disconnectAnswered_ = true;
    checkDown();
  });
}

void BluezLink::checkDown() {
  if (step_ == Step::disconnecting && disconnectAnswered_ && connectsUnderWay_ == 0 && !linked()) down();
}

void BluezLink::down() {
  finish();
  observer_.linkDown();
}

// ---- news

void BluezLink::deviceAdded() {
  if (step_ == Step::appearing) callConnect();
}

void BluezLink::deviceChanged() {
  if (!linked()) {
    if (step_ == Step::disconnecting) return checkDown();
    return lose({FailureKind::retry_now, "the link was lost"});
  }
  if (step_ == Step::settling) return connected();
  if (step_ == Step::resolving && looks_ == 0) look();
}

void BluezLink::deviceRemoved() {
  const Failure failure = {FailureKind::device_absent, "bluetoothd removed the device"};
  if (step_ == Step::disconnecting) return down();
  if (step_ == Step::calling || step_ == Step::settling) return fail(failure);
  lose(failure);  // while discovery is being stopped it may come back
}

void BluezLink::gattAdded() {
  if (step_ == Step::resolving && looks_ > 0) find();
}

void BluezLink::radioGone(const Failure& failure) {
  if (step_ == Step::disconnecting) return down();
  if (step_ != Step::none) return fail(failure);
  lose(failure);
}

// The link is not up any more. What was asked of it fails; with nothing asked, it is lost.
void BluezLink::lose(const Failure& failure) {
  if (!held_) return;
  if (step_ == Step::resolving || step_ == Step::subscribing || step_ == Step::writing) return fail(failure);
  held_ = false;
  write_.clear();
  notify_.clear();
  observer_.linkLost(failure);
}

// ---- steps

void BluezLink::begin(Step step) {
  finish();
  step_ = step;
}

void BluezLink::finish() {
  ++*life_;
  step_ = Step::none;
  timer_.cancel();
  resumeScan();
}

void BluezLink::fail(const Failure& failure) {
  finish();
  if (!linked()) held_ = false;
  observer_.linkFailed(failure);
}

void BluezLink::failLater(Failure failure) {
  air_.loop.post("link", inThisStep([this, failure = std::move(failure)] { fail(failure); }));
}

void BluezLink::resumeScan() {
  if (std::exchange(paused_, false)) air_.scanner.resume();
}

Failure BluezLink::notConnected() const {
  if (air_.adapter.empty()) return failureOf(air_.radio);
  return {FailureKind::retry_now, "not connected"};
}

// An object that is gone below a device that is there: its GATT objects were made anew.
Failure BluezLink::characteristicFailure(const BusError& error, std::string_view doing) const {
  auto failure = failureOf(error, doing);
  if (failure.kind == FailureKind::device_absent && device()) failure.kind = FailureKind::retry_later;
  return failure;
}

void BluezLink::callDevice(std::string_view method, Duration timeout, Answer<void> answer) {
  const auto* known = device();
  if (known) air_.bus.call({.path = known->path, .interface = kDeviceInterface, .method = method, .timeout = timeout}, std::move(answer));
}

void BluezLink::arm(Duration in, runtime::Task task) { timer_ = air_.loop.at(air_.loop.now() + in, "link", inThisStep(std::move(task))); }

}  // namespace blupow::ble::bluez
