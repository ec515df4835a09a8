#include "sim/scene.hpp"

#include <nlohmann/json.hpp>

#include "sim/scene_reader.hpp"

namespace blupow::sim {

namespace {

using nlohmann::json;

void readTiming(Reader& reader, Timing& timing) {
  reader.milliseconds("advertise_ms", timing.advertise);
  reader.milliseconds("connect_ms", timing.connect);
  reader.milliseconds("resolve_ms", timing.resolve);
  reader.milliseconds("late_gatt_ms", timing.late_gatt);
  reader.milliseconds("subscribe_ms", timing.subscribe);
  reader.milliseconds("answer_ms", timing.answer);
  reader.milliseconds("disconnect_ms", timing.disconnect);
  reader.milliseconds("refuse_ms", timing.refuse);
  reader.milliseconds("give_up_ms", timing.give_up);
  reader.milliseconds("stream_ms", timing.stream);
  reader.number("baud", timing.baud);
  if (timing.stream == Milliseconds(0)) reader.wrong("stream_ms", "must not be 0");
  if (timing.advertise == Milliseconds(0)) reader.wrong("advertise_ms", "must not be 0");
}

std::uint8_t usualId(Family family) {
  switch (family) {
    case Family::battery:
      return 0x30;
    case Family::inverter:
    case Family::inverter_hf:
      return 0x20;
    default:
      return 0x10;
  }
}

void readUnit(Reader& reader, UnitScene& unit) {
  reader.word("family", unit.family,
              {{"controller", Family::controller},
               {"dcc", Family::dcc},
               {"battery", Family::battery},
               {"inverter", Family::inverter},
               {"inverter_hf", Family::inverter_hf},
               {"shunt", Family::shunt},
               {"blank", Family::blank}});
  unit.id = usualId(unit.family);
  reader.number("id", unit.id);
  reader.text("model", unit.model);
  reader.word("variant", unit.variant, {{"legacy", Variant::legacy}, {"pro", Variant::pro}, {"rngc", Variant::rngc}, {"rngpro", Variant::rngpro}});
  // Captured: asked as 0xFF a legacy battery answers as 0x30, a RNGPRO one with 0xFF.
  if (unit.family == Family::battery && unit.variant == Variant::legacy) unit.universal = Universal::own;
  reader.word("universal", unit.universal, {{"asked", Universal::asked}, {"own", Universal::own}, {"deaf", Universal::deaf}});
  reader.flag("static", unit.is_static);
  if (reader.has("serial")) reader.number("serial", unit.serial.emplace());
  reader.flag("nameless", unit.nameless);
  reader.flag("silent", unit.silent);
  reader.flag("probe", unit.probe);
  reader.number("capacity", unit.capacity);
  reader.number("charge", unit.charge);
  reader.number("panels", unit.panels);
  reader.number("load", unit.load);
  reader.number("alternator", unit.alternator);
  reader.flag("grid", unit.grid);
  reader.registers("registers", unit.registers);
}

// The same for each run and different for each unit, so that a unit can be known again under another id.
std::uint16_t counterOf(const DeviceScene& device, const UnitScene& unit) {
  Bytes seed;
  for (const char character : device.address.digits()) seed.push_back(static_cast<std::uint8_t>(character));
  seed.push_back(unit.id);
  return checksum(seed);
}

Variant variantOf(const std::string& name) {
  if (name.starts_with("RNGPRO")) return Variant::rngpro;
  if (name.starts_with("RNGC")) return Variant::rngc;
  return name.starts_with("RNGRBP") ? Variant::pro : Variant::legacy;
}

// What goes with the name that a device advertises; its own members may say otherwise.
void presume(DeviceScene& device) {
  const Variant variant = variantOf(device.name);
  const bool shunt = device.name.starts_with("RTMShunt300") || device.name.starts_with("Shunt300");
  if (variant == Variant::legacy && !shunt) device.services = {"0000ffd0-0000-1000-8000-00805f9b34fb"};
  device.duplicates = variant != Variant::legacy;
  device.reject_requests = variant == Variant::pro;
  if (shunt) device.mtu = 58;  // its frames of 110 bytes come as 55 and 55
}

void readDevice(Reader& reader, DeviceScene& device, const Timing& usual) {
  device.timing = usual;
  reader.address("address", device.address);
  reader.text("name", device.name);
  presume(device);
  reader.number("rssi", device.rssi);
  reader.texts("services", device.services);
  reader.flag("manufacturer", device.manufacturer);
  reader.object("timing", [&](Reader& inner) { readTiming(inner, device.timing); });
  reader.number("mtu", device.mtu);
  if (device.mtu < 23) reader.wrong("mtu", "must be at least 23");
  reader.flag("duplicates", device.duplicates);
  reader.flag("keep_gatt", device.keep_gatt);
  reader.flag("reject_requests", device.reject_requests);
  reader.flag("silent", device.silent);
  reader.flag("connected", device.connected);
  reader.flag("clash", device.clash);
  reader.list("units", [&](Reader& inner) {
    UnitScene unit;
    unit.variant = variantOf(device.name);
    readUnit(inner, unit);
    if (!unit.is_static && !unit.serial) unit.serial = counterOf(device, unit);
    device.units.push_back(std::move(unit));
  });
}

void readAdapter(Reader& reader, AdapterScene& adapter) {
  reader.text("name", adapter.name);
  reader.address("address", adapter.address);
  reader.flag("powered", adapter.powered);
  reader.number("max_links", adapter.max_links);
}

void readScene(Reader& reader, Scene& scene) {
  Timing usual;
  reader.number("seed", scene.seed);
  reader.number("time_factor", scene.time_factor);
  reader.number("start_hour", scene.start_hour);
  reader.milliseconds("vanish_ms", scene.vanish);
  reader.milliseconds("adapter_delay_ms", scene.adapter_delay);
  reader.milliseconds("power_delay_ms", scene.power_delay);
  reader.object("timing", [&](Reader& inner) { readTiming(inner, usual); });
  reader.list("adapters", [&](Reader& inner) { readAdapter(inner, scene.adapters.emplace_back()); });
  reader.list("devices", [&](Reader& inner) { readDevice(inner, scene.devices.emplace_back(), usual); });
}

}  // namespace

std::expected<Scene, std::string> parseScene(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return std::unexpected("the scene is no JSON");
  Scene scene;
  std::string error;
  Reader reader(document, "", error);
  readScene(reader, scene);
  reader.finish();
  if (!error.empty()) return std::unexpected(error);
  if (!document.contains("adapters")) scene.adapters.push_back({.address = *MacAddress::parse("00:1A:7D:DA:71:13")});
  return scene;
}

std::expected<UnitScene, std::string> parseUnit(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  UnitScene unit;
  std::string error;
  Reader reader(document, "unit.", error);
  readUnit(reader, unit);
  reader.finish();
  if (!error.empty()) return std::unexpected(error);
  return unit;
}

std::expected<Timing, std::string> parseTiming(std::string_view text, const Timing& usual) {
  const json document = json::parse(text, nullptr, false);
  Timing timing = usual;
  std::string error;
  Reader reader(document, "timing.", error);
  readTiming(reader, timing);
  reader.finish();
  if (!error.empty()) return std::unexpected(error);
  return timing;
}

}  // namespace blupow::sim
