// The energy meters of all units (profile.meters), counted at every poll, stored at most every half minute while they change, and shown once they
// are stored: whatever ends the process, no value that was shown falls. A unit's place is its address and the id that it is known as, so it keeps its
// meters when its id changes. Loop thread.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "device/meter.hpp"
#include "device/session.hpp"
#include "gateway/store.hpp"
#include "runtime/loop.hpp"

namespace blupow::gateway {

inline constexpr std::string_view kMeterUnit = "kWh";
inline constexpr int kMeterDecimals = 4;

class Meters {
 public:
  struct Place {
    MacAddress address;
    std::uint8_t known_as = 0;

    auto operator<=>(const Place&) const = default;
  };
  static Place placeOf(const MacAddress& address, const device::UnitIdentity& unit);

  // store: null = nothing is counted and shown. news: new values of a unit are there to be shown whose next poll is far.
  Meters(runtime::Loop& loop, MeterStore* store, std::function<void(const Place&)> news);

  // Asks for what is stored, then calls ready: when it is there, but after 5 s at the latest. Without a store inside the call.
  void start(runtime::Task ready);
  // A poll of the unit brought something.
  void polled(const MacAddress& address, const device::Session& session, std::size_t unit, Duration poll_interval);
  // The unit's readings with its meters. Changed by the next call for the same unit, gone with forget().
  const profile::Readings& shown(const MacAddress& address, const device::Session& session, std::size_t unit);
  // The device is removed, or is none yet: its meters begin at 0.
  void forget(const MacAddress& address);
  // Stores what is not yet, then calls back, perhaps inside the call. A store that hangs is not waited for here.
  void stop(runtime::Task stopped);

 private:
  struct Counter {
    device::Meter meter;
    std::string place;  // in the store
    double base = 0;    // stored before this process began to count; known once loaded

    double total() const { return base + meter.wattHours(); }
  };
  struct Unit {
    std::map<std::string, Counter, std::less<>> counters;  // by key
    profile::Readings shown;
    Duration poll_interval{};
  };

  void load();
  void loaded(Result<MeterValues> values);
  void ready();
  double stored(const std::string& place) const;
  MeterValues unsaved() const;
  void saveSoon();
  void save();
  void saved(const Result<>& result);
  void tellTrouble(const std::string& trouble);

  runtime::Loop& loop_;
  MeterStore* store_;
  std::function<void(const Place&)> news_;
  bool loaded_ = false;
  MeterValues stored_;               // what is safe on disk: what is shown
  std::set<std::string> forgotten_;  // place prefixes, until loaded
  std::map<Place, Unit> units_;
  runtime::Task ready_;
  runtime::Timer ready_bound_;
  runtime::Timer retry_load_;
  runtime::Timer save_;
  bool save_due_ = false;  // save_ is armed
  bool saving_ = false;
  MeterValues under_way_;
  TimePoint saved_at_{};
  runtime::Task when_stopped_;
  std::string trouble_;            // told last; empty = none
  std::shared_ptr<Meters*> self_;  // gone with the meters: an answer that comes later is dropped
};

}  // namespace blupow::gateway
