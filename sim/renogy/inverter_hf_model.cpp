#include <algorithm>
#include <cmath>

#include "sim/renogy/day.hpp"
#include "sim/renogy/inverter.hpp"

namespace blupow::sim {

namespace {

// Mains or battery: it charges on mains with the current that is set, and carries the load from the battery when they are away.
class InverterHfModel final : public Model {
 public:
  InverterHfModel(const UnitScene& scene, const Scene& world)
      : scene_(scene), day_(world.seed + scene.id, world.start_hour), battery_(scene.capacity, scene.charge) {}

  void advance(double seconds, Registers& registers) override {
    constexpr double kEfficiency = 0.9;
    constexpr std::uint16_t kMostAmps = 4422;
    day_.advance(seconds);
    const double in = scene_.grid ? battery_.wanted(registers.at(kMostAmps) * 0.1) : 0;
    const double out = scene_.grid ? 0 : scene_.load * day_.wobble(0.1) / kEfficiency / battery_.volts(0);
    charging_ = rounded(in, 0.1);
    discharging_ = rounded(out, 0.1);
    battery_.advance(charging_ - discharging_, seconds);
    tell(registers);
  }

 private:
  void tell(Registers& registers) {
    constexpr std::uint16_t kLine = 4;
    constexpr std::uint16_t kInverting = 5;
    registers.set(4000, scene_.grid ? 120 * day_.wobble(0.008) : 0, 0.1);
    registers.set(4001, scene_.grid ? 60 * day_.wobble(0.0006) : 0, 0.1);  // not the current, as in the other series
    registers.set(4003, discharging_, 0.1);
    registers.set(4005, 18 + 4 * day_.sun(), 0.1);
    registers.set(4006, 24 + (charging_ + discharging_) / 5, 0.1);
    registers.set(4301, scene_.grid ? 1 : 0);
    registers.putSigned(4328, charging_ - discharging_, 0.1);
    registers.set(4332, charging_ > 0 ? 1 : 0);
    registers.set(4333, charging_, 0.1);
    registers.set(4405, scene_.grid ? kLine : kInverting);
    registers.set(4412, charging_, 0.1);
  }

  UnitScene scene_;
  Day day_;
  Battery battery_;
  double charging_ = 0;
  double discharging_ = 0;
};

}  // namespace

std::unique_ptr<Model> inverterHfModel(const UnitScene& scene, const Scene& world) { return std::make_unique<InverterHfModel>(scene, world); }

}  // namespace blupow::sim
