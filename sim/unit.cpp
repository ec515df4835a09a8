#include "sim/unit.hpp"

#include "sim/renogy/controller.hpp"
#include "sim/renogy/inverter.hpp"

namespace blupow::sim {

namespace {

constexpr std::uint8_t kUniversal = 0xFF;
constexpr std::uint16_t kDocumentLimit = 125;

Registers registersOf(const UnitScene& scene) {
  switch (scene.family) {
    case Family::controller:
      return controllerRegisters(scene);
    case Family::inverter:
      return inverterRegisters(scene);
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
    case Family::inverter:
      return inverterModel(scene, world);
    case Family::blank:
      break;
  }
  return nullptr;
}

}  // namespace

Unit::Unit(const UnitScene& scene, const Scene& world) : scene_(scene), registers_(registersOf(scene)), model_(modelOf(scene, world)) {
  for (const auto& [first, words] : scene_.registers) registers_.put(first, words);
  advance(0);
}

void Unit::advance(double seconds) {
  if (model_) model_->advance(seconds, registers_);
}

std::optional<Bytes> Unit::answer(const Request& request) {
  if (request.unit == scene_.id) return execute(request, scene_.id);
  if (request.unit != kUniversal || scene_.universal == Universal::deaf) return std::nullopt;
  return execute(request, scene_.universal == Universal::own ? scene_.id : kUniversal);
}

Bytes Unit::execute(const Request& request, std::uint8_t as) {
  if (request.function == kReadWords) {
    ++reads_[request.address];
    const auto words = registers_.read(request.address, request.count);
    return words ? readAnswer(as, *words) : exceptionAnswer(as, request.function, words.error());
  }
  if (request.function == kWriteWord || request.function == kWriteWords) {
    const auto written = registers_.write(request.address, request.values);
    advance(0);
    return written ? writeAnswer(as, request) : exceptionAnswer(as, request.function, written.error());
  }
  return exceptionAnswer(as, request.function, kNoFunction);
}

}  // namespace blupow::sim
