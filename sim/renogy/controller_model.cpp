#include <algorithm>
#include <array>
#include <cmath>

#include "sim/renogy/controller.hpp"
#include "sim/renogy/day.hpp"

namespace blupow::sim {

namespace {

constexpr std::uint16_t kHistory = 0xF000;
constexpr int kDaysKept = 30;

enum class Charging : std::uint8_t { deactivated = 0, mppt = 2, boost = 4, floating = 5 };

// What the controller sums up over a day; the words of a history record in their order.
struct DayRecord {
  double lowest_volts = 100;
  double highest_volts = 0;
  double most_amps_in = 0;
  double most_amps_out = 0;
  double most_watts_in = 0;
  double most_watts_out = 0;
  double amp_hours_in = 0;
  double amp_hours_out = 0;
  double watt_hours_in = 0;
  double watt_hours_out = 0;

  Words words() const {
    const auto word = [](double value) { return static_cast<std::uint16_t>(std::clamp(std::lround(value), 0L, 65535L)); };
    return {word(lowest_volts * 10), word(highest_volts * 10), word(most_amps_in * 100), word(most_amps_out * 100), word(most_watts_in),
            word(most_watts_out),    word(amp_hours_in),       word(amp_hours_out),      word(watt_hours_in),       word(watt_hours_out)};
  }
};

// Sign and magnitude, not two's complement.
std::uint8_t temperatureByte(double celsius) {
  const auto degrees = static_cast<int>(std::lround(celsius));
  return static_cast<std::uint8_t>(degrees < 0 ? 0x80 | -degrees : degrees);
}

class ControllerModel final : public Model {
 public:
  ControllerModel(const UnitScene& scene, const Scene& world)
      : scene_(scene), day_(world.seed + scene.id, world.start_hour), battery_(scene.capacity, scene.charge), today_number_(day_.number()) {}

  void advance(double seconds, Registers& registers) override {
    if (!begun_) begin(registers);
    day_.advance(seconds);
    if (day_.number() != today_number_) newDay(registers);
    step(seconds, registers);
    tell(registers);
  }

 private:
  void begin(Registers& registers) {
    begun_ = true;
    rated_amps_ = registers.at(0x000A) & 0xFFU;
    days_ = registers.at(0x0115);
    full_charges_ = registers.at(0x0117);
    for (std::size_t i = 0; i < base_totals_.size(); ++i) base_totals_.at(i) = registers.longAt(static_cast<std::uint16_t>(0x0118 + 2 * i));
    system_ = static_cast<double>(registers.at(0xE003) >> 8U) / 12;
    switchLoad(registers, scene_.load > 0);
    std::mt19937 random(scene_.id);
    for (int past = 1; past <= kDaysKept; ++past) registers.record(recordOf(past), someDay(random).words());
  }

  static std::uint16_t recordOf(int days_ago) { return static_cast<std::uint16_t>(kHistory + days_ago); }

  DayRecord someDay(std::mt19937& random) const {
    const double fine = std::uniform_real_distribution<>(0.4, 1.0)(random);
    DayRecord day{.lowest_volts = 12.9 * system_,
                  .highest_volts = 14.1 * system_,
                  .most_amps_in = 0.8 * fine * scene_.panels / 13.5 / system_,
                  .most_watts_in = 0.8 * fine * scene_.panels};
    day.watt_hours_in = 5 * fine * scene_.panels;
    day.amp_hours_in = day.watt_hours_in / 13.5 / system_;
    day.most_watts_out = 1.2 * scene_.load;
    day.most_amps_out = day.most_watts_out / 13.2 / system_;
    day.watt_hours_out = 24 * scene_.load;
    day.amp_hours_out = day.watt_hours_out / 13.2 / system_;
    return day;
  }

  void newDay(Registers& registers) {
    today_number_ = day_.number();
    for (int past = kDaysKept; past > 1; --past) registers.record(recordOf(past), *registers.recordAt(recordOf(past - 1)));
    registers.record(recordOf(1), today_.words());
    today_ = {};
    ++days_;
  }

