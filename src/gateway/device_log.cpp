#include "gateway/device_log.hpp"

#include "gateway/log.hpp"
#include "gateway/names.hpp"

namespace blupow::gateway {

using device::ConnectionReason;

namespace {

// Connected and connecting are no cause of being away; handed over is said by the command that did it.
bool isCause(ConnectionReason reason) {
  return reason != ConnectionReason::connected && reason != ConnectionReason::connecting && reason != ConnectionReason::handed_over;
}

}  // namespace

DeviceLog::DeviceLog(const MacAddress& address, std::string name) : address_(address), name_(std::move(name)) {}

void DeviceLog::sent(ByteView bytes) const {
  if (logs(LogLevel::trace)) log(LogLevel::trace, line("> " + toHex(bytes)));
}

void DeviceLog::received(ByteView bytes) const {
  if (logs(LogLevel::trace)) log(LogLevel::trace, line("< " + toHex(bytes)));
}

void DeviceLog::failed(const Failure& failure) const {
  if (logs(LogLevel::debug)) log(LogLevel::debug, line(failure.text + " (" + std::string(blupow::name(failure.kind)) + ")"));
}

void DeviceLog::changed(device::State from, device::State to) const {
  if (logs(LogLevel::debug)) log(LogLevel::debug, line(std::string(device::name(from)) + " -> " + std::string(device::name(to))));
}

void DeviceLog::note(const device::action::Note& note) const { log(note.warning ? LogLevel::warning : LogLevel::debug, line(note.text)); }

void DeviceLog::lost(const Failure& failure, ConnectionReason now) {
  if (told_ != Told::well || isCause(now)) return;  // the cause is the better line
  told_ = Told::gone;
  cause_.reset();
  info("link lost: " + failure.text);
}

void DeviceLog::reason(ConnectionReason reason) {
  if (!isCause(reason) || (told_ == Told::gone && cause_ == reason)) return;
  told_ = Told::gone;
  cause_ = reason;
  info(explained(reason));
}

void DeviceLog::handedOver(std::string_view until) {
  told_ = Told::gone;
  cause_ = ConnectionReason::handed_over;
  info("handed over until " + std::string(until));
}

void DeviceLog::offline(std::string_view unit) { info(unit.empty() ? "offline" : std::string(unit) + " is offline"); }

void DeviceLog::polled(ConnectionReason reason, std::string_view what) {
  if (reason != ConnectionReason::connected || told_ == Told::well) return;
  info(told_ == Told::nothing ? "connected, " + std::string(what) : "is back");
  told_ = Told::well;
  cause_.reset();
}

void DeviceLog::info(std::string_view text) const {
  if (!silent_) log(LogLevel::info, line(text));
}

std::string DeviceLog::line(std::string_view text) const {
  const std::string address = address_.text();
  return (name_ == address ? address : name_ + " (" + address + ")") + ": " + std::string(text);
}

}  // namespace blupow::gateway
