#include "app/one_shot.hpp"

#include <fmt/format.h>

#include <utility>

#include "app/radio_trouble.hpp"

namespace blupow::app {

namespace {

constexpr Duration kGrace = std::chrono::seconds(3);  // after a restart bluetoothd shows its adapter late, and switched off at first

}  // namespace

OneShot::OneShot(std::string adapter) : adapter_(std::move(adapter)), transport_(loop_, adapter_), air_(transport_) {}

Result<> OneShot::run(runtime::Task ready) {
  ready_ = std::move(ready);
  listening_ = air_.listen(*this);
  grace_ = loop_.at(loop_.now() + kGrace, "radio not ready", [this] { giveUp(); });
  loop_.post("radio at start", [this] { radioChanged(air_.radio()); });
  loop_.run();
  return result_;
}

void OneShot::finish() { loop_.stop(); }

void OneShot::giveUp() {
  const RadioTrouble trouble = radioTrouble(air_.radio(), adapter_);
  result_ = fail(trouble.kind, fmt::format("{}. {}", trouble.what, trouble.cure));
  finish();
}

void OneShot::radioChanged(const RadioStatus& status) {
  const bool hopeless = status.state == RadioState::access_denied || status.state == RadioState::no_bus;
  if (ready_ && hopeless) giveUp();
  if (status.state != RadioState::ready || !ready_) return;
  grace_.cancel();
  std::exchange(ready_, nullptr)();
}

}  // namespace blupow::app
