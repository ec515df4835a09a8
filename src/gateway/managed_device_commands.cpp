// ManagedDevice: what a person asks of it.
#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "gateway/managed_device.hpp"
#include "gateway/names.hpp"

namespace blupow::gateway {

namespace {

constexpr std::size_t kLongestShown = 60;  // bytes of a key or a value that came from outside

std::string shown(std::string_view text) { return printable(text.substr(0, kLongestShown)); }

}  // namespace

void ManagedDevice::refresh(Answer<DeviceSummary> answer) {
  if (known_.stored.released_until) {
    answer(std::unexpected(handedOver()));
    return;
  }
  refreshes_.add(std::move(answer));
  driver_->refresh();
}

void ManagedDevice::identify(Answer<DeviceSummary> answer) {
  if (known_.stored.released_until) {
    answer(std::unexpected(handedOver()));
    return;
  }
  identifications_.add(std::move(answer));
  driver_->identify();
}

void ManagedDevice::release(std::chrono::minutes time) {
  const runtime::Loop& loop = host_.surroundings().loop;
  const WallTime until = std::chrono::ceil<std::chrono::seconds>(loop.wallNow() + time);  // as it is stored and told
  known_.stored.released_until = until;
  link_watch_.handedOver(until);
  driver_->release(loop.now() + time, isoUtc(until));
  endCommands(handedOver());
}

void ManagedDevice::whenLinkGone(Answer<void> answer) {
  if (driver_->session().holdsLink()) {
    releases_.add(std::move(answer));
  } else {
    answer({});
  }
}

void ManagedDevice::resume() { driver_->resume(); }

void ManagedDevice::set(std::optional<std::uint8_t> unit, std::string key, std::string text, Answer<void> answer) {
  const Setting setting{shown(key), shown(text)};
  const std::optional<std::size_t> index = unitKnownAs(unit);
  if (auto refused = refuseSetting(index, key)) {
    settingEnded(setting, refused->message);
    refused->message = displayName() + ": " + link_watch_.status().last_write;
    answer(std::unexpected(std::move(*refused)));
    return;
  }
  const std::uint64_t number = ++writes_;
  on_the_way_.emplace(number, setting);
  settings_.add(number, std::move(answer));
  driver_->set(number, *index, std::move(key), std::move(text));
}

// Why nothing is sent to the device at all; the message is a clause.
std::optional<CommandFailure> ManagedDevice::refuseSetting(std::optional<std::size_t> unit, std::string_view key) const {
  if (const auto until = known_.stored.released_until) return CommandFailure{Refusal::busy, "the device is handed over until " + isoUtc(*until)};
  if (!unit) return CommandFailure{Refusal::unknown_device, driver_->session().unitCount() == 0 ? "the device is not recognised yet" : "there is no such unit"};
  const profile::Field* field = driver_->session().variant(*unit).field(key);
  if (field == nullptr || !field->setting) return CommandFailure{Refusal::bad_argument, "the device has no such setting"};
  if (!field->setting->always && !host_.settings().allow_settings) return CommandFailure{Refusal::not_allowed, "the option 'allow_settings' is off"};
  return std::nullopt;
}

void ManagedDevice::writeEnded(const device::action::WriteEnded& what) {
  const auto found = on_the_way_.extract(what.number);
  if (!found) return;
  settingEnded(found.mapped(), what.failure);
  if (what.failure.empty()) {
    settings_.end(what.number, {});
  } else {
    settings_.end(what.number, std::unexpected(CommandFailure{Refusal::failed, displayName() + ": " + link_watch_.status().last_write}));
  }
}

void ManagedDevice::settingEnded(const Setting& setting, const std::string& failure) {
  link_watch_.written(setting.key + (failure.empty() ? " was set to " + setting.text : " was not set to " + setting.text + ": " + failure) + ".");
  say(failure.empty() ? LogLevel::info : LogLevel::warning, link_watch_.status().last_write);
}

// The write may still be done, and is then told.
CommandFailure ManagedDevice::settingLate(std::uint64_t number) {
  CommandFailure failure = late();
  settingEnded(on_the_way_.at(number), "no answer in time, " + explained(reason()));
  failure.message = displayName() + ": " + link_watch_.status().last_write;
  return failure;
}

CommandFailure ManagedDevice::late() {
  if (refreshes_.empty() && identifications_.empty() && settings_.empty()) driver_->urgent(false);
  return failureFor(driver_->session().reason(), displayName());
}

CommandFailure ManagedDevice::handedOver() const {
  return {Refusal::busy, displayName() + " is handed over until " + isoUtc(*known_.stored.released_until) + "; resume_device takes it back."};
}

void ManagedDevice::endCommands(const CommandFailure& failure) {
  refreshes_.endAll(std::unexpected(failure));
  identifications_.endAll(std::unexpected(failure));
  settings_.endAll(std::unexpected(failure));
}

std::optional<std::size_t> ManagedDevice::unitKnownAs(std::optional<std::uint8_t> known_as) const {
  const device::Session& session = driver_->session();
  for (std::size_t index = 0; index < session.unitCount(); ++index) {
    if (!known_as || session.unit(index).known_as == *known_as) return index;
  }
  return std::nullopt;
}

}  // namespace blupow::gateway
