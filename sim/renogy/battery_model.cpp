#include <algorithm>
#include <cmath>

#include "sim/renogy/battery.hpp"
#include "sim/renogy/day.hpp"

namespace blupow::sim {

namespace {

constexpr double kWarmEnough = 5;  // degrees: below, a heated pack heats
constexpr std::uint16_t kCharging = 0x8000;
constexpr std::uint16_t kDischarging = 0x4000;
constexpr std::uint16_t kHeating = 0x2000;
constexpr std::uint16_t kFull = 0x0800;
constexpr std::uint16_t kMosfetsOn = 0x0006;
constexpr std::uint16_t kUsingBattery = 0x0008;

// A charger on some panels and a load, seen from the battery's own meter: one signed current.
class BatteryModel final : public Model {
 public:
  BatteryModel(const UnitScene& scene, const Scene& world)
      : scene_(scene),
        day_(world.seed + scene.id, world.start_hour),
        battery_(scene.capacity, scene.charge),
        step_(scene.variant == Variant::pro || scene.variant == Variant::rngc ? 0.1 : 0.01) {}

  void advance(double seconds, Registers& registers) override {
    const std::uint16_t cells = std::max<std::uint16_t>(registers.at(5000), 1);
    system_ = cells / 4.0;
    day_.advance(seconds);
    const double before = battery_.volts(0) * system_;
    const double most = scene_.capacity / 2;  // A: half of the capacity, as the makers advise
    const double in = std::min(scene_.panels * day_.sun() / before, battery_.wanted(most) + scene_.load / before);
    const double out = battery_.charge() > 0.03 ? scene_.load * day_.wobble(0.1) / before : 0;
    amps_ = rounded(in - out, step_);
    volts_ = rounded(battery_.volts(amps_) * system_, 0.1);
    battery_.advance(amps_, seconds);
    tellCells(registers, cells);
    tellTemperatures(registers);
    tellPack(registers);
  }

 private:
  // The cells sum up to the voltage of the pack; one of them is a little off, as in real packs.
  void tellCells(Registers& registers, std::uint16_t cells) const {
    const double each = volts_ / cells;
    for (std::uint16_t i = 0; i < cells; ++i) registers.set(static_cast<std::uint16_t>(5001 + i), each + (i == 0 ? 0.05 : 0), 0.1);
  }

  void tellTemperatures(Registers& registers) {
    const bool heated = registers.at(5039) > 0;
    const double celsius = (heated ? 2 : 14) + 6 * day_.sun() + std::abs(amps_) / scene_.capacity * 5;
    heating_ = heated && celsius < kWarmEnough;
    for (std::uint16_t i = 0; i < 16; ++i) {
      const bool filled = registers.at(static_cast<std::uint16_t>(5018 + i)) != 0;
      if (filled) registers.putSigned(static_cast<std::uint16_t>(5018 + i), celsius + 0.1 * i, 0.1);
    }
    registers.putSigned(5035, celsius + 2, 0.1);
    registers.putSigned(5037, celsius - 1, 0.1);
    if (heated) registers.putSigned(5040, heating_ ? 25 : celsius, 0.1);
  }

  void tellPack(Registers& registers) const {
    registers.putSigned(5042, amps_, step_);
    registers.set(5043, volts_, 0.1);
    registers.putLong(5044, static_cast<std::uint32_t>(std::lround(battery_.charge() * scene_.capacity * 1000)));
    registers.putLong(5046, static_cast<std::uint32_t>(std::lround(scene_.capacity * 1000)));
    registers.set(5103, heating_ ? 0x00C0 : 0);  // the heater's level stands in the low byte
    registers.set(5106, amps_ < 0 ? kMosfetsOn | kUsingBattery : kMosfetsOn);
    unsigned status = heating_ ? kHeating : 0U;
    if (amps_ > 0) status |= kCharging;
    if (amps_ < 0) status |= kDischarging;
    if (battery_.charge() >= 0.999) status |= kFull;
    registers.set(5107, static_cast<std::uint16_t>(status));
  }

  UnitScene scene_;
  Day day_;
  Battery battery_;
  double step_;  // A in a count
  double system_ = 1;
  double amps_ = 0;
  double volts_ = 0;
  bool heating_ = false;
};

}  // namespace

std::unique_ptr<Model> batteryModel(const UnitScene& scene, const Scene& world) { return std::make_unique<BatteryModel>(scene, world); }

}  // namespace blupow::sim
