// Banks: several units taken together, those that the options name and, by itself, the batteries of each hub that has two or more. A listener of the
// gateway that tells the other listeners. A bank whose units are not all there, or not all read yet, waits: it is told without readings. Loop thread.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/events.hpp"
#include "gateway/settings.hpp"
#include "gateway/subscribers.hpp"
#include "profile/profile.hpp"

namespace blupow::gateway {

// What a bank's readings are, beside their count.
struct BankField {
  std::string_view key;
  std::string_view name;
  profile::Quantity quantity;
  std::string_view unit;
  int decimals;
};
inline constexpr std::array kBankFields{
    BankField{"current", "Current", profile::Quantity::current, "A", 2},
    BankField{"power", "Power", profile::Quantity::power, "W", 1},
    BankField{"remaining_ah", "Remaining Charge", profile::Quantity::charge_capacity, "Ah", 1},
    BankField{"capacity_ah", "Capacity", profile::Quantity::charge_capacity, "Ah", 1},
    BankField{"soc", "State Of Charge", profile::Quantity::state_of_charge, "%", 1},
    BankField{"cell_voltage_spread", "Cell Voltage Spread", profile::Quantity::voltage, "V", 3},
    BankField{"soc_spread", "State Of Charge Spread", profile::Quantity::percentage, "%", 1},
};

class Banks final : public Listener {
 public:
  Banks(const std::vector<OptionBank>& options, const Subscribers<Listener>& listeners);

  // The listeners hear of the banks of the options. Before they hear of the devices.
  void start();
  // Every bank that is named, by an option or by itself: each has been told once at least. Who keeps what was told of banks (on a broker) empties what
  // is of none of these.
  void each(const std::function<void(const Bank&)>& call) const;

  void deviceAdded(const Device& device) override { changed(device); }
  void deviceChanged(const Device& device) override { changed(device); }
  void deviceRemoved(const Device& device) override;
  void unitPolled(const Device& device, const Unit& unit) override;
  void unitAvailability(const Device& device, const Unit& unit) override;

 private:
  struct Member {  // what a bank needs to know of a unit
    std::uint8_t known_as = 0;
    bool battery = false;
    bool read = false;
    bool online = false;
    std::map<std::string, double, std::less<>> values;  // of the keys below and of the cells
    std::set<std::string, std::less<>> tells;           // keys that its profile has
  };
  struct Name {
    MacAddress address;
    std::optional<std::uint8_t> known_as;  // nothing: the unit recognised first
  };
  struct Entry {
    Bank bank;
    std::vector<Name> names;
    bool sound = true;  // every member's name could be read
    bool told = false;
  };

  static Entry entryOf(const OptionBank& option);
  static Member memberOf(const Unit& unit);
  void changed(const Device& device);
  void remember(const Device& device);
  void judgeHub(const Device& device);
  template <typename Call>
  void banksOf(const MacAddress& address, std::optional<std::uint8_t> known_as, Call call);
  const Member* find(const Name& name) const;
  std::vector<const Member*> members(const Entry& entry) const;  // empty: not all are there and read
  static std::vector<double> valuesOf(const std::vector<const Member*>& units, std::string_view key);
  void tell(Entry& entry);
  void judge(Entry& entry);

  const Subscribers<Listener>& listeners_;
  std::map<MacAddress, std::vector<Member>> devices_;
  std::vector<Entry> options_;
  std::map<MacAddress, Entry> hubs_;
};

}  // namespace blupow::gateway
