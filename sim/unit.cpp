#include "sim/unit.hpp"

#include "sim/renogy/battery.hpp"
#include "sim/renogy/controller.hpp"
#include "sim/renogy/dcc.hpp"
#include "sim/renogy/inverter.hpp"
#include "sim/renogy/shunt.hpp"

namespace blupow::sim {

namespace {

constexpr std::uint8_t kUniversal = 0xFF;
constexpr std::uint16_t kDocumentLimit = 125;

Registers registersOf(const UnitScene& scene) {
  switch (scene.family) {
    case Family::controller:
      return controllerRegisters(scene);
    case Family::dcc:
      return dccRegisters(scene);
    case Family::battery:
      return batteryRegisters(scene);
    case Family::inverter:
      return inverterRegisters(scene);
    case Family::inverter_hf:
      return inverterHfRegisters(scene);
    case Family::shunt:
      return shuntRegisters(scene);
    case Family::blank:
      break;
  }
  return Registers(kDocumentLimit);
}

std::unique_ptr<Model> modelOf(const UnitScene& scene, const Scene& world) {
  if (scene.is_static) return nullptr;
  switch (scene.family) {
    case Family::controller:
      return controllerModel(scene, world);
    case Family::dcc:
      return dccModel(scene, world);
    case Family::battery:
      return batteryModel(scene, world);
    case Family::inverter:
      return inverterModel(scene, world);
    case Family::inverter_hf:
      return inverterHfModel(scene, world);
    case Family::shunt:
      return shuntModel(scene, world);
    case Family::blank:
      break;
  }
  return nullptr;
}

// Where a unit of the family keeps its own id; 0: nowhere.
std::uint16_t idRegister(Family family) {
  switch (family) {
    case Family::controller:
    case Family::dcc:
      return 0x001A;
    case Family::battery:
      return 5223;
    case Family::inverter:
    case Family::inverter_hf:
      return 4109;
    default:
      return 0;
  }
}

// Shutdown, lock, test mode and address claim.
bool dangerousForBatteries(std::uint16_t address) { return address == 5222 || address == 5224 || address == 5225 || (address >= 61440 && address <= 61442); }

}  // namespace

Unit::Unit(const UnitScene& scene, const Scene& world) : scene_(scene), registers_(registersOf(scene)), model_(modelOf(scene, world)) {
  for (const auto& [first, words] : scene_.registers) registers_.put(first, words);
  advance(0);
}

void Unit::advance(double seconds) {
  if (model_) model_->advance(seconds, registers_);
}

void Unit::reassign(std::uint8_t id) {
  scene_.id = id;
  if (const std::uint16_t address = idRegister(scene_.family); address != 0) registers_.set(address, id);
}

bool Unit::hears(const Request& request) const {
  if (scene_.silent || scene_.family == Family::shunt) return false;
  return request.unit == scene_.id || (request.unit == kUniversal && scene_.universal != Universal::deaf);
}

std::uint8_t Unit::speaksAs(const Request& request) const {
  return request.unit == kUniversal && scene_.universal == Universal::asked ? kUniversal : scene_.id;
}

bool Unit::dangerous(const Request& request) const {
  if (request.function == kFactoryReset || request.function == kClearHistory) return true;
  if (scene_.family != Family::battery) return false;
  for (std::uint32_t address = request.address; address < std::uint32_t{request.address} + request.count; ++address) {
    if (dangerousForBatteries(static_cast<std::uint16_t>(address))) return true;
  }
  return false;
}

std::optional<Bytes> Unit::answer(const Request& request, bool ignored) {
  if (!hears(request)) return std::nullopt;
  if (request.function == kReadWords && registers_.muteAt(request.address)) {
    ++reads_[request.address];
    return std::nullopt;
  }
  return execute(request, speaksAs(request), ignored);
}

Bytes Unit::execute(const Request& request, std::uint8_t as, bool ignored) {
  if (request.function == kReadWords) {
    ++reads_[request.address];
    const auto words = registers_.read(request.address, request.count);
    return words ? readAnswer(as, *words) : exceptionAnswer(as, request.function, words.error());
  }
  if (request.function == kWriteWord || request.function == kWriteWords) {
    if (ignored) return writeAnswer(as, request);
    const auto written = registers_.write(request.address, request.values);
    advance(0);
    return written ? writeAnswer(as, request) : exceptionAnswer(as, request.function, written.error());
  }
  return exceptionAnswer(as, request.function, kNoFunction);
}

}  // namespace blupow::sim
