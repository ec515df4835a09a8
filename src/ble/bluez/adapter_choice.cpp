#include "ble/bluez/adapter_choice.hpp"

#include "core/mac_address.hpp"
#include "core/text.hpp"

namespace blupow::ble::bluez {

namespace {

template <typename Test>
const Adapter* firstOf(const ObjectMirror& mirror, Test test) {
  for (const auto& [path, adapter] : mirror.adapters()) {
    if (test(adapter)) return &adapter;
  }
  return nullptr;
}

}  // namespace

AdapterChoice::AdapterChoice(std::string wanted) : wanted_(std::move(wanted)) {
  if (const auto address = MacAddress::parse(wanted_)) wanted_ = address_ = address->text();
}

const Adapter* AdapterChoice::choose(const ObjectMirror& mirror) {
  const auto* known = firstOf(mirror, [this](const Adapter& adapter) { return !address_.empty() && upperCase(adapter.address) == address_; });
  if (!wanted_.empty()) {
    if (known || wanted_ == address_) return known;
    const auto* named = firstOf(mirror, [this](const Adapter& adapter) { return adapter.name == wanted_; });
    // The first one that bore the name is remembered; one that bears it later, while that one is away, only stands in.
    if (named && address_.empty()) address_ = upperCase(named->address);
    return named;
  }
  if (known && known->powered) return known;
  const auto* chosen = firstOf(mirror, [](const Adapter& adapter) { return adapter.powered; });
  if (!chosen) chosen = known ? known : firstOf(mirror, [](const Adapter&) { return true; });
  if (chosen) address_ = upperCase(chosen->address);
  return chosen;
}

}  // namespace blupow::ble::bluez
