#include "homeassistant/quantities.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace blupow::homeassistant {

namespace {

using profile::Quantity;

constexpr std::string_view kMeasurement = "measurement";
constexpr std::string_view kGrows = "total_increasing";

Looks usualLooks(Quantity quantity) {
  switch (quantity) {
    case Quantity::none:
    case Quantity::text:
      return {};
    case Quantity::voltage:
      return {"voltage", kMeasurement, ""};
    case Quantity::current:
      return {"current", kMeasurement, ""};
    case Quantity::power:
      return {"power", kMeasurement, ""};
    case Quantity::apparent_power:
      return {"apparent_power", kMeasurement, ""};
    case Quantity::frequency:
      return {"frequency", kMeasurement, ""};
    case Quantity::temperature:
      return {"temperature", kMeasurement, ""};
    case Quantity::state_of_charge:
      return {"battery", kMeasurement, ""};
    case Quantity::percentage:
      return {"", kMeasurement, "mdi:gauge"};
    case Quantity::energy_total:
      return {"energy", kGrows, ""};
    case Quantity::charge_total:  // Home Assistant has no class for Ah; `energy` is refused
      return {"", kGrows, "mdi:battery-charging"};
    case Quantity::charge_capacity:
      return {"", kMeasurement, "mdi:battery"};
    case Quantity::duration:
      return {"duration", kMeasurement, ""};
    case Quantity::count_total:
      return {"", kGrows, "mdi:counter"};
    case Quantity::days_total:
      return {"", kGrows, "mdi:calendar-check"};
    case Quantity::word:
      return {"enum", "", ""};
    case Quantity::problem:
      return {"", "", "mdi:alert-circle-outline"};
    case Quantity::contact:
      return {"", "", "mdi:electric-switch"};
  }
  std::unreachable();
}

// Units that Home Assistant takes for a class (homeassistant/components/sensor/const.py), as far as such devices know them.
struct ClassUnits {
  std::string_view device_class;
  std::array<std::string_view, 5> units;
};
constexpr std::array kClassUnits = {
    ClassUnits{"voltage", {"V", "mV", "kV"}},
    ClassUnits{"current", {"A", "mA"}},
    ClassUnits{"power", {"W", "kW", "mW"}},
    ClassUnits{"apparent_power", {"VA", "kVA"}},
    ClassUnits{"frequency", {"Hz", "kHz", "MHz"}},
    ClassUnits{"temperature", {"°C", "°F", "K"}},
    ClassUnits{"battery", {"%"}},
    ClassUnits{"energy", {"kWh", "Wh", "MWh"}},
    ClassUnits{"duration", {"s", "min", "h", "d", "ms"}},
};

bool fits(std::string_view device_class, std::string_view unit) {
  const auto* const row = std::ranges::find(kClassUnits, device_class, &ClassUnits::device_class);
  if (row == kClassUnits.end()) return unit.empty();
  return !unit.empty() && std::ranges::find(row->units, unit) != row->units.end();
}

}  // namespace

Looks looksOf(Quantity quantity, std::string_view unit) {
  Looks looks = usualLooks(quantity);
  if (!looks.device_class.empty() && !fits(looks.device_class, unit)) looks.device_class = "";
  if (quantity == Quantity::none && !unit.empty()) looks.state_class = kMeasurement;
  return looks;
}

}  // namespace blupow::homeassistant
