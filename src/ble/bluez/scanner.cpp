#include "ble/bluez/scanner.hpp"

#include <algorithm>
#include <utility>

#include "ble/bluez/errors.hpp"

namespace blupow::ble::bluez {

namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstRetry = 1s;
constexpr Duration kLastRetry = 20s;
constexpr Duration kTimeout = 4s;   // a connect waits for these answers
constexpr Duration kSilence = 10s;  // BlueZ switches Discovering off and on in its own rhythm; longer is a session that hangs

}  // namespace

Scanner::Scanner(runtime::Loop& loop, Bus& bus, std::function<void(std::optional<BusError>)> denied)
    : loop_(loop), bus_(bus), denied_(std::move(denied)), retryIn_(kFirstRetry) {}

void Scanner::want(bool wanted) {
  wanted_ = wanted;
  reconcile();
}

void Scanner::setAdapter(const std::string& path) {
  if (path == adapter_) return;
  adapter_ = path;
  ++*life_;
  state_ = State::idle;
  retry_.cancel();
  watchdog_.cancel();
  retryIn_ = kFirstRetry;
  tellStopped();
  reconcile();
}

void Scanner::discovering(bool on) {
  if (on || state_ != State::running) {
    watchdog_.cancel();
    return;
  }
  watchdog_ = loop_.at(loop_.now() + kSilence, "discovery watchdog", [this] {
    if (state_ != State::running) return;
    state_ = State::idle;
    reconcile();
  });
}

void Scanner::pause(Stopped stopped) {
  ++pauses_;
  stopped_.push_back(std::move(stopped));
  if (state_ == State::idle) {
    tellStopped();
  } else {
    reconcile();
  }
}

void Scanner::resume() {
  --pauses_;
  reconcile();
}

void Scanner::reconcile() {
  const bool run = wanted_ && pauses_ == 0 && !adapter_.empty();
  if (run && state_ == State::idle && !retry_) start();
  if (!run) {
    retry_.cancel();
    if (state_ == State::running) stop();
  }
}

// No filter on UUIDs: some batteries advertise none. DuplicateData: each advertisement is told, which is how a back-off is cut short. A filter that is
// refused is no reason not to scan.
void Scanner::start() {
  state_ = State::starting;
  const Properties filter = {{"Transport", std::string("le")}, {"DuplicateData", true}};
  bus_.call({.path = adapter_, .interface = kAdapterInterface, .method = "SetDiscoveryFilter", .arguments = {filter}, .timeout = kTimeout},
            [](const Reply<void>&) {});
  bus_.call({.path = adapter_, .interface = kAdapterInterface, .method = "StartDiscovery", .timeout = kTimeout},
            inThisLife([this](const Reply<void>& reply) { started(reply); }));
}

void Scanner::started(const Reply<void>& reply) {
  // InProgress: our own session runs already.
  const bool running = reply || isInProgress(reply.error());
  state_ = running ? State::running : State::idle;
  const bool isDenied = !running && isAccessDenied(reply.error());
  if (isDenied != std::exchange(deniedBefore_, isDenied)) denied_(isDenied ? std::optional(reply.error()) : std::nullopt);
  if (running) {
    retryIn_ = kFirstRetry;
    reconcile();  // a pause may have come meanwhile
  } else {
    tellStopped();
    again(retryIn_);
    retryIn_ = std::min(retryIn_ * 2, kLastRetry);
  }
}

// Whatever the answer: `No discovery started`, NotReady and a vanished adapter all mean that no session of ours runs.
void Scanner::stop() {
  state_ = State::stopping;
  watchdog_.cancel();
  bus_.call({.path = adapter_, .interface = kAdapterInterface, .method = "StopDiscovery", .timeout = kTimeout}, inThisLife([this](const Reply<void>&) {
              state_ = State::idle;
              tellStopped();
              reconcile();
            }));
}

void Scanner::tellStopped() {
  for (auto& stopped : std::exchange(stopped_, {})) loop_.post("discovery stopped", std::move(stopped));
}

void Scanner::again(Duration in) {
  if (!wanted_ || pauses_ > 0) return;
  retry_ = loop_.at(loop_.now() + in, "discovery retry", [this] {
    retry_.cancel();
    reconcile();
  });
}

Answer<void> Scanner::inThisLife(std::move_only_function<void(const Reply<void>&)> then) {
  return [weak = std::weak_ptr(life_), life = *life_, then = std::move(then)](const Reply<void>& reply) mutable {
    const auto now = weak.lock();
    if (now && *now == life) then(reply);
  };
}

}  // namespace blupow::ble::bluez
