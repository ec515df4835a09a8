// One added device: what is stored of it, its driver, and what the listeners hear of it. Loop thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/commands.hpp"
#include "gateway/device_driver.hpp"
#include "gateway/events.hpp"
#include "gateway/link_watch.hpp"
#include "gateway/log.hpp"
#include "gateway/meters.hpp"
#include "gateway/registry.hpp"
#include "gateway/settings.hpp"
#include "gateway/store.hpp"
#include "gateway/subscribers.hpp"
#include "gateway/waiting.hpp"

namespace blupow::gateway {

// What a managed device needs of the gateway.
class DeviceHost {
 public:
  virtual ~DeviceHost() = default;
  virtual const Surroundings& surroundings() const = 0;
  virtual const Settings& settings() const = 0;
  virtual const Subscribers<Listener>& listeners() const = 0;
  virtual Meters& meters() = 0;
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

  // The commands (managed_device_commands.cpp), of a device whose type is known. Each is answered within 25 s, busy while it is handed over.
  void refresh(Answer<DeviceSummary> answer);
  void identify(Answer<DeviceSummary> answer);
  void release(std::chrono::minutes time);  // a change of what is stored, as is resume
  void whenLinkGone(Answer<void> answer);
  void resume();
  void set(std::optional<std::uint8_t> unit, std::string key, std::string text, Answer<void> answer);

  // Its meters have news though no poll ended: told as a snapshot.
  void metersStored(const Meters::Place& unit);

  // Ends the link, then calls back (also after a while, when the link does not go down). Commands under way are answered with a failure.
  void stop(runtime::Task stopped);

  const StoredDevice& stored() const { return known_.stored; }
  bool inOptions() const { return known_.in_options; }
  bool typeKnown() const { return driver_ != nullptr; }
  const DeviceDriver& driver() const { return *driver_; }
  std::string displayName() const;
  Device view() const;
  DeviceSummary summary() const;

 private:
  struct Seen {            // of a unit, since the start
    bool polled = false;   // it brought something
    bool settled = false;  // every block was answered or failed
  };
  struct Setting {  // on its way to the device, as people read it
    std::string key;
    std::string text;
  };

  void signalHeard(int rssi) override;
  void stateChanged(device::State from, device::State to) override;
  void linkLost() override;
  void linkGone() override;
  void stepFailed(const Failure& failure) override;
  void identified() override;
  void notIdentified(const device::action::NotIdentified& what) override;
  void unitPolled(const device::action::UnitPolled& what) override;
  void unitOnline(const device::action::UnitOnline& what) override;
  void pollEnded(const device::action::PollEnded& what) override;
  void writeEnded(const device::action::WriteEnded& what) override;
  void historyRead(const device::action::HistoryRead& what) override;
  void reasonChanged(device::ConnectionReason reason) override;
  void stopped() override;

  void keepHandOver();
  void matchUnits();
  void rememberUnits();
  void tellLink();
  device::ConnectionReason reason() const;
  std::optional<std::size_t> unitKnownAs(std::optional<std::uint8_t> known_as) const;
  void say(LogLevel level, const std::string& text) const;
  CommandFailure handedOver() const;
  CommandFailure late();
  CommandFailure settingLate(std::uint64_t number);
  std::optional<CommandFailure> refuseSetting(std::optional<std::size_t> unit, std::string_view key) const;
  void settingEnded(const Setting& setting, const std::string& failure);
  void endCommands(const CommandFailure& failure);
  void finishStop();

  DeviceHost& host_;
  KnownDevice known_;
  std::unique_ptr<DeviceDriver> driver_;  // null: no profile of this type is known
  DriverObserver* watcher_ = nullptr;
  std::vector<Seen> seen_;  // by unit
  bool announced_ = false;
  bool identifying_ = false;
  LinkWatch link_watch_;
  Waiting<DeviceSummary> refreshes_;
  Waiting<DeviceSummary> identifications_;
  Waiting<void> releases_;
  Waiting<void> settings_;                       // by the number of the write
  std::map<std::uint64_t, Setting> on_the_way_;  // likewise; also those whose answer was given at the bound
  std::uint64_t writes_ = 0;
  runtime::Task when_stopped_;
  runtime::Timer stop_bound_;
};

}  // namespace blupow::gateway
