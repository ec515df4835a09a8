#include "e2e/recovery.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>

namespace blupow::test {

namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kHead = 32;  // "2026-11-21 12:08:49.763 info    ": time and level of a log line
const std::string kMark = "battery_voltage";
constexpr double kFirstMark = 13.0;  // V, 0.1 V more each time: plausible, never the captured 14.4 V
const std::vector<std::string> kBoth = {kInverter, kController};
const Json kOptions = {{"devices", {{{"address", kInverter}}, {{"address", kController}}}}};

// What the captured words of the simulator's static devices mean, by contract and register table; tests/transcripts holds the same frames.
constexpr const char* kInverterState = R"({"battery_percentage": 100, "battery_voltage": 14.4, "charging_current": 0.7, "charging_power": 10,
  "charging_status": "deactivated", "device_id": 32, "input_current": 2.2, "input_current_limit": 30.0, "input_frequency": 59.97, "input_voltage": 124.9,
  "line_charging_current": 0.0, "load_active_power": 108, "load_apparent_power": 150, "load_current": 1.2, "load_percentage": 5,
  "max_charging_current": 60.0, "model": "RIV1230RCH-SPS", "output_current": 1.19, "output_frequency": 59.97, "output_voltage": 124.9,
  "overvoltage_threshold": 15.5, "undervoltage_warning": 11.0, "solar_current": 0.0, "solar_power": 0,
  "solar_voltage": 0.0, "temperature": 30.0})";
constexpr const char* kControllerState = R"({"battery_current": 0.04, "battery_full_charge_count": 0, "battery_max_voltage_today": 14.5,
  "battery_min_voltage_today": 14.3, "battery_overdischarge_count": 1, "battery_soc": 100, "battery_temperature": 25, "battery_type": "lithium",
  "battery_voltage": 14.4, "boost_return_voltage": 13.2, "boost_time": 120, "boost_voltage": 14.6, "charging_limit_voltage": 15.5,
  "discharge_limit_voltage": 10.6, "end_of_charge_soc": 100, "end_of_discharge_soc": 50, "equalizing_interval": 28, "equalizing_time": 120,
  "equalizing_voltage": 14.8, "float_voltage": 13.8, "load_mode": "manual", "nominal_battery_capacity": 100, "overdischarge_delay": 5,
  "overdischarge_return_voltage": 12.6, "overdischarge_voltage": 11.1, "overvoltage_threshold": 16.0, "temperature_compensation": 3,
  "undervoltage_warning": 12.0, "charging_amp_hours_today": 0, "charging_status": "boost", "controller_temperature": 14, "device_id": 16,
  "discharging_amp_hours_today": 0, "faults": "none", "hardware_version": "V1.2.3", "load_brightness": 0, "load_current": 0.0, "load_power": 0,
  "load_status": "off", "load_voltage": 0.0, "max_charging_current_today": 0.17, "max_charging_power_today": 1, "max_discharging_current_today": 0.0,
  "max_discharging_power_today": 0, "model": "RNG-CTRL-RVR40", "power_consumption_today": 0.0, "power_consumption_total": 0.0,
  "power_generation_today": 0.0, "power_generation_total": 65.936, "product_type": "controller", "rated_charge_current": 40,
  "rated_discharge_current": 20, "serial_number": "1501FFFF", "software_version": "V3.2.1", "solar_current": 0.04, "solar_power": 1,
  "solar_voltage": 23.2, "system_voltage": 24, "total_charging_amp_hours": 4988, "total_discharging_amp_hours": 0, "total_operating_days": 555})";

std::string topic(const std::string& device, const std::string& what) { return "blupow/" + device + "/" + what; }

// Battery voltage in 0.1 V: word 5 of the inverter's live block, 0x0101 of the controller (register tables of both).
int markRegister(const std::string& device) { return device == kInverter ? 4005 : 0x0101; }

// Of the house's own counting; how far they are depends on when the polls were.
bool isMeter(const std::string& key) { return key.ends_with("_energy"); }

Json withoutMeters(const std::string& text) {
  Json state = Json::parse(text, nullptr, false);
  if (!state.is_object()) return state;
  for (auto item = state.begin(); item != state.end();) item = isMeter(item.key()) ? state.erase(item) : std::next(item);
  return state;
}

}  // namespace

void Recovery::SetUp() {
  startService(kOptions);
  ear.emplace(broker.socket());
  for (const std::string& device : kBoth) {
    const Json whole = captured(device);
    ASSERT_TRUE(ear->waitFor(topic(device, "state"), [&](const std::string& text) { return withoutMeters(text) == whole; }, 0, Seconds(60))) << service->all();
    ASSERT_TRUE(ear->waitFor(topic(device, "status"), "online"));
    ASSERT_TRUE(service->waitForOutput(device + "): connected"));
  }
  ready_ = service->output().size();
}