  // What a person with a clamp meter would read: rounded as the registers are, so that power is voltage times current there too.
  void step(double seconds, Registers& registers) {
    const bool on = loadIsOn(registers);
    const double available = scene_.panels * day_.sun();
    const double before = battery_.volts(0) * system_;
    load_amps_ = on ? rounded(scene_.load * day_.wobble(0.1) / before, 0.01) : 0;
    const double most = std::min(rated_amps_, battery_.wanted(rated_amps_) + load_amps_);
    amps_ = rounded(std::min(available / before, most), 0.01);
    volts_ = rounded(battery_.volts(amps_ - load_amps_) * system_, 0.1);
    watts_ = std::round(volts_ * amps_);
    load_watts_ = std::round(volts_ * load_amps_);
    const double charge_before = battery_.charge();
    battery_.advance(amps_ - load_amps_, seconds);
    if (charge_before < 1 && battery_.charge() >= 1) ++full_charges_;
    state_ = stateNow();
    count(seconds);
  }

  Charging stateNow() const {
    if (amps_ <= 0) return Charging::deactivated;
    if (battery_.charge() >= 0.999) return Charging::floating;
    return battery_.charge() >= 0.95 ? Charging::boost : Charging::mppt;
  }

  void count(double seconds) {
    const double hours = seconds / 3600;
    today_.lowest_volts = std::min(today_.lowest_volts, volts_);
    today_.highest_volts = std::max(today_.highest_volts, volts_);
    today_.most_amps_in = std::max(today_.most_amps_in, amps_);
    today_.most_amps_out = std::max(today_.most_amps_out, load_amps_);
    today_.most_watts_in = std::max(today_.most_watts_in, watts_);
    today_.most_watts_out = std::max(today_.most_watts_out, load_watts_);
    const std::array<double, 4> more = {amps_ * hours, load_amps_ * hours, watts_ * hours, load_watts_ * hours};
    today_.amp_hours_in += more[0];
    today_.amp_hours_out += more[1];
    today_.watt_hours_in += more[2];
    today_.watt_hours_out += more[3];
    for (std::size_t i = 0; i < more.size(); ++i) totals_.at(i) += more.at(i);
  }

  void tell(Registers& registers) {
    const double sun = day_.sun();
    const double panel_volts = sun > 0 ? rounded((30 + 8 * sun) * system_, 0.1) : 0;
    registers.set(0x0100, battery_.charge(), 0.01);
    registers.set(0x0101, volts_, 0.1);
    registers.set(0x0102, amps_, 0.01);
    const auto temperatures = (temperatureByte(16 + 14 * sun + watts_ / 60) << 8U) | temperatureByte(14 + 8 * sun);
    registers.set(0x0103, static_cast<std::uint16_t>(temperatures));
    registers.set(0x0104, load_amps_ > 0 ? volts_ : 0, 0.1);
    registers.set(0x0105, load_amps_, 0.01);
    registers.set(0x0106, load_watts_, 1);
    registers.set(0x0107, panel_volts, 0.1);
    registers.set(0x0108, panel_volts > 0 ? watts_ / panel_volts : 0, 0.01);
    registers.set(0x0109, watts_, 1);
    tellSums(registers);
    const unsigned load = (loadIsOn(registers) ? 0x80U : 0U) | 100U;  // on, and the brightness in %
    registers.set(0x0120, static_cast<std::uint16_t>((load << 8U) | static_cast<unsigned>(state_)));
  }

  void tellSums(Registers& registers) {
    const Words today = today_.words();
    for (std::size_t i = 0; i < today.size(); ++i) registers.set(static_cast<std::uint16_t>(0x010B + i), today[i]);
    registers.record(kHistory, today);
    registers.set(0x0115, days_);
    registers.set(0x0117, full_charges_);
    for (std::size_t i = 0; i < totals_.size(); ++i) {
      const auto first = static_cast<std::uint16_t>(0x0118 + 2 * i);
      registers.putLong(first, base_totals_.at(i) + static_cast<std::uint32_t>(totals_.at(i)));
    }
  }

  UnitScene scene_;
  Day day_;
  Battery battery_;
  int today_number_;
  bool begun_ = false;
  double rated_amps_ = 0;
  double system_ = 1;  // system voltage / 12
  double volts_ = 0;
  double amps_ = 0;
  double watts_ = 0;
  double load_amps_ = 0;
  double load_watts_ = 0;
  Charging state_ = Charging::deactivated;
  std::uint16_t days_ = 0;
  std::uint16_t full_charges_ = 0;
  DayRecord today_;
  std::array<double, 4> totals_{};              // Ah in, Ah out, Wh in, Wh out, since the start
  std::array<std::uint32_t, 4> base_totals_{};  // before
};

}  // namespace

std::unique_ptr<Model> controllerModel(const UnitScene& scene, const Scene& world) { return std::make_unique<ControllerModel>(scene, world); }

}  // namespace blupow::sim
