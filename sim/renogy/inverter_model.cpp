#include <algorithm>
#include <cmath>

#include "sim/renogy/day.hpp"
#include "sim/renogy/inverter.hpp"

namespace blupow::sim {

namespace {

constexpr double kPowerFactor = 0.9;
constexpr double kEfficiency = 0.9;  // of inverter and charger

enum class Charging : std::uint16_t { deactivated = 0, constant_current = 1, constant_voltage = 2, floating = 4 };

constexpr std::uint16_t kChargeLimit = 4422;  // of all sources together, 0.1 A

// What tells the two kinds apart.
struct Kind {
  double system;  // battery voltage / 12
  double rated_watts;
  std::uint16_t line_limit;  // the setting that limits charging from mains, 0.1 A
  int sign;                  // of 4328 while charging
  bool tells_state;          // 4405
};

constexpr Kind kRego = {.system = 1, .rated_watts = 3000, .line_limit = kChargeLimit, .sign = 1, .tells_state = false};
constexpr Kind kCsh = {.system = 4, .rated_watts = 3500, .line_limit = 0xE205, .sign = -1, .tells_state = true};

class InverterModel final : public Model {
 public:
  InverterModel(const UnitScene& scene, const Scene& world)
      : scene_(scene), kind_(scene.model == kRiv4835 ? kCsh : kRego), day_(world.seed + scene.id, world.start_hour), battery_(scene.capacity, scene.charge) {}

  void advance(double seconds, Registers& registers) override {
    day_.advance(seconds);
    stepLoad();
    stepBattery(seconds, registers);
    tellMain(registers);
    tellCharging(registers);
    tellLoad(registers);
  }

 private:
  // More in the evening, as in a household.
  void stepLoad() {
    const bool evening = day_.hour() >= 18 && day_.hour() < 23;
    output_volts_ = rounded(scene_.grid ? 120 * day_.wobble(0.008) : 120, 0.1);
    frequency_ = rounded(scene_.grid ? 60 * day_.wobble(0.0006) : 60, 0.01);
    load_amps_ = rounded(scene_.load * (evening ? 1.6 : 1) * day_.wobble(0.15) / kPowerFactor / output_volts_, 0.01);
    apparent_ = std::round(output_volts_ * load_amps_);
    active_ = std::round(apparent_ * kPowerFactor);
  }

  // The sun first; with mains the load is passed through and mains adds what the sun does not give, without mains the battery carries the load.
  void stepBattery(double seconds, const Registers& registers) {
    const double before = battery_.volts(0) * kind_.system;
    const double most = registers.at(kChargeLimit) * 0.1;
    const double most_from_line = registers.at(kind_.line_limit) * 0.1;
    const double wanted = battery_.wanted(most);
    const double drawn = scene_.grid ? 0 : active_ / kEfficiency / before;
    const double from_sun = std::min(scene_.panels * day_.sun() / before, std::min(most, wanted + drawn));
    line_amps_ = scene_.grid ? rounded(std::min(most_from_line, std::max(0.0, wanted - from_sun)), 0.1) : 0;
    amps_ = rounded(from_sun + line_amps_ - drawn, 0.1);
    volts_ = rounded(battery_.volts(amps_) * kind_.system, 0.1);
    panel_volts_ = day_.sun() > 0 ? rounded((36 + 8 * day_.sun()) * (kind_.system > 1 ? 2 : 1), 0.1) : 0;
    panel_amps_ = panel_volts_ > 0 ? rounded(from_sun * volts_ / panel_volts_, 0.1) : 0;
    battery_.advance(amps_, seconds);
  }

  void tellMain(Registers& registers) const {
    const double charger = line_amps_ * volts_ / kEfficiency;
    const double input_volts = scene_.grid ? output_volts_ : 0;
    registers.set(4000, input_volts, 0.1);
    registers.set(4001, scene_.grid ? (active_ + charger) / input_volts : 0, 0.01);
    registers.set(4002, output_volts_, 0.1);
    registers.set(4003, load_amps_, 0.01);
    registers.set(4004, frequency_, 0.01);
    registers.set(4005, volts_, 0.1);
    registers.set(4006, 24 + 8 * day_.sun() + active_ / 150, 0.1);
    registers.set(4009, scene_.grid ? frequency_ : 0, 0.01);
  }

  void tellCharging(Registers& registers) const {
    registers.set(4327, battery_.charge(), 0.01);
    registers.putSigned(4328, kind_.sign * amps_, 0.1);
    registers.set(4329, panel_volts_, 0.1);
    registers.set(4330, panel_amps_, 0.1);
    registers.set(4331, panel_volts_ * panel_amps_, 1);
    registers.set(4332, static_cast<std::uint16_t>(state()));
    registers.set(4333, std::max(0.0, volts_ * amps_), 1);
  }

  Charging state() const {
    if (amps_ <= 0) return Charging::deactivated;
    if (battery_.charge() >= 0.999) return Charging::floating;
    return battery_.charge() >= 0.95 ? Charging::constant_voltage : Charging::constant_current;
  }

  void tellLoad(Registers& registers) const {
    constexpr std::uint16_t kGrid = 4;
    constexpr std::uint16_t kInverting = 5;
    registers.set(4408, load_amps_, 0.1);
    registers.set(4409, active_, 1);
    registers.set(4410, apparent_, 1);
    registers.set(4412, line_amps_, 0.1);
    if (kind_.tells_state) registers.set(4405, scene_.grid ? kGrid : kInverting);
    registers.set(4413, active_ / kind_.rated_watts, 0.01);
  }

  UnitScene scene_;
  Kind kind_;
  Day day_;
  Battery battery_;
  double output_volts_ = 0;
  double frequency_ = 0;
  double load_amps_ = 0;
  double apparent_ = 0;
  double active_ = 0;
  double line_amps_ = 0;
  double amps_ = 0;
  double volts_ = 0;
  double panel_volts_ = 0;
  double panel_amps_ = 0;
};

}  // namespace

std::unique_ptr<Model> inverterModel(const UnitScene& scene, const Scene& world) { return std::make_unique<InverterModel>(scene, world); }

}  // namespace blupow::sim
