// One device on its way in: heard, connected, recognised and read once, or the reason why not. Ends within its bound, whatever the device does; what
// becomes of the device then (kept or stopped) is its owner's business. Loop thread.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "gateway/managed_device.hpp"

namespace blupow::gateway {

class Adding final : private DriverObserver {
 public:
  // ok: recognised and read. Called once, never inside another call; the adding may be destroyed in it.
  using Ended = std::move_only_function<void(std::expected<void, CommandFailure>)>;

  Adding(DeviceHost& host, KnownDevice known, Ended ended);
  ~Adding() override;
  Adding(const Adding&) = delete;
  Adding& operator=(const Adding&) = delete;

  void start();
  const MacAddress& address() const { return device_->stored().address; }
  std::unique_ptr<ManagedDevice> take();  // after the end: the device, still at work

 private:
  void stepFailed(const Failure& failure) override;
  void notIdentified(const device::action::NotIdentified& what) override;
  void unitPolled(const device::action::UnitPolled& what) override;

  void judgeHeard();
  void judgeAll();
  void end(std::expected<void, CommandFailure> outcome);

  DeviceHost& host_;
  std::unique_ptr<ManagedDevice> device_;
  Ended ended_;
  runtime::Timer heard_bound_;
  runtime::Timer bound_;
  runtime::Timer end_;
  std::string last_failure_;
};

}  // namespace blupow::gateway
