#include "app/read_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/one_shot.hpp"
#include "gateway/connect_arbiter.hpp"
#include "gateway/device_driver.hpp"
#include "gateway/names.hpp"

namespace blupow::app {

namespace {

constexpr Duration kToDisconnect = std::chrono::seconds(2);  // kept of the time; bluetoothd takes up to 2 s

// A link that is only looked at: nothing is asked of it, so nothing is answered.
class Onlooker final : public ble::LinkObserver {
 public:
  void linkConnected() override {}
  void linkResolved(std::size_t /*path*/) override {}
  void linkSubscribed() override {}
  void linkWritten() override {}
  void linkReceived(ByteView /*notification*/) override {}
  void linkFailed(const Failure& /*failure*/) override {}
  void linkLost(const Failure& /*failure*/) override {}
  void linkDown() override {}
};

bool isConnected(ble::Transport& transport, const MacAddress& address) {
  Onlooker onlooker;
  return transport.link(address, onlooker)->up();
}

// The same profiles, but asking this Modbus id only.
profile::Catalogue withUnit(const profile::Catalogue& catalogue, std::optional<std::uint8_t> unit) {
  if (!unit) return catalogue;
  std::vector<profile::ProfilePtr> profiles;
  for (const profile::ProfilePtr& profile : catalogue.all()) {
    auto changed = std::make_shared<profile::Profile>(*profile);
    changed->unit_ids = {*unit};
    profiles.push_back(std::move(changed));
  }
  return profile::Catalogue(std::move(profiles));
}

class OneRead final : private gateway::DriverObserver, private gateway::Air::Ear {
 public:
  OneRead(const ReadRequest& request, const profile::Catalogue& catalogue)
      : request_(request), catalogue_(withUnit(catalogue, request.unit)), shot_(request.adapter), arbiter_(shot_.loop()) {}

  ReadOutcome run() {
    const Result<> radio = shot_.run([this] { begin(); });
    if (!radio) outcome_.units = std::unexpected(radio.error());
    return std::move(outcome_);
  }

 private:
  void begin() {
    if (isConnected(shot_.transport(), request_.address)) {
      outcome_.heard = true;
      outcome_.was_connected = true;
      outcome_.units =
          fail(FailureKind::in_use, fmt::format("{0} is connected already, by another program on this host or by one that died. End that program (the "
                                                "BluPow service?), or free the device: bluetoothctl disconnect {0}",
                                                request_.address.text()));
      shot_.finish();
      return;
    }
    shot_.loop().onSignal([this](int) { conclude(fail(FailureKind::retry_later, "ended by a signal")); });
    device::SessionConfig config{.address = request_.address};
    if (request_.type) config.type = catalogue_.find(request_.type->type);
    if (const auto last = shot_.air().lastHeard(request_.address)) config.advertised_name = last->name;
    gateway::DriverObserver& self = *this;
    driver_.emplace(gateway::Surroundings{shot_.loop(), shot_.transport(), catalogue_, shot_.air(), arbiter_}, std::move(config), std::string(), self);
    driver_->urgent(true);
    bound(request_.time);
    listening_ = shot_.air().listen(*this);
    driver_->start();
  }

  // Ends the try in time to end the link, and everything at the very end.
  void bound(Duration time) {
    const TimePoint end = shot_.loop().now() + time;
    give_up_ = shot_.loop().at(end - std::min(kToDisconnect, time / 4), "end of read", [this] { conclude(std::unexpected(whatFailed())); });
    end_ = shot_.loop().at(end, "very end of read", [this] { shot_.finish(); });
  }

  Failure whatFailed() const {
    const device::ConnectionReason reason = driver_->session().reason();
    const std::string address = request_.address.text();
    if (reason == device::ConnectionReason::access_denied) return {FailureKind::access_denied, fmt::format("{}: {}", address, gateway::explained(reason))};
    if (!driver_->wasHeard()) {
      return {FailureKind::device_absent, fmt::format("nothing was heard of {}: it is asleep, out of range or used by a phone", address)};
    }
    const bool underWay = reason == device::ConnectionReason::connected || reason == device::ConnectionReason::connecting;
    return {FailureKind::retry_later, fmt::format("{}: {}", address, underWay ? "it did not answer in time" : gateway::explained(reason))};
  }

  // Of those units that answered.
  std::vector<UnitReading> units() const {
    std::vector<UnitReading> units;
    const device::Session& session = driver_->session();
    for (std::size_t index = 0; index < session.unitCount(); ++index) {
      if (session.readings(index).empty()) continue;
      const device::UnitIdentity& unit = session.unit(index);
      units.push_back({.id = unit.id, .type = unit.family->type, .model = unit.model, .state = session.readings(index)});
    }
    return units;
  }

  void conclude(Result<std::vector<UnitReading>> units) {
    if (concluded_) return;
    concluded_ = true;
    outcome_.heard = driver_->wasHeard();
    outcome_.units = std::move(units);
    give_up_.cancel();
    shot_.loop().post("end link", [this] { driver_->stop(); });
  }

  void notIdentified(const device::action::NotIdentified& what) override {
    const std::string answers = what.answers.empty() ? "" : " (" + what.answers + ")";
    conclude(fail(what.failure.kind == FailureKind::device_absent ? FailureKind::retry_later : what.failure.kind,
                  fmt::format("{}: {}{}", request_.address.text(), what.failure.text, answers)));
  }
  // Where no unit answered the session tries again by itself, until the time is over.
  void pollEnded(const device::action::PollEnded& /*what*/) override {
    if (auto read = units(); !read.empty()) conclude(std::move(read));
  }
  void stopped() override { shot_.finish(); }

  void radioChanged(const RadioStatus& /*status*/) override {}
  void heard(const ble::Advertisement& advertisement) override {
    if (advertisement.address != request_.address || !request_.time_from_heard || concluded_) return;
    listening_ = {};
    bound(request_.time);
  }

  const ReadRequest& request_;
  profile::Catalogue catalogue_;
  OneShot shot_;
  gateway::ConnectArbiter arbiter_;
  std::optional<gateway::DeviceDriver> driver_;
  gateway::Air::Listening listening_;
  runtime::Timer give_up_;
  runtime::Timer end_;
  bool concluded_ = false;
  ReadOutcome outcome_;
};

}  // namespace

ReadOutcome readDevice(const ReadRequest& request, const profile::Catalogue& catalogue) { return OneRead(request, catalogue).run(); }

}  // namespace blupow::app
