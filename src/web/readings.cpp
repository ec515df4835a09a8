#include "web/readings.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "gateway/banks.hpp"
#include "gateway/json/messages.hpp"
#include "gateway/meters.hpp"
#include "gateway/names.hpp"
#include "gateway/summary.hpp"
#include "profile/decode.hpp"
#include "profile/json/render.hpp"
#include "profile/words.hpp"

namespace blupow::web {

namespace {

// The order of the keys is the one in which people read them.
using Json = nlohmann::ordered_json;
using profile::Category;
using profile::Quantity;

constexpr int kMostDecimals = 6;
constexpr double kNoise = 1e-6;
constexpr double kTen = 10;

struct Looks {
  std::string_view key;
  std::string_view name;
  std::string_view unit;
  Quantity quantity = Quantity::none;
  Category category = Category::primary;
  int decimals = 0;
};

// As many as the field has; more where the value tells more (cells in mV of a field that usually is in tenths of a volt).
int decimalsOf(const profile::Value& value, int usual) {
  const auto* const number = std::get_if<double>(&value);
  if (number == nullptr) return usual;
  int decimals = usual;
  for (double scaled = *number * std::pow(10.0, decimals); decimals < kMostDecimals && std::abs(scaled - std::round(scaled)) > kNoise; scaled *= kTen)
    ++decimals;
  return decimals;
}

Json readingOf(const Looks& looks, const profile::Value& value) {
  Json reading{{"key", looks.key}, {"name", looks.name}, {"value", Json(profile::toJson(value))}};
  if (!looks.unit.empty()) reading["unit"] = looks.unit;
  reading["quantity"] = profile::name(looks.quantity);
  reading["category"] = profile::name(looks.category);
  if (!std::holds_alternative<std::string>(value)) reading["decimals"] = decimalsOf(value, looks.decimals);
  return reading;
}

// In the order of the profile, its meters last.
Json readingsOf(const gateway::Unit& unit) {
  const profile::Readings readings = profile::published(*unit.profile, *unit.readings);
  Json list = Json::array();
  for (const profile::Field& field : unit.profile->fields) {
    const auto reading = readings.find(field.key);
    if (reading == readings.end()) continue;
    list.push_back(readingOf({field.key, field.name, field.unit, field.quantity, field.setting && !field.setting->always ? Category::config : field.category,
                              std::max(field.decimals, 0)},
                             reading->second));
  }
  for (const profile::Meter& meter : unit.profile->meters) {
    const auto reading = readings.find(meter.key);
    if (reading == readings.end()) continue;
    list.push_back(
        readingOf({meter.key, meter.name, gateway::kMeterUnit, Quantity::energy_total, Category::primary, gateway::kMeterDecimals}, reading->second));
  }
  return list;
}

Json unitOf(const gateway::Device& device, const gateway::Unit& unit) {
  Json shown{{"id", unit.identity->id},
             {"name", gateway::unitName(device, unit)},
             {"type", unit.profile->type},
             {"type_name", unit.profile->name},
             {"model", unit.identity->model},
             {"serial_number", unit.identity->serial_number},
             {"status", unit.online ? "online" : "offline"}};
  shown["readings"] = readingsOf(unit);
  return shown;
}

std::string rendered(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string deviceText(const gateway::Device& device) {
  const gateway::DeviceSummary summary = gateway::summaryOf(device);
  Json shown{{"address", summary.address.text()},
             {"name", summary.name},
             {"type", summary.type},
             {"model", summary.model},
             {"status", summary.online ? "online" : "offline"},
             {"connection_reason", summary.connection_reason},
             {"explanation", device.known_type ? gateway::explained(device.reason) : "there is no profile for its type " + device.type},
             {"from_options", device.from_options}};
  shown["link"] = Json::parse(gateway::linkText(device));
  Json& units = shown["units"] = Json::array();
  for (const gateway::Unit& unit : device.units) units.push_back(unitOf(device, unit));
  return rendered(shown);
}

std::string bankText(const gateway::Bank& bank) {
  Json shown{{"slug", bank.slug}, {"name", bank.name}, {"status", bank.online ? "online" : "offline"}};
  Json& list = shown["readings"] = Json::array();
  for (const gateway::BankField& field : gateway::kBankFields) {
    const auto reading = bank.readings.find(field.key);
    if (reading != bank.readings.end())
      list.push_back(readingOf({field.key, field.name, field.unit, field.quantity, Category::primary, field.decimals}, reading->second));
  }
  if (const auto count = bank.readings.find("count"); count != bank.readings.end()) {
    list.push_back(readingOf({"count", "Batteries", "", Quantity::none, Category::diagnostic, 0}, count->second));
  }
  return rendered(shown);
}

}  // namespace blupow::web
