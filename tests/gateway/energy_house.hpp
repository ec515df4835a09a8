// A gateway with meters and banks that can be stopped, killed and started again on the same stores, modules and simulated time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/rig.hpp"

namespace blupow::test {

// Keeps the meters in memory, "on disk" 10 ms after save(), in the order of the calls.
class MemoryMeterStore final : public gateway::MeterStore {
 public:
  explicit MemoryMeterStore(runtime::Loop& loop) : loop_(loop) {}
  void load(std::move_only_function<void(Result<gateway::MeterValues>)> done) override;
  void save(gateway::MeterValues changed, std::move_only_function<void(Result<>)> done) override;
  void forget(std::string place_prefix) override;
  void lose() { timers_.clear(); }  // what is not on disk yet

  gateway::MeterValues values;
  std::vector<TimePoint> saves;    // asked for
  std::optional<Failure> failure;  // of every load and save
  bool hangs = false;              // nothing asked from now on is ever answered

 private:
  void later(runtime::Task task);

  runtime::Loop& loop_;
  std::vector<runtime::Timer> timers_;
};

// What was told of one unit or bank.
struct Told {
  TimePoint at;
  profile::Readings readings;
  bool online = false;
};

class EnergyJournal final : public gateway::Listener {
 public:
  explicit EnergyJournal(const runtime::Loop& loop) : loop_(loop) {}
  void unitPolled(const gateway::Device& device, const gateway::Unit& unit) override;
  void bankChanged(const gateway::Bank& bank) override { banks[bank.slug].push_back({loop_.now(), bank.readings, bank.online}); }
  void bankRemoved(const std::string& slug) override { removed.push_back(slug); }

  std::map<std::string, std::vector<Told>> units;  // by "<MAC>_<known_as>"
  std::map<std::string, std::vector<Told>> banks;
  std::vector<std::string> removed;

 private:
  const runtime::Loop& loop_;
};

inline constexpr std::uint16_t kSolarPower = 100;    // W, 0 to 4000
inline constexpr std::uint16_t kBatteryPower = 101;  // W, signed, at most 5000
inline constexpr std::uint16_t kOther = 200;         // of another block

// Two families: test_meter (id 1) with solar_energy, charge_energy and discharge_energy, and test_battery with what banks sum.
profile::Catalogue energyCatalogue();

struct Battery {
  double current = 0;
  double power = 0;
  double remaining_ah = 0;
  double capacity_ah = 0;
  double soc = 0;
  double low_cell = 0;
  double high_cell = 0;
};

struct EnergyHouse {
  explicit EnergyHouse(gateway::Settings settings);
  ~EnergyHouse();

  gateway::StoredDevice meter(int number);  // a module of test_meter, and what is stored of it
  // A hub of batteries, by the ids that they are asked by. The silent ones do not answer.
  gateway::StoredDevice hub(int number, std::map<std::uint8_t, Battery> batteries);

  void start();  // with the devices of the store
  void stop();   // in order
  void kill();   // as kill -9 does: nothing is said, saved or answered any more
  void run(Duration time) { loop.advance(time); }

  double shown(const std::string& unit, const std::string& key);  // the last one told
  std::vector<double> series(const std::string& unit, const std::string& key);

  runtime::SimulatedLoop loop;
  profile::Catalogue catalogue = energyCatalogue();
  FakeTransport transport{loop};
  MemoryStore store{loop};
  MemoryMeterStore meters{loop};
  EnergyJournal journal{loop};
  gateway::Settings settings;
  std::map<MacAddress, std::map<std::uint8_t, Battery>> hubs;
  std::unique_ptr<gateway::Gateway> gateway;
  gateway::Gateway::Subscription subscription;
};

}  // namespace blupow::test
