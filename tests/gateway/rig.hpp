// A whole gateway on simulated time with a scripted air, a store in memory, and everything it says written down.
#pragma once

#include <gtest/gtest.h>

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/fake_transport.hpp"
#include "gateway/gateway.hpp"
#include "profile/catalogue.hpp"

namespace blupow::test {

// Two small families: test_solar (id 255, "SOLAR..." at register 12, live values at 256) and test_power (id 32, "POWER..." at 4311, values at 4000).
// Of test_solar voltage may be set from 10 to 15 V, limit (at 258) always, from 0 to 100.
profile::Catalogue testCatalogue();
// What a caller may describe: words at 700, no identification read.
profile::ProfilePtr describedFamily();
FakeModule solarModule(const MacAddress& address);
FakeModule powerModule(const MacAddress& address);

MacAddress mac(int number);  // 02:00:00:00:00:NN

// Why a command was refused, as it must have been.
template <typename T>
gateway::Refusal reasonOf(const std::expected<T, gateway::CommandFailure>& outcome) {
  EXPECT_FALSE(outcome.has_value());
  return outcome ? gateway::Refusal::failed : outcome.error().reason;
}

// Keeps the list in memory, "on disk" 10 ms after save().
class MemoryStore final : public gateway::DeviceStore {
 public:
  explicit MemoryStore(runtime::Loop& loop) : loop_(loop) {}
  void save(std::vector<gateway::StoredDevice> devices, std::move_only_function<void(Result<>)> done) override;

  std::vector<gateway::StoredDevice> stored;
  int saves = 0;
  int under_way = 0;
  std::optional<Failure> failure;  // of every save

 private:
  runtime::Loop& loop_;
  std::vector<runtime::Timer> timers_;
};

// "added 02:..:01", "polled 02:..:01/0", "online ...", "offline ...", "changed ...", "removed ...", "reason ... not heard", "gateway devices=1".
class Journal final : public gateway::Listener {
 public:
  void deviceAdded(const gateway::Device& device) override { entries.push_back("added " + device.address.text()); }
  void deviceChanged(const gateway::Device& device) override { entries.push_back("changed " + device.address.text()); }
  void deviceRemoved(const gateway::Device& device) override { entries.push_back("removed " + device.address.text()); }
  void unitPolled(const gateway::Device& device, const gateway::Unit& unit) override;
  void unitAvailability(const gateway::Device& device, const gateway::Unit& unit) override {
    entries.push_back((unit.online ? "online " : "offline ") + device.address.text());
  }
  void linkChanged(const gateway::Device& device) override { links[device.address].push_back({loop->now(), *device.link}); }
  void reasonChanged(const gateway::Device& device) override {
    entries.push_back("reason " + device.address.text() + " " + std::string(device::words(device.reason)));
  }
  void gatewayChanged(const gateway::GatewayState& state) override { states.push_back(state); }

  std::size_t count(std::string_view entry) const;
  std::optional<std::size_t> position(std::string_view entry) const;  // of the first

  std::vector<std::string> entries;
  std::vector<gateway::GatewayState> states;
  std::map<MacAddress, std::vector<TimePoint>> polls;
  struct ToldLink {
    TimePoint at;
    gateway::LinkStatus status;
  };
  std::map<MacAddress, std::vector<ToldLink>> links;
  std::map<MacAddress, bool> settled;  // of the first unit, as told last
  profile::Readings readings;          // of the last poll
  const runtime::Loop* loop = nullptr;
};

struct Rig {
  explicit Rig(gateway::Settings settings = {});
  ~Rig();

  runtime::SimulatedLoop loop;
  profile::Catalogue catalogue = testCatalogue();
  FakeTransport transport{loop};
  MemoryStore store{loop};
  Journal journal;
  gateway::Gateway gateway;
  gateway::Gateway::Subscription subscription;

  // A device that is known already, and its module.
  gateway::StoredDevice known(const FakeModule& module);

  using Added = std::expected<gateway::DeviceSummary, gateway::CommandFailure>;
  using Done = std::expected<void, gateway::CommandFailure>;
  // Each runs the loop until the answer is there, at most for the bound; took is set.
  Added add(const gateway::AddRequest& request);
  Done remove(const MacAddress& address);
  Added refresh(const MacAddress& address);
  Added identify(const MacAddress& address);
  Done release(const MacAddress& address, std::chrono::minutes time);
  Done resume(const MacAddress& address);
  Done set(const gateway::UnitAddress& unit, const std::string& key, const std::string& text);
  Duration took{};

  template <typename T>
  std::expected<T, gateway::CommandFailure> answered(Duration bound, const std::function<void(gateway::Answer<T>)>& ask);
  bool runUntil(Duration bound, const std::function<bool()>& holds);
};

}  // namespace blupow::test
