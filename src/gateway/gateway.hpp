// The centre: the added devices and what keeps them read, one adapter's turns, the commands, and the listeners. Nothing here knows MQTT, JSON or
// D-Bus. The way in: start() with what was stored; the way out: stop(), then destroy. Loop thread.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/adding.hpp"
#include "gateway/air.hpp"
#include "gateway/banks.hpp"
#include "gateway/commands.hpp"
#include "gateway/connect_arbiter.hpp"
#include "gateway/discoveries.hpp"
#include "gateway/events.hpp"
#include "gateway/managed_device.hpp"
#include "gateway/meters.hpp"
#include "gateway/saver.hpp"
#include "gateway/settings.hpp"
#include "gateway/statistics.hpp"
#include "gateway/store.hpp"
#include "gateway/subscribers.hpp"

namespace blupow::gateway {

class Gateway final : public Commands, private DeviceHost, private Air::Ear {
 public:
  using Subscription = Subscribers<Listener>::Subscription;

  // All of it outlives the gateway.
  // meters: null = no energy is counted.
  Gateway(runtime::Loop& loop, ble::Transport& transport, const profile::Catalogue& catalogue, DeviceStore& store, Settings settings,
          MeterStore* meters = nullptr);
  ~Gateway() override;
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  [[nodiscard]] Subscription subscribe(Listener& listener) { return listeners_.add(listener); }

  // Once, after the listeners have subscribed: they hear deviceAdded of each device (and deviceRemoved of those whose line in the options is gone).
  void start(const std::vector<StoredDevice>& stored);
  // Ends every link and command, saves what is to be saved, then calls back: within 3 s, never inside the call.
  void stop(runtime::Task done);

  std::vector<DeviceSummary> devices() const override;
  void discover(Duration time, Answer<std::vector<HeardDevice>> answer) override;
  void add(AddRequest request, Answer<DeviceSummary> answer) override;
  void remove(const MacAddress& address, Answer<void> answer) override;
  void refresh(const MacAddress& address, Answer<DeviceSummary> answer) override;
  void identify(const MacAddress& address, Answer<DeviceSummary> answer) override;
  void release(const MacAddress& address, std::chrono::minutes time, Answer<void> answer) override;
  void resume(const MacAddress& address, Answer<void> answer) override;
  void set(const UnitAddress& unit, std::string key, std::string text, Answer<void> answer) override;

  // For listeners that come late or must say everything again. What is pointed to is good during the call only.
  void eachDevice(const std::function<void(const Device&)>& call) const;
  void eachBank(const std::function<void(const Bank&)>& call) const { banks_.each(call); }  // see Banks::each
  const GatewayState& state() const { return statistics_.state(); }

 private:
  struct Addition {
    Answer<DeviceSummary> answer;
    std::unique_ptr<Adding> adding;
  };
  struct Leaving {
    std::unique_ptr<ManagedDevice> device;
    runtime::Task gone;  // called once: when the link is down, at the bound at the latest
    runtime::Timer bound;
  };

  const Surroundings& surroundings() const override { return surroundings_; }
  const Settings& settings() const override { return settings_; }
  const Subscribers<Listener>& listeners() const override { return listeners_; }
  Meters& meters() override { return meters_; }
  void storedChanged() override { saver_.save(); }
  void polled(bool ok, Duration taken) override { statistics_.polled(ok, taken); }
  void radioChanged(const RadioStatus& status) override;
  void heard(const ble::Advertisement& /*advertisement*/) override {}

  // gateway_commands.cpp: the device of a command, or why it cannot be had now.
  std::expected<ManagedDevice*, CommandFailure> reach(const MacAddress& address) const;
  template <typename T>
  Answer<T> later(Answer<T> answer);  // answered on the loop

  std::optional<CommandFailure> refuseAdd(const AddRequest& request) const;
  bool inTransit(const MacAddress& address) const;  // on its way in or out
  void addEnded(std::list<Addition>::iterator addition, const std::expected<void, CommandFailure>& outcome);
  void addStored(const MacAddress& address, Answer<DeviceSummary> answer, const Result<>& saved);
  void removed(const MacAddress& address, Answer<void> answer);
  void leave(std::unique_ptr<ManagedDevice> device, Duration bound, runtime::Task gone);
  void left(std::list<Leaving>::iterator leaving);
  void forget(const std::vector<StoredDevice>& gone);
  std::vector<StoredDevice> storedDevices() const;
  void startDevices(const std::vector<MacAddress>& addresses);
  void countDevices();
  void stopIfDone();
  void tellStopped();

  runtime::Loop& loop_;
  const Settings settings_;
  Subscribers<Listener> listeners_;
  Air air_;
  ConnectArbiter arbiter_;
  Surroundings surroundings_;
  Statistics statistics_;
  Saver saver_;
  Meters meters_;
  Banks banks_;
  Subscription banks_listening_;
  Air::Listening listening_;
  RadioStatus radio_;  // as told last
  std::map<MacAddress, std::unique_ptr<ManagedDevice>> devices_;
  std::list<Addition> additions_;
  std::list<Leaving> leaving_;
  std::map<MacAddress, StoredDevice> departing_;  // being removed: they stay stored until the listeners know that they are gone
  Discoveries discoveries_;
  runtime::Task when_stopped_;
  runtime::Timer stop_bound_;
  bool stopping_ = false;
  int links_to_end_ = 0;          // while stopping
  bool meters_to_store_ = false;  // while stopping
  enum class LastSave { none, asked, done } last_save_ = LastSave::none;
};

}  // namespace blupow::gateway
