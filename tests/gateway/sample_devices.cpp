#include "gateway/sample_devices.hpp"

#include <stdexcept>

#include "profile/json/loader.hpp"
#include "support/places.hpp"

namespace blupow::test {

const profile::Catalogue& shippedProfiles() {
  static const profile::Catalogue catalogue = [] {
    profile::LoadedCatalogue loaded = profile::loadCatalogue(sourceFolder() / "rootfs/usr/share/blupow/profiles");
    if (!loaded.errors.empty()) throw std::runtime_error(loaded.errors.front().text());
    return loaded.catalogue;
  }();
  return catalogue;
}

SampleDevice::SampleDevice(std::string text, const std::string& type, std::string model)
    : address(MacAddress::parse(text).value()), profile(shippedProfiles().find(type)) {
  identity.id = 32;
  identity.known_as = 32;
  identity.family = profile;
  identity.model = std::move(model);
}

void SampleDevice::poll(profile::Readings now) {
  readings = std::move(now);
  for (const profile::Field& field : profile->fields) {
    if (readings.contains(field.key)) identity.answered_blocks.insert(field.block);
  }
  online = true;
  settled = true;
}

gateway::Unit SampleDevice::unitView() const {
  return {.address = address,
          .first = first,
          .identity = &identity,
          .profile = profile,
          .readings = &readings,
          .history = &history,
          .online = online,
          .settled = settled};
}

gateway::Device SampleDevice::view() const {
  return {.address = address, .name = name, .type = profile->type, .from_options = false, .reason = reason, .units = {unitView()}, .link = &link};
}

SampleDevice inverter() { return {"AA:BB:CC:DD:EE:01", "renogy_inverter", "RIV1230RCH-SPS"}; }

SampleDevice controller() {
  SampleDevice device("AA:BB:CC:DD:EE:02", "renogy_controller", "RNG-CTRL-RVR40");
  device.identity.serial_number = "15010001";
  return device;
}

profile::Readings inverterReadings() {
  return {{"model", "RIV1230RCH-SPS"},
          {"device_id", std::int64_t{32}},
          {"input_voltage", 124.9},
          {"battery_voltage", 14.4},
          {"battery_percentage", std::int64_t{100}},
          {"charging_status", "deactivated"},
          {"load_active_power", std::int64_t{108}}};
}

profile::Readings controllerReadings() {
  return {{"model", "RNG-CTRL-RVR40"},
          {"software_version", "V3.2.1"},
          {"hardware_version", "V1.0.4"},
          {"serial_number", "15010001"},
          {"battery_soc", std::int64_t{87}},
          {"battery_voltage", 13.2},
          {"load_status", "on"},
          {"charging_status", "mppt"},
          {"faults", "none"},
          {"power_generation_total", 578.602},
          {"battery_type", "lithium"},
          {"system_voltage", std::int64_t{12}}};
}

}  // namespace blupow::test
