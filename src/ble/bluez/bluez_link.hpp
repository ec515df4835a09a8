// One device's link over bluetoothd: connect, resolve, subscribe, write, disconnect, each as one step with a bound. The steps and what BlueZ does in
// each of them: docs/bluez-notes.md. Loop thread only. An observer's call is the last thing a function does: it may ask for the next step or end the link.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ble/bluez/air.hpp"
#include "ble/transport.hpp"
#include "runtime/loop.hpp"

namespace blupow::ble::bluez {

class BluezLink final : public Link {
 public:
  BluezLink(Air& air, const MacAddress& address, LinkObserver& observer);
  ~BluezLink() override;
  BluezLink(const BluezLink&) = delete;
  BluezLink& operator=(const BluezLink&) = delete;

  void connect() override;
  void resolve(std::span<const GattPath> paths) override;
  void subscribe() override;
  void write(ByteView bytes) override;
  void disconnect() override;
  bool up() const override;
  std::optional<int> rssi() const override;
  std::string name() const override;

  // From the transport, when the mirror holds the news already.
  void deviceAdded();
  void deviceChanged();
  void deviceRemoved();
  void gattAdded();
  void received(const std::string& characteristic, ByteView value);
  void radioGone(const Failure& failure);  // the adapter, bluetoothd or the bus went, and every path with it

 private:
  enum class Step : std::uint8_t {
    none,
    pausing,    // discovery is being stopped
    appearing,  // the object vanished with the discovery: wait for it with discovery on
    calling,    // Connect is under way
    settling,   // Connect succeeded, Connected is not told yet
    resolving,
    subscribing,
    writing,
    disconnecting,
  };

  void begin(Step step);
  void finish();
  void fail(const Failure& failure);
  void failLater(Failure failure);
  void down();
  void lose(const Failure& failure);
  void resumeScan();

  void discoveryStopped();
  void callConnect();
  void connectAnswered(const Reply<void>& reply);
  void connectFailed(const BusError& error);
  void connected();
  void look();
  bool find();
  void startNotify(int tries, bool stopped);
  void notifyAnswered(const Reply<void>& reply, int tries, bool stopped);
  void writeValue(const Bytes& bytes, int tries);
  void checkDown();

  const Device* device() const;
  bool linked() const;
  Failure notConnected() const;
  Failure characteristicFailure(const BusError& error, std::string_view doing) const;
  void callDevice(std::string_view method, Duration timeout, Answer<void> answer);
  void arm(Duration in, runtime::Task task);
  // Runs only if the link lives and the step is still the one that was under way when it was made.
  template <typename Task>
  auto inThisStep(Task task) {
    return [weak = std::weak_ptr(life_), step = *life_, task = std::move(task)](auto&&... arguments) mutable {
      const auto life = weak.lock();
      if (life && *life == step) task(std::forward<decltype(arguments)>(arguments)...);
    };
  }

  Air& air_;
  const MacAddress address_;
  LinkObserver& observer_;
  std::shared_ptr<std::uint64_t> life_ = std::make_shared<std::uint64_t>(0);  // counts steps
  Step step_ = Step::none;
  runtime::Timer timer_;  // of the step
  bool held_ = false;     // connected, as the observer knows
  bool paused_ = false;   // discovery waits for us
  bool disconnectAnswered_ = false;
  int disconnectsUnderWay_ = 0;  // a bluetoothd that hung carries them out when it wakes
  int connectsUnderWay_ = 0;
  int hanging_ = 0;       // Connects in a row that were answered InProgress
  bool removed_ = false;  // RemoveDevice was tried against that
  int looks_ = 0;
  std::vector<GattPath> paths_;
  std::string write_;  // object paths
  std::string notify_;
};

}  // namespace blupow::ble::bluez
