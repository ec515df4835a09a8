// One added device: what is stored of it, its driver, and what the listeners hear of it. Loop thread.
#pragma once

#include <list>
#include <memory>
#include <vector>

#include "gateway/commands.hpp"
#include "gateway/device_driver.hpp"
#include "gateway/events.hpp"
#include "gateway/registry.hpp"
#include "gateway/settings.hpp"
#include "gateway/store.hpp"
#include "gateway/subscribers.hpp"

namespace blupow::gateway {

// What a managed device needs of the gateway.
class DeviceHost {
 public:
  virtual ~DeviceHost() = default;
  virtual const Surroundings& surroundings() const = 0;
  virtual const Settings& settings() const = 0;
  virtual const Subscribers<Listener>& listeners() const = 0;
  virtual void storedChanged() = 0;
  virtual void polled(bool ok, Duration taken) = 0;
};

// Why the device could not be had, in the words of the commands.
CommandFailure failureFor(device::ConnectionReason reason, const std::string& name);

class ManagedDevice final : private DriverObserver {
 public:
  ManagedDevice(DeviceHost& host, KnownDevice known);
  ~ManagedDevice() override;
  ManagedDevice(const ManagedDevice&) = delete;
  ManagedDevice& operator=(const ManagedDevice&) = delete;

  void start();
  // The listeners hear of it from now on; what is known already is told at once.
  void announce();
  bool announced() const { return announced_; }
  // Hears the same as the device does, after it; null = nobody.
  void watch(DriverObserver* watcher) { watcher_ = watcher; }
  void urgent() { driver_->urgent(true); }

  void refresh(Answer<DeviceSummary> answer);
  // Ends the link, then calls back (also after a while, when the link does not go down). Pending refreshes are answered with a failure.
  void stop(runtime::Task stopped);

  const StoredDevice& stored() const { return known_.stored; }
  bool inOptions() const { return known_.in_options; }
  bool typeKnown() const { return driver_ != nullptr; }
  const DeviceDriver& driver() const { return *driver_; }
  std::string displayName() const;
  Device view() const;
  DeviceSummary summary() const;

 private:
  struct Waiting {
    Answer<DeviceSummary> answer;
    runtime::Timer bound;
  };

  void stepFailed(const Failure& failure) override;
  void identified() override;
  void notIdentified(const device::action::NotIdentified& what) override;
  void unitPolled(const device::action::UnitPolled& what) override;
  void unitOnline(const device::action::UnitOnline& what) override;
  void pollEnded(const device::action::PollEnded& what) override;
  void reasonChanged(device::ConnectionReason reason) override;
  void stopped() override;

  void rememberUnits();
  void answerRefreshes();
  void refreshLate();
  void finishStop();

  DeviceHost& host_;
  KnownDevice known_;
  std::unique_ptr<DeviceDriver> driver_;  // null: no profile of this type is known
  DriverObserver* watcher_ = nullptr;
  std::vector<bool> settled_;  // by unit
  std::vector<bool> polled_;   // by unit, since the start
  bool announced_ = false;
  std::list<Waiting> refreshes_;
  runtime::Task when_stopped_;
  runtime::Timer stop_bound_;
};

}  // namespace blupow::gateway