void Recovery::TearDown() {
  if (!service || !ear) return;
  EXPECT_TRUE(service->running()) << "no fault ends the program";
  const std::string output = log();
  const auto starts = output.find("BluPow ");
  EXPECT_EQ(output.find("BluPow ", starts + 1), std::string::npos) << "nor makes it start anew";
  EXPECT_EQ(output.find(" error "), std::string::npos);
  for (const std::string& device : kBoth) {
    for (const std::string& text : ear->of(topic(device, "state"))) EXPECT_TRUE(isRight(device, withoutMeters(text))) << device << text;
    expectMetersRise(device);
  }
  EXPECT_EQ(service->errors(), "");
  if (HasFailure()) std::cerr << output;
}

void Recovery::fault(std::string_view members, const std::string& device) {
  std::string command = "{" + std::string(members);
  if (members.ends_with(',')) command += R"("device":")" + device + "\"";
  simulator.tell(command + "}");
}

bool Recovery::logged(const std::string& text, Seconds bound) { return service->waitForOutput(text, bound, ready_); }

std::vector<std::string> Recovery::news(const std::string& about) const {
  std::vector<std::string> lines;
  std::istringstream text(log().substr(ready_));
  for (std::string line; std::getline(text, line);) {
    if (line.contains(about) && line.size() > kHead) lines.push_back(line.substr(kHead));
  }
  return lines;
}

std::string Recovery::reason(const std::string& device) {
  const Json answer = tell(*ear, "get_devices");
  for (const Json& entry : answer.value("devices", Json::array())) {
    if (entry.at("address") == device) return entry.at("connection_reason");
  }
  return "get_devices does not name it: " + answer.dump();
}

void Recovery::startAnew() {
  service->signal(SIGKILL);
  service->wait();
  startService(kOptions);
  ready_ = 0;
}

void Recovery::expectRightAndFreshWithin(Seconds bound) {
  const auto until = Clock::now() + bound;
  const double volts = kFirstMark + 0.1 * ++marks_;
  voltages_.push_back(volts);
  const std::size_t position = ear->count();
  for (const std::string& device : kBoth) {
    const Json command = {{"do", "set"}, {"device", device}, {"register", markRegister(device)}, {"words", {std::lround(volts * 10)}}};
    simulator.tell(command.dump());
  }
  for (const std::string& device : kBoth) {
    Json whole = captured(device);
    whole.erase(kMark);
    const auto fits = [&](const std::string& text) {
      Json state = withoutMeters(text);
      const bool fresh = std::abs(state.value(kMark, 0.0) - volts) < 0.01;
      state.erase(kMark);
      return fresh && state == whole;
    };
    const auto left = std::max(until - Clock::now(), Clock::duration());
    ASSERT_TRUE(ear->waitFor(topic(device, "state"), fits, position, std::chrono::duration_cast<std::chrono::milliseconds>(left)))
        << device << " is not back within " << bound.count() << " s: " << ear->last(topic(device, "state"));
    if (ear->last(topic(device, "status")) != "online") {
      EXPECT_TRUE(ear->waitFor(topic(device, "status"), "online", position)) << "follows its state";
    }
    EXPECT_EQ(reason(device), "connected");
    const auto lines = news(device);
    if (!lines.empty() && !lines.front().contains(": connected,")) {
      EXPECT_TRUE(logged(device + "): is back"));
    }
  }
  RecordProperty("recovered_after_ms", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - (until - bound)).count()));
}

void Recovery::expectQuiet() {
  const std::string before = log();
  const std::size_t position = ear->count();
  for (const std::string& device : kBoth) ASSERT_TRUE(ear->waitFor(topic(device, "state"), [](const std::string&) { return true; }, position));
  EXPECT_EQ(log(), before) << "nothing is said while all is well";
}

void Recovery::expectMetersRise(const std::string& device) {
  std::map<std::string, double> highest;
  for (const std::string& text : ear->of(topic(device, "state"))) {
    const Json state = Json::parse(text, nullptr, false);
    for (const auto& [key, value] : state.items()) {
      if (!isMeter(key)) continue;
      EXPECT_GE(value.get<double>(), highest[key]) << device << ' ' << key;
      highest[key] = value.get<double>();
    }
  }
  EXPECT_TRUE(device != kInverter || highest.size() == 3) << "the inverter counts what it charges, the sun and the load";
}

Json Recovery::captured(const std::string& device) { return Json::parse(device == kInverter ? kInverterState : kControllerState); }

// A part of the captured values, none other: what was not answered yet is left out.
bool Recovery::isRight(const std::string& device, const Json& state) const {
  if (!state.is_object() || state.empty()) return false;
  const Json whole = captured(device);
  return std::ranges::all_of(state.items(), [&](const auto& item) {
    if (item.key() == kMark) return std::ranges::any_of(voltages_, [&](double volts) { return std::abs(item.value().template get<double>() - volts) < 0.01; });
    return whole.contains(item.key()) && whole.at(item.key()) == item.value();
  });
}

std::string Recovery::log() const { return service->output(); }

}  // namespace blupow::test
