#include "gateway/adding.hpp"

#include <utility>

namespace blupow::gateway {

namespace {

// The answer is due within 25 s, the link ended before it.
constexpr Duration kHeardBound = std::chrono::seconds(12);
constexpr Duration kBound = std::chrono::seconds(22);

}  // namespace

Adding::Adding(DeviceHost& host, KnownDevice known, Ended ended)
    : host_(host), device_(std::make_unique<ManagedDevice>(host, std::move(known))), ended_(std::move(ended)) {}

Adding::~Adding() {
  if (device_) device_->watch(nullptr);
}

void Adding::start() {
  runtime::Loop& loop = host_.surroundings().loop;
  heard_bound_ = loop.at(loop.now() + kHeardBound, "add: heard", [this] { judgeHeard(); });
  bound_ = loop.at(loop.now() + kBound, "add: bound", [this] { judgeAll(); });
  device_->watch(this);
  device_->urgent();
  device_->start();
}

std::unique_ptr<ManagedDevice> Adding::take() {
  device_->watch(nullptr);
  return std::move(device_);
}

// A device without the characteristics of any profile is connected, but has nothing to be asked by.
void Adding::stepFailed(const Failure& failure) {
  last_failure_ = failure.text;
  if (failure.kind != FailureKind::rejected || !device_->driver().wasConnected()) return;
  end(std::unexpected(CommandFailure{Refusal::not_recognised, device_->displayName() + " is no device that a profile describes: " + failure.text + "."}));
}

// What spoke but fits nothing is no device of ours; what kept silent is asked again while there is time.
void Adding::notIdentified(const device::action::NotIdentified& what) {
  if (what.failure.kind != FailureKind::rejected) return;
  const std::string& type = device_->stored().type;
  end(std::unexpected(
      CommandFailure{Refusal::not_recognised, device_->displayName() + (type.empty() ? " is no device that a profile describes" : " is no " + type) + ": " +
                                                  what.answers + ". For a report `blupow read " + address().text() + " --dump` shows its registers."}));
}

void Adding::unitPolled(const device::action::UnitPolled& /*what*/) { end({}); }

void Adding::judgeHeard() {
  if (device_->driver().wasHeard()) return;
  const RadioState radio = host_.surroundings().air.radio().state;
  if (radio != RadioState::ready) {
    end(std::unexpected(failureFor(device_->driver().session().reason(), device_->displayName())));
  } else {
    end(std::unexpected(failureFor(device::ConnectionReason::not_heard, device_->displayName())));
  }
}

void Adding::judgeAll() {
  const DeviceDriver& driver = device_->driver();
  if (driver.wasConnected()) {
    end(std::unexpected(CommandFailure{Refusal::no_answer, device_->displayName() + " was connected but gave no sound answer."}));
  } else {
    const bool tried = driver.session().state() != device::State::waiting;  // hanging, or backing off after that
    const std::string unended = tried ? "the connect did not end in time" : "its turn to connect did not come in time";
    const std::string& why = last_failure_.empty() ? unended : last_failure_;
    end(std::unexpected(CommandFailure{Refusal::connect_failed, "No connection to " + device_->displayName() + ": " + why + "."}));
  }
}

void Adding::end(std::expected<void, CommandFailure> outcome) {
  if (end_) return;
  heard_bound_.cancel();
  bound_.cancel();
  runtime::Loop& loop = host_.surroundings().loop;
  end_ = loop.at(loop.now(), "add: end", [ended = std::move(ended_), outcome = std::move(outcome)]() mutable { ended(std::move(outcome)); });
}

}  // namespace blupow::gateway
