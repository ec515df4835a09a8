#include <algorithm>
#include <cmath>

#include "sim/renogy/day.hpp"
#include "sim/renogy/dcc.hpp"

namespace blupow::sim {

namespace {

constexpr std::uint16_t kMostAmps = 0xE001;
constexpr std::uint16_t kStatus = 0x0120;
constexpr double kEfficiency = 0.95;

class DccModel final : public Model {
 public:
  DccModel(const UnitScene& scene, const Scene& world)
      : scene_(scene), day_(world.seed + scene.id, world.start_hour), battery_(scene.capacity, scene.charge), today_number_(day_.number()) {}

  void advance(double seconds, Registers& registers) override {
    if (!begun_) begin(registers);
    day_.advance(seconds);
    if (day_.number() != today_number_) newDay(registers);
    step(seconds, registers.at(kMostAmps) * 0.01);
    count(seconds);
    tell(registers);
    tellSums(registers);
    if (registers.read(kStatus, 8)) tellStatus(registers);
    registers.set(kStatus, chargingState());
  }

 private:
  void begin(const Registers& registers) {
    begun_ = true;
    days_ = registers.at(0x0115);
    amp_hours_before_ = registers.longAt(0x0118);
    watt_hours_before_ = registers.longAt(0x011C);
  }

  void newDay(Registers& registers) {
    today_number_ = day_.number();
    for (std::uint16_t past = 6; past > 0; --past) {
      registers.record(static_cast<std::uint16_t>(0xF000 + past), *registers.recordAt(static_cast<std::uint16_t>(0xF000 + past - 1)));
    }
    lowest_volts_ = 100;
    highest_volts_ = most_amps_ = most_watts_ = amp_hours_today_ = watt_hours_today_ = 0;
    ++days_;
  }

  // The first half of every third hour on the road.
  bool engineRuns() const { return std::fmod(day_.hour(), 3) < 0.5; }

  // The sun first, the alternator fills up to the charging current that is set.
  void step(double seconds, double most_amps) {
    const double before = battery_.volts(0);
    const double out = scene_.load * day_.wobble(0.1) / before;
    const double wanted = std::min(most_amps, battery_.wanted(most_amps) + out);
    panel_volts_ = day_.sun() > 0 ? rounded(18 + 3 * day_.sun(), 0.1) : 0;
    const double solar = std::min(wanted, scene_.panels * day_.sun() / before);
    const double alternator = engineRuns() ? std::min(wanted - solar, scene_.alternator / before) : 0;
    amps_ = rounded(solar + alternator, 0.01);
    volts_ = rounded(battery_.volts(amps_ - out), 0.1);
    watts_ = std::round(volts_ * amps_);
    panel_amps_ = panel_volts_ > 0 ? rounded(volts_ * solar / panel_volts_, 0.01) : 0;
    starter_volts_ = engineRuns() ? 14.2 : 12.7;
    starter_amps_ = rounded(volts_ * alternator / kEfficiency / starter_volts_, 0.01);
    battery_.advance(amps_ - out, seconds);
  }

  void count(double seconds) {
    const double hours = seconds / 3600;
    lowest_volts_ = std::min(lowest_volts_, volts_);
    highest_volts_ = std::max(highest_volts_, volts_);
    most_amps_ = std::max(most_amps_, amps_);
    most_watts_ = std::max(most_watts_, watts_);
    amp_hours_today_ += amps_ * hours;
    watt_hours_today_ += watts_ * hours;
    amp_hours_ += amps_ * hours;
    watt_hours_ += watts_ * hours;
  }

  std::uint16_t chargingState() const {
    constexpr std::uint16_t kMppt = 2;
    constexpr std::uint16_t kFloating = 5;
    constexpr std::uint16_t kDirect = 8;
    if (amps_ <= 0) return 0;
    if (battery_.charge() >= 0.999) return kFloating;
    return panel_amps_ > 0 ? kMppt : kDirect;  // the solar state wins when both charge
  }

  std::uint16_t chargingMode() const {
    const bool solar = panel_amps_ > 0;
    const bool alternator = starter_amps_ > 0;
    if (solar && alternator) return 4;
    if (solar) return 3;
    return alternator ? 1 : 0;
  }

  void tell(Registers& registers) const {
    registers.set(0x0100, battery_.charge(), 0.01);
    registers.set(0x0101, volts_, 0.1);
    registers.set(0x0102, amps_, 0.01);
    const auto controller = static_cast<unsigned>(std::lround(18 + watts_ / 40));
    const auto battery = static_cast<unsigned>(std::lround(15 + 6 * day_.sun()));
    registers.set(0x0103, static_cast<std::uint16_t>((controller << 8U) | battery));
    registers.set(0x0104, starter_volts_, 0.1);
    registers.set(0x0105, starter_amps_, 0.01);
    registers.set(0x0106, starter_volts_ * starter_amps_, 1);
    registers.set(0x0107, panel_volts_, 0.1);
    registers.set(0x0108, panel_amps_, 0.01);
    registers.set(0x0109, watts_, 1);  // all charging, the alternator's too
  }

  void tellStatus(Registers& registers) const {
    registers.set(0x0124, watts_, 1);
    registers.set(0x0125, chargingMode());
    registers.set(0x0126, engineRuns() ? 1 : 0);
  }

  void tellSums(Registers& registers) const {
    const auto word = [](double value) { return static_cast<std::uint16_t>(std::lround(value)); };
    const Words today = {word(lowest_volts_ * 10), word(highest_volts_ * 10),
                         word(most_amps_ * 100),   0,
                         word(most_watts_),        0,
                         word(amp_hours_today_),   0,
                         word(watt_hours_today_),  0};
    registers.put(0x010B, today);
    registers.record(0xF000, today);
    registers.set(0x0115, days_);
    registers.putLong(0x0118, amp_hours_before_ + static_cast<std::uint32_t>(amp_hours_));
    registers.putLong(0x011C, watt_hours_before_ + static_cast<std::uint32_t>(watt_hours_));
  }

  UnitScene scene_;
  Day day_;
  Battery battery_;
  int today_number_;
  bool begun_ = false;
  double volts_ = 0;
  double amps_ = 0;
  double watts_ = 0;
  double panel_volts_ = 0;
  double panel_amps_ = 0;
  double starter_volts_ = 0;
  double starter_amps_ = 0;
  double lowest_volts_ = 100;
  double highest_volts_ = 0;
  double most_amps_ = 0;
  double most_watts_ = 0;
  double amp_hours_today_ = 0;
  double watt_hours_today_ = 0;
  double amp_hours_ = 0;  // since the start
  double watt_hours_ = 0;
  std::uint16_t days_ = 0;
  std::uint32_t amp_hours_before_ = 0;
  std::uint32_t watt_hours_before_ = 0;
};

}  // namespace

std::unique_ptr<Model> dccModel(const UnitScene& scene, const Scene& world) { return std::make_unique<DccModel>(scene, world); }

}  // namespace blupow::sim
