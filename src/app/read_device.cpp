#include "app/read_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/one_shot.hpp"
#include "app/register_reader.hpp"
#include "gateway/connect_arbiter.hpp"
#include "gateway/device_driver.hpp"
#include "gateway/names.hpp"
#include "profile/decode.hpp"

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

// The same profile, but asking this Modbus id only.
profile::ProfilePtr withUnit(const profile::ProfilePtr& profile, std::optional<std::uint8_t> unit) {
  if (!unit) return profile;
  auto changed = std::make_shared<profile::Profile>(*profile);
  changed->unit_ids = {*unit};
  return changed;
}

profile::Catalogue withUnit(const profile::Catalogue& catalogue, std::optional<std::uint8_t> unit) {
  std::vector<profile::ProfilePtr> profiles;
  for (const profile::ProfilePtr& profile : catalogue.all()) profiles.push_back(withUnit(profile, unit));
  return profile::Catalogue(std::move(profiles));
}

// Where a device may answer that no profile fits: by the id that every device takes for its own, else by one that some family has.
std::vector<std::uint8_t> guesses(const profile::Catalogue& catalogue, std::optional<std::uint8_t> unit) {
  if (unit) return {*unit};
  std::vector<std::uint8_t> ids{modbus::kAnyUnit};
  for (const profile::ProfilePtr& profile : catalogue.all()) {
    for (const std::uint8_t id : profile->unit_ids) {
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
  }
  return ids;
}

class OneRead final : private gateway::DriverObserver, private gateway::Air::Ear {
 public:
  OneRead(const ReadRequest& request, const profile::Catalogue& catalogue)
      : request_(request),
        catalogue_(withUnit(catalogue, request.unit)),
        shot_(request.adapter),
        arbiter_(shot_.loop()),
        around_{shot_.loop(), shot_.transport(), catalogue_, shot_.air(), arbiter_} {}

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
    shot_.loop().onSignal([this](int) {
      if (!stopDump()) conclude(fail(FailureKind::retry_later, "ended by a signal"));
    });
    device::SessionConfig config{.address = request_.address};
    if (request_.type) config.type = withUnit(request_.type, request_.unit);
    if (const auto last = shot_.air().lastHeard(request_.address)) config.advertised_name = last->name;
    gateway::DriverObserver& self = *this;
    driver_.emplace(around_, std::move(config), std::string(), self);
    driver_->urgent(true);
    bound(request_.time);
    listening_ = shot_.air().listen(*this);
    driver_->start();
  }

  // Ends the try in time to end the link, and everything at the very end.
  void bound(Duration time) {
    const TimePoint end = shot_.loop().now() + time;
    give_up_ = shot_.loop().at(end - std::min(kToDisconnect, time / 4), "end of read", [this] {
      if (!stopDump()) conclude(std::unexpected(whatFailed()));
    });
    end_ = shot_.loop().at(end, "very end of read", [this] { endDump(); });
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
      units.push_back(
          {.id = unit.id, .type = unit.family->type, .model = unit.model, .state = profile::published(session.variant(index), session.readings(index))});
    }
    return units;
  }

  void conclude(Result<std::vector<UnitReading>> units) {
    if (concluded_) return;
    concluded_ = true;
    outcome_.heard = driver_->wasHeard();
    outcome_.units = std::move(units);
    if (wantsDump() && outcome_.units) {
      shot_.loop().post("dump", [this] { beginDump(); });  // the link stays up
      return;
    }
    if (!wantsDump()) give_up_.cancel();
    shot_.loop().post("end link", [this] { driver_->stop(); });
  }

  // A device that answered, though it may be none that a profile fits.
  bool wantsDump() const {
    if (!request_.dump || late_) return false;
    return outcome_.units || (outcome_.units.error().kind == FailureKind::rejected && !request_.type && driver_->wasConnected());
  }

  void beginDump() {
    std::vector<std::uint8_t> ids;
    if (outcome_.units) {
      for (const UnitReading& unit : *outcome_.units) ids.push_back(unit.id);
    }
    driver_.reset();
    reader_.emplace(around_, request_.address, [this] { endDump(); });
    reader_->start(ids.empty() ? guesses(catalogue_, request_.unit) : ids, ids.empty());
  }

  void endDump() {
    takeRegisters();
    shot_.finish();
  }

  // In the order of the units that were read; where none was recognised, of the one that answered.
  void takeRegisters() {
    if (!reader_) return;
    if (outcome_.units) {
      for (std::size_t index = 0; index < outcome_.units->size(); ++index) (*outcome_.units)[index].registers = reader_->dumps()[index].registers();
      return;
    }
    for (const RegisterDump& dump : reader_->dumps()) {
      if (dump.registers().empty()) continue;
      outcome_.units = std::vector<UnitReading>{{.id = dump.unit(), .type = {}, .model = {}, .state = {}, .registers = dump.registers()}};
      return;
    }
  }

  // The dump, if one is under way: what it has so far is the answer.
  bool stopDump() {
    late_ = true;
    if (reader_) reader_->stop();
    return reader_.has_value();
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
  void stopped() override {
    if (wantsDump()) {
      beginDump();
    } else {
      shot_.finish();
    }
  }

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
  gateway::Surroundings around_;
  std::optional<gateway::DeviceDriver> driver_;
  gateway::Air::Listening listening_;
  runtime::Timer give_up_;
  runtime::Timer end_;
  std::optional<RegisterReader> reader_;
  bool late_ = false;  // the time is over
  bool concluded_ = false;
  ReadOutcome outcome_;
};

}  // namespace

ReadOutcome readDevice(const ReadRequest& request, const profile::Catalogue& catalogue) { return OneRead(request, catalogue).run(); }

}  // namespace blupow::app
