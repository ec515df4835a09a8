#include "sim/renogy/shunt.hpp"

#include <algorithm>
#include <cmath>

#include "sim/renogy/day.hpp"

namespace blupow::sim {

namespace {

constexpr std::size_t kFrameSize = 110;
constexpr std::uint16_t kNoProbe = 0x8000;
constexpr std::uint32_t kHistoryEvery = 5;
constexpr std::uint32_t kPrefixEvery = 7;

// The first 56 bytes, captured (cyrils/renogy-bt#61): a header of 8, then records of four bytes, a tag first.
const Bytes kHead = {0x42, 0x57, 0x01, 0x19, 0x01, 0x00, 0x16, 0x30, 0xA0, 0x24, 0x08, 0x06, 0xA1, 0x23, 0x08, 0x36, 0xA2, 0x02, 0x13,
                     0x7F, 0xA4, 0xFF, 0xDD, 0xF1, 0xA6, 0x00, 0x33, 0xE5, 0xA6, 0x10, 0x00, 0x00, 0xA7, 0x00, 0x03, 0xC5, 0xA7, 0x10,
                     0x00, 0x00, 0xA8, 0x0B, 0xC6, 0xB0, 0xA9, 0x00, 0x00, 0x01, 0xAA, 0x04, 0xE8, 0x00, 0xF8, 0x01, 0x00, 0x00};

void putWord(Bytes& frame, std::size_t at, std::uint16_t word) {
  frame[at] = static_cast<std::uint8_t>(word >> 8U);
  frame[at + 1] = static_cast<std::uint8_t>(word & 0xFFU);
}

void putThree(Bytes& frame, std::size_t at, std::uint32_t value) {
  frame[at] = static_cast<std::uint8_t>((value >> 16U) & 0xFFU);
  putWord(frame, at + 1, static_cast<std::uint16_t>(value & 0xFFFFU));
}

void putMilliamps(Registers& registers, double amps) {
  registers.putLong(kShuntCurrent, static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(amps * 1000))));
}

class ShuntModel final : public Model {
 public:
  ShuntModel(const UnitScene& scene, const Scene& world)
      : scene_(scene), day_(world.seed + scene.id, world.start_hour), battery_(scene.capacity, scene.charge) {}

  void advance(double seconds, Registers& registers) override {
    day_.advance(seconds);
    const double before = battery_.volts(0);
    const double in = std::min(scene_.panels * day_.sun() / before, battery_.wanted(scene_.capacity / 2) + scene_.load / before);
    const double amps = rounded(in - scene_.load * day_.wobble(0.1) / before, 0.001);
    battery_.advance(amps, seconds);
    putMilliamps(registers, amps);
    registers.putLong(kShuntVoltage, static_cast<std::uint32_t>(std::lround(battery_.volts(amps) * 1000)));
    registers.set(kShuntStarter, 12.7 + 0.02 * day_.sun(), 0.001);
    registers.set(kShuntCharge, battery_.charge(), 0.001);
    if (scene_.probe) registers.putSigned(kShuntTemperature, 14 + 7 * day_.sun(), 0.1);
  }

 private:
  UnitScene scene_;
  Day day_;
  Battery battery_;
};

}  // namespace

Registers shuntRegisters(const UnitScene& scene) {
  Registers registers(0);
  putMilliamps(registers, -8.719);  // captured, as are the next three
  registers.putLong(kShuntVoltage, 13285);
  registers.set(kShuntStarter, 0);
  registers.set(kShuntCharge, 965);
  registers.set(kShuntTemperature, scene.probe ? 213 : kNoProbe);
  return registers;
}

std::unique_ptr<Model> shuntModel(const UnitScene& scene, const Scene& world) { return std::make_unique<ShuntModel>(scene, world); }

// 25 records and two bytes behind them; what the capture does not show is zero but for the tag of the temperature.
Bytes shuntFrame(const Registers& registers) {
  Bytes frame = kHead;
  frame.resize(kFrameSize);
  frame[64] = 0xAD;
  putThree(frame, kShuntCurrent, registers.longAt(kShuntCurrent));
  putThree(frame, kShuntVoltage, registers.longAt(kShuntVoltage));
  putWord(frame, kShuntStarter, registers.at(kShuntStarter));
  putWord(frame, kShuntCharge, registers.at(kShuntCharge));
  putWord(frame, kShuntTemperature, registers.at(kShuntTemperature));
  return frame;
}

// By the same structure: byte 3 counts the records. The values are of another day: who takes them for live ones is seen.
Bytes shuntHistoryFrame() {
  constexpr std::uint8_t kRecords = 0x0B;
  constexpr std::size_t kRecordsEnd = 8 + std::size_t{4} * kRecords;
  Bytes frame = kHead;
  frame.resize(kRecordsEnd);
  frame[3] = kRecords;
  putThree(frame, kShuntCurrent, 1111);
  putThree(frame, kShuntVoltage, 11111);
  putWord(frame, kShuntCharge, 111);
  frame.resize(frame.size() + 2);
  return frame;
}

Bytes shuntSends(const Registers& registers, std::uint32_t nth) {
  if (nth % kHistoryEvery == kHistoryEvery - 1) return shuntHistoryFrame();
  Bytes frame = shuntFrame(registers);
  if (nth % kPrefixEvery == kPrefixEvery - 1) frame.insert(frame.begin(), {0x61, 0xD2, 0x00, 0x6E});
  return frame;
}

}  // namespace blupow::sim
