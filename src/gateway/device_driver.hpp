// One link at work: owns the pure session and the transport's link, carries out the session's actions and feeds it what happens. Knows no store and
// no list of devices, so it serves a one-shot read as well as the gateway. Loop thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "ble/transport.hpp"
#include "device/session.hpp"
#include "gateway/air.hpp"
#include "gateway/connect_arbiter.hpp"
#include "gateway/device_log.hpp"
#include "profile/catalogue.hpp"
#include "runtime/loop.hpp"

namespace blupow::gateway {

// What drivers share. All of it outlives them.
struct Surroundings {
  runtime::Loop& loop;
  ble::Transport& transport;
  const profile::Catalogue& catalogue;
  Air& air;
  ConnectArbiter& arbiter;
};

// What a driver tells. It must not be destroyed inside such a call, but for stopped().
class DriverObserver {
 public:
  virtual ~DriverObserver() = default;
  virtual void signalHeard(int /*rssi*/) {}
  virtual void stateChanged(device::State /*from*/, device::State /*to*/) {}
  virtual void stepFailed(const Failure& /*failure*/) {}  // of connecting, resolving, subscribing or writing
  virtual void linkLost() {}                              // not by us
  virtual void linkGone() {}                              // no link is held any more, whoever ended it
  virtual void identified() {}
  virtual void notIdentified(const device::action::NotIdentified& /*what*/) {}
  virtual void unitPolled(const device::action::UnitPolled& /*what*/) {}
  virtual void unitOnline(const device::action::UnitOnline& /*what*/) {}
  virtual void pollEnded(const device::action::PollEnded& /*what*/) {}
  virtual void writeEnded(const device::action::WriteEnded& /*what*/) {}
  virtual void historyRead(const device::action::HistoryRead& /*what*/) {}
  virtual void reasonChanged(device::ConnectionReason /*reason*/) {}
  virtual void stopped() {}  // after stop(): no link is held any more
};

class DeviceDriver final : private ble::LinkObserver, private Air::Ear, private ConnectArbiter::Candidate {
 public:
  // name: the given one; may be empty. The observer outlives the driver.
  DeviceDriver(const Surroundings& surroundings, device::SessionConfig config, std::string name, DriverObserver& observer);
  ~DeviceDriver() override;
  DeviceDriver(const DeviceDriver&) = delete;
  DeviceDriver& operator=(const DeviceDriver&) = delete;

  void start();
  void refresh();   // poll now: a person waits for it
  void identify();  // recognise anew: likewise
  // Hands the link over until then; said to a person as text. Once more: the new time counts.
  void release(TimePoint until, const std::string& text);
  void resume();
  void set(std::uint64_t number, std::size_t unit, std::string key, std::string text);  // ends in writeEnded with this number
  void stop();  // disconnects what is up, then stopped(), never inside the call. Nothing is done after it

  const device::Session& session() const { return session_; }
  const MacAddress& address() const { return address_; }
  std::string displayName() const;
  void rename(std::string name);
  void urgent(bool urgent) { urgent_ = urgent; }  // a person waits: its connect comes before others
  bool wasHeard() const { return heard_; }        // or found connected, since start()
  bool wasConnected() const { return connected_; }

 private:
  void linkConnected() override;
  void linkResolved(std::size_t path) override;
  void linkSubscribed() override;
  void linkWritten() override;
  void linkReceived(ByteView notification) override;
  void linkFailed(const Failure& failure) override;
  void linkLost(const Failure& failure) override;
  void linkDown() override;
  void radioChanged(const RadioStatus& status) override;
  void heard(const ble::Advertisement& advertisement) override;
  void turnGranted() override;
  void yieldLink() override;
  bool holdsLink() const override { return session_.holdsLink(); }
  TimePoint idleSince() const override { return session_.idleSince(); }

  void feed(device::Event event);
  void step(const device::Event& event);
  void arm();
  void tick();
  void lookForLink();  // one that is up already
  void wishScan();
  void tellStopped();
  std::string described() const;

  void act(const device::action::AskTurn& action);
  void act(const device::action::EndTurn& action);
  void act(const device::action::Connect& action);
  void act(const device::action::Resolve& action);
  void act(const device::action::Subscribe& action);
  void act(const device::action::Write& action);
  void act(const device::action::Disconnect& action);
  void act(const device::action::StateChanged& action);
  void act(const device::action::ReasonChanged& action);
  void act(const device::action::Identified& action);
  void act(const device::action::NotIdentified& action);
  void act(const device::action::UnitPolled& action);
  void act(const device::action::UnitOnline& action);
  void act(const device::action::PollEnded& action);
  void act(const device::action::WriteEnded& action);
  void act(const device::action::HistoryRead& action);
  void act(const device::action::Note& action);

  Surroundings around_;
  DriverObserver& observer_;
  MacAddress address_;
  std::string given_name_;
  device::Session session_;
  DeviceLog log_;
  std::unique_ptr<ble::Link> link_;
  Air::Listening listening_;
  std::optional<Air::ScanWish> scan_wish_;
  runtime::Timer deadline_;
  runtime::Timer look_;
  TimePoint armed_ = kNever;
  runtime::Timer stopped_;
  std::deque<device::Event> events_;  // waiting while a step is under way
  bool stepping_ = false;
  bool stopping_ = false;
  bool urgent_ = false;
  bool heard_ = false;
  bool connected_ = false;
};

}  // namespace blupow::gateway
