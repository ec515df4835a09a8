#include "sim/control/commands.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "sim/control/arguments.hpp"
#include "sim/control/unit_commands.hpp"

namespace blupow::sim {

namespace {

using nlohmann::json;

json list(Simulator& simulator, const Arguments&) {
  json answer = {{"adapters", json::array()}, {"devices", json::array()}};
  for (const auto& adapter : simulator.daemon().adapters()) {
    json known = json::array();
    for (const auto& [address, device] : adapter->devices()) known.push_back(address.text());
    answer["adapters"].push_back({{"path", adapter->path()}, {"powered", adapter->powered()}, {"discovering", adapter->discovering()}, {"known", known}});
  }
  for (const auto& module : simulator.modules()) {
    json units = json::array();
    for (const Unit& unit : module->units()) units.push_back(unit.id());
    json faults = json::array();
    for (const AnswerRule& rule : module->faults().rules()) faults.push_back(name(rule.fault));
    answer["devices"].push_back({{"address", module->scene().address.text()},
                                 {"name", module->scene().name},
                                 {"connected", module->connected()},
                                 {"held", module->held()},
                                 {"silent", module->silent()},
                                 {"units", units},
                                 {"faults", faults}});
  }
  return answer;
}

json fault(Simulator&, const Arguments& arguments) {
  const auto kind = answerFault(arguments.neededText("kind"));
  if (!kind) throw BadCommand("kind is no fault known here");
  AnswerRule rule{.fault = *kind, .address = arguments.number<std::uint16_t>("register"), .unit = arguments.number<std::uint8_t>("unit")};
  rule.count = arguments.number<std::uint32_t>("count");
  if (rule.count == 0U) throw BadCommand("count must not be 0");
  rule.probability = arguments.fraction("probability", rule.probability);
  rule.delay = arguments.milliseconds("ms", rule.delay);
  if (rule.fault == AnswerFault::refused) rule.code = kFailed;
  rule.code = arguments.number<std::uint8_t>("code").value_or(rule.code);
  rule.function = arguments.number<std::uint8_t>("function");
  arguments.device().faults().add(rule);
  return json::object();
}

json clear(Simulator& simulator, const Arguments& arguments) {
  if (arguments.text("device")) {
    arguments.device().faults().clear();
    return json::object();
  }
  for (const auto& module : simulator.modules()) module->faults().clear();
  simulator.daemon().faults().clear();
  return json::object();
}

json method(Simulator& simulator, const Arguments& arguments) {
  MethodRule rule{.member = arguments.neededText("name"), .count = arguments.number<std::uint32_t>("count")};
  if (rule.count == 0U) throw BadCommand("count must not be 0");
  if (arguments.text("device")) {
    rule.path_part = "/dev_" + arguments.device().scene().address.text();
    for (char& character : rule.path_part) character = character == ':' ? '_' : character;
  }
  rule.hang = arguments.flag("hang", false);
  rule.delay = arguments.milliseconds("ms", rule.delay);
  if (const auto error = arguments.text("error")) rule.refusal = Refusal{*error, arguments.text("text").value_or("")};
  simulator.daemon().faults().add(std::move(rule));
  return json::object();
}

json power(Simulator& simulator, const Arguments& arguments) {
  const bool on = arguments.flag("on", true);
  arguments.adapter().power(on);
  if (AdapterScene* hardware = simulator.daemon().hardware(arguments.adapterName())) hardware->powered = on;
  return json::object();
}

json limit(Simulator& simulator, const Arguments& arguments) {
  AdapterScene* hardware = simulator.daemon().hardware(arguments.adapterName());
  if (hardware == nullptr) throw BadCommand("there is no adapter " + arguments.adapterName());
  hardware->max_links = arguments.neededNumber<std::uint32_t>("links");
  return json::object();
}

json removeAdapter(Simulator& simulator, const Arguments& arguments) {
  if (!simulator.daemon().unplug(arguments.adapterName())) throw BadCommand("there is no adapter " + arguments.adapterName());
  return json::object();
}

json addAdapter(Simulator& simulator, const Arguments& arguments) {
  const auto address = MacAddress::parse(arguments.text("address").value_or("00:1A:7D:DA:71:13"));
  if (!address) throw BadCommand("address must be an address");
  // As bluetoothd shows a stick that was put back: unpowered, unless it is told otherwise.
  if (!simulator.daemon().plug({.name = arguments.adapterName(), .address = *address, .powered = arguments.flag("powered", false)})) {
    throw BadCommand("there is an adapter " + arguments.adapterName() + " already");
  }
  return json::object();
}

json renameAdapter(Simulator& simulator, const Arguments& arguments) {
  const std::string to = arguments.neededText("to");
  const AdapterScene* hardware = simulator.daemon().hardware(arguments.adapterName());
  if (hardware == nullptr) throw BadCommand("there is no adapter " + arguments.adapterName());
  if (simulator.daemon().hardware(to) != nullptr) throw BadCommand("there is an adapter " + to + " already");
  AdapterScene renamed = *hardware;
  renamed.name = to;
  simulator.daemon().unplug(arguments.adapterName());
  simulator.daemon().plug(renamed);
  return json::object();
}

json restart(Simulator& simulator, const Arguments& arguments) {
  simulator.daemon().restart(arguments.milliseconds("ms", Milliseconds(1000)), arguments.flag("in_order", false));
  return json::object();
}

json drop(Simulator&, const Arguments& arguments) {
  Module& module = arguments.device();
  if (!module.connected()) throw BadCommand("the device is not connected");
  module.dropLink();
  return json::object();
}

json hold(Simulator&, const Arguments& arguments) {
  arguments.device().hold(arguments.flag("on", true));
  return json::object();
}

json silence(Simulator&, const Arguments& arguments) {
  arguments.device().silence(arguments.flag("on", true));
  return json::object();
}

json die(Simulator&, const Arguments& arguments) {
  arguments.device().dieAfterConnect(arguments.number<std::uint32_t>("count").value_or(1));
  return json::object();
}

json connected(Simulator&, const Arguments& arguments) {
  Module& module = arguments.device();
  if (module.connected()) throw BadCommand("the device is connected already");
  arguments.adapter().ensure(module).linkExists(arguments.flag("resolved", true));
  return json::object();
}

json vanish(Simulator&, const Arguments& arguments) {
  Adapter& adapter = arguments.adapter();
  Device* device = adapter.find(arguments.device().scene().address);
  if (device == nullptr) throw BadCommand("bluetoothd does not know the device");
  adapter.forget(*device);
  return json::object();
}

json timing(Simulator&, const Arguments& arguments) {
  Module& module = arguments.device();
  json members = arguments.object();
  members.erase("do");
  members.erase("device");
  const auto changed = parseTiming(members.dump(), module.scene().timing);
  if (!changed) throw BadCommand(changed.error());
  module.setTiming(*changed);
  return json::object();
}

json counters(Simulator& simulator, const Arguments& arguments) {
  json devices = json::object();
  for (const auto& module : simulator.modules()) {
    json reads = json::object();
    for (const Unit& unit : module->units()) {
      json& ofUnit = reads[std::to_string(unit.id())] = json::object();
      for (const auto& [address, times] : unit.reads()) ofUnit[std::to_string(address)] = times;
    }
    json& device = devices[module->scene().address.text()] = {{"links", module->links()}, {"requests", module->requests()}, {"reads", reads}};
    if (const auto& [first, total] = module->answering(); first) {
      device["first_request"] = std::chrono::duration<double>(first->time_since_epoch()).count();
      device["answer_ms"] = std::chrono::duration<double, std::milli>(total).count();
    }
  }
  json answer = {{"calls", simulator.daemon().calls()}, {"devices", devices}};
  if (arguments.flag("reset", false)) {
    simulator.daemon().calls().clear();
    for (const auto& module : simulator.modules()) module->forgetCounts();
  }
  return answer;
}

using Command = json (*)(Simulator&, const Arguments&);

const std::map<std::string, Command, std::less<>>& commands() {
  static const std::map<std::string, Command, std::less<>> kCommands = {
      {"adapter_add", addAdapter},
      {"add_unit", addUnit},
      {"adapter_remove", removeAdapter},
      {"adapter_rename", renameAdapter},
      {"clear", clear},
      {"connected", connected},
      {"counters", counters},
      {"die", die},
      {"drop", drop},
      {"fault", fault},
      {"get", getWords},
      {"hold", hold},
      {"limit", limit},
      {"list", list},
      {"method", method},
      {"power", power},
      {"reassign", reassign},
      {"remove_unit", removeUnit},
      {"restart", restart},
      {"set", setWords},
      {"silence", silence},
      {"timing", timing},
      {"unit", unit},
      {"vanish", vanish},
      {"writes", writes},
  };
  return kCommands;
}

json run(Simulator& simulator, const json& request) {
  if (!request.is_object()) throw BadCommand("a command is one JSON object on one line");
  const Arguments arguments(simulator, request);
  const std::string name = arguments.neededText("do");
  const auto command = commands().find(name);
  if (command == commands().end()) throw BadCommand("there is no command " + name);
  json answer = command->second(simulator, arguments);
  answer["ok"] = true;
  return answer;
}

}  // namespace

std::string execute(Simulator& simulator, std::string_view line) {
  try {
    return run(simulator, json::parse(line, nullptr, false)).dump();
  } catch (const BadCommand& wrong) {
    return json{{"ok", false}, {"error", wrong.what()}}.dump(-1, ' ', false, json::error_handler_t::replace);
  }
}

}  // namespace blupow::sim
