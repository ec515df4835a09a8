#include "sim/control/unit_commands.hpp"

#include <charconv>
#include <map>

namespace blupow::sim {

using nlohmann::json;

namespace {

std::uint8_t idOf(const std::string& text) {
  std::uint8_t id = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) throw BadCommand("ids must be new ids by old ids, such as {\"48\": 49}");
  return id;
}

bool has(Module& module, std::uint8_t id) {
  for (const Unit& unit : module.units()) {
    if (unit.id() == id) return true;
  }
  return false;
}

std::string outcome(const Module::Oddity& oddity) {
  if (oddity.answer.size() < 3) return "none";
  return (oddity.answer[1] & 0x80U) != 0 ? "exception " + std::to_string(oddity.answer[2]) : "done";
}

json described(const Module::Oddity& oddity) {
  json entry = {{"bytes", toHex(oddity.bytes)}, {"dangerous", oddity.dangerous}, {"answer", outcome(oddity)}};
  if (!oddity.characteristic.empty()) entry["characteristic"] = oddity.characteristic;
  if (oddity.request) {
    entry["unit"] = oddity.request->unit;
    entry["function"] = oddity.request->function;
    entry["register"] = oddity.request->address;
    entry["words"] = oddity.request->values;
  }
  return entry;
}

}  // namespace

json setWords(Simulator&, const Arguments& arguments) {
  const auto first = arguments.neededNumber<std::uint16_t>("register");
  const auto words = arguments.object().find("words");
  if (words == arguments.object().end() || !words->is_array()) throw BadCommand("words must be a list of numbers");
  Words values;
  for (const json& word : *words) {
    if (!word.is_number_unsigned() || word.get<std::uint64_t>() > 0xFFFF) throw BadCommand("words must be a list of numbers up to 65535");
    values.push_back(static_cast<std::uint16_t>(word.get<std::uint64_t>()));
  }
  arguments.unit().registers().put(first, values);
  return json::object();
}

json getWords(Simulator&, const Arguments& arguments) {
  const auto words = arguments.unit().registers().read(arguments.neededNumber<std::uint16_t>("register"), arguments.number<std::uint16_t>("count").value_or(1));
  if (!words) throw BadCommand("the unit refuses with exception " + std::to_string(words.error()));
  return {{"words", *words}};
}

json unit(Simulator&, const Arguments& arguments) {
  arguments.neededNumber<std::uint8_t>("unit");
  arguments.unit().silence(arguments.flag("silent", true));
  return json::object();
}

// All at once, so that two units may swap their ids.
json reassign(Simulator&, const Arguments& arguments) {
  Module& module = arguments.device();
  const auto ids = arguments.object().find("ids");
  if (ids == arguments.object().end() || !ids->is_object()) throw BadCommand("ids must be new ids by old ids, such as {\"48\": 49}");
  std::map<std::uint8_t, std::uint8_t> changes;
  for (const auto& [from, to] : ids->items()) {
    if (!to.is_number_unsigned() || to.get<std::uint64_t>() > 247) throw BadCommand("an id must be a number up to 247");
    changes[idOf(from)] = static_cast<std::uint8_t>(to.get<std::uint64_t>());
    if (!has(module, idOf(from))) throw BadCommand("the device has no unit " + from);
  }
  std::map<std::uint8_t, std::size_t> taken;
  for (const Unit& unit : module.units()) {
    const auto change = changes.find(unit.id());
    if (++taken[change == changes.end() ? unit.id() : change->second] > 1) throw BadCommand("two units would have the same id");
  }
  for (Unit& unit : module.units()) {
    if (const auto change = changes.find(unit.id()); change != changes.end()) unit.reassign(change->second);
  }
  return json::object();
}

json addUnit(Simulator&, const Arguments& arguments) {
  Module& module = arguments.device();
  const auto described = arguments.object().find("as");
  if (described == arguments.object().end()) throw BadCommand("as is missing: a unit as in a scene");
  const auto scene = parseUnit(described->dump());
  if (!scene) throw BadCommand(scene.error());
  if (has(module, scene->id)) throw BadCommand("the device has a unit " + std::to_string(scene->id) + " already");
  module.add(*scene);
  return json::object();
}

json removeUnit(Simulator&, const Arguments& arguments) {
  arguments.neededNumber<std::uint8_t>("unit");
  arguments.device().remove(arguments.unit().id());
  return json::object();
}

json writes(Simulator& simulator, const Arguments& arguments) {
  json devices = json::object();
  for (const auto& module : simulator.modules()) {
    json entries = json::array();
    for (const Module::Oddity& oddity : module->oddities()) entries.push_back(described(oddity));
    devices[module->scene().address.text()] = std::move(entries);
    if (arguments.flag("reset", false)) module->forgetOddities();
  }
  return {{"devices", devices}};
}

}  // namespace blupow::sim
