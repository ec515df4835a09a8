#include "cli/print.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/text.hpp"

namespace blupow::cli {

namespace {

// The order of the keys is the one in which people read them.
using Json = nlohmann::ordered_json;

std::string documentOf(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json textOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

template <typename T>
Json valueOrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

double tenths(double value) { return std::round(value * 10) / 10; }

Json stateOf(const profile::Readings& readings) {
  Json state = Json::object();
  for (const auto& [key, value] : readings) {
    std::visit([&](const auto& content) { state[key] = content; }, value);
  }
  return state;
}

// Of the family's field, else of the one that a quirk brings.
std::string unitOf(const profile::Profile& family, const std::string& key) {
  if (const profile::Field* field = family.field(key)) return field->unit;
  for (const profile::Quirk& quirk : family.quirks) {
    if (const auto field = std::ranges::find(quirk.fields, key, &profile::Field::key); field != quirk.fields.end()) return field->unit;
  }
  return {};
}

std::string valueText(const profile::Value& value, const std::string& unit) {
  std::string text = printable(std::visit([](const auto& content) { return fmt::format("{}", content); }, value));
  if (!unit.empty()) text += " " + unit;
  return text;
}

std::string stateLines(const profile::Readings& readings, const profile::ProfilePtr& family) {
  std::string lines;
  for (const auto& [key, value] : readings) lines += fmt::format("  {:<32} {}\n", key, valueText(value, family ? unitOf(*family, key) : std::string()));
  return lines;
}

Json registersOf(const app::Registers& registers) {
  Json words = Json::object();
  for (const auto& [address, word] : registers) words[std::to_string(address)] = word;
  return words;
}

// Ten words a line, from an address that is its beginning or follows a gap.
std::string registerLines(const app::Registers& registers) {
  constexpr int kWordsALine = 10;
  std::string lines = "  registers\n";
  int expected = -1;
  int room = 0;
  for (const auto& [address, word] : registers) {
    if (address != expected || room == 0) {
      lines += fmt::format("{}  {:>5} ", expected < 0 ? "" : "\n", address);
      room = kWordsALine;
    }
    lines += fmt::format(" {:04X}", word);
    expected = address + 1;
    --room;
  }
  return lines + "\n";
}

Json errorsOf(const std::vector<profile::ProfileError>& errors) {
  Json list = Json::array();
  for (const profile::ProfileError& error : errors) list.push_back({{"path", error.path}, {"rule", error.rule}, {"message", error.message}});
  return list;
}

std::string_view stateWord(const std::optional<bool>& ok) {
  if (!ok) return "not tried";
  return *ok ? "ok" : "FAILED";
}

}  // namespace

std::string errorDocument(const std::string& sentence) { return documentOf({{"error", sentence}}); }

std::string scanDocument(const std::vector<app::ScannedDevice>& devices) {
  Json list = Json::array();
  for (const app::ScannedDevice& device : devices) {
    list.push_back({{"address", device.address.text()},
                    {"name", textOrNull(device.name)},
                    {"rssi", valueOrNull(device.rssi)},
                    {"age", tenths(inSeconds(device.age))},
                    {"renogy", device.renogy},
                    {"type", textOrNull(device.type)}});
  }
  return documentOf({{"devices", list}});
}

std::string scanLines(const std::vector<app::ScannedDevice>& devices) {
  if (devices.empty()) return "Nothing heard. A device keeps silent while it is connected: to the BluPow service, a phone or another host.\n";
  std::string lines = fmt::format("{:<17}  {:>8}  {:<24}  {}\n", "address", "strength", "name", "type");
  for (const app::ScannedDevice& device : devices) {
    const std::string strength = device.rssi ? fmt::format("{} dBm", *device.rssi) : "-";
    const std::string type = device.type.empty() ? (device.renogy ? "Renogy, type not known before it is read" : "-") : device.type;
    lines += fmt::format("{}  {:>8}  {:<24}  {}\n", device.address.text(), strength, device.name.empty() ? "-" : printable(device.name), type);
  }
  return lines;
}

std::string readDocument(const MacAddress& address, const std::vector<app::UnitReading>& units) {
  Json list = Json::array();
  for (const app::UnitReading& unit : units) {
    Json entry{{"unit", unit.id}, {"type", textOrNull(unit.type)}, {"model", textOrNull(unit.model)}, {"state", stateOf(unit.state)}};
    if (unit.registers) entry["registers"] = registersOf(*unit.registers);
    list.push_back(std::move(entry));
  }
  return documentOf({{"address", address.text()}, {"units", list}});
}

std::string readLines(const std::vector<app::UnitReading>& units, const profile::Catalogue& catalogue) {
  std::string lines;
  for (const app::UnitReading& unit : units) {
    const std::string_view type = unit.type.empty() ? std::string_view("no device that a profile describes") : unit.type;
    lines += fmt::format("unit {}: {}{}{}\n", unit.id, type, unit.model.empty() ? "" : " ", printable(unit.model));
    lines += stateLines(unit.state, catalogue.find(unit.type));
    if (unit.registers) lines += registerLines(*unit.registers);
  }
  return lines;
}

std::string decodeDocument(const app::DecodedFrame& frame) {
  if (!frame.answer) return documentOf({{"fields", stateOf(frame.decoded.readings)}});
  const modbus::Answer& answer = *frame.answer;
  const bool words = answer.function == static_cast<std::uint8_t>(modbus::Function::read) && !answer.exception;
  return documentOf({{"device_id", answer.unit},
                     {"function", answer.function},
                     {"words", words ? Json(answer.words) : Json()},
                     {"exception", valueOrNull(answer.exception)},
                     {"fields", stateOf(frame.decoded.readings)}});
}

std::string decodeLines(const app::DecodedFrame& frame, const profile::ProfilePtr& family) {
  if (!frame.answer) return stateLines(frame.decoded.readings, family);
  const modbus::Answer& answer = *frame.answer;
  std::string lines = fmt::format("device id {}, function {:02X}\n", answer.unit, answer.function);
  if (answer.exception) return lines + fmt::format("refused: {}\n", modbus::exceptionText(*answer.exception));
  if (answer.function != static_cast<std::uint8_t>(modbus::Function::read)) return lines + fmt::format("register {}, value {}\n", answer.address, answer.value);
  lines += fmt::format("{} words:", answer.words.size());
  for (const std::uint16_t word : answer.words) lines += fmt::format(" {}", word);
  return lines + "\n" + stateLines(frame.decoded.readings, family);
}

std::string profilesDocument(const profile::Catalogue& catalogue) {
  Json list = Json::array();
  for (const profile::ProfilePtr& profile : catalogue.all()) {
    list.push_back({{"type", profile->type}, {"name", profile->name}, {"file", profile->file}, {"fields", profile->fields.size()}});
  }
  return documentOf({{"profiles", list}});
}

std::string profilesLines(const profile::Catalogue& catalogue) {
  std::string lines;
  for (const profile::ProfilePtr& profile : catalogue.all()) {
    lines += fmt::format("{:<24}  {:<32}  {:>3} fields  {}\n", profile->type, printable(profile->name), profile->fields.size(), profile->file);
  }
  return lines;
}

std::string checkDocument(const std::vector<app::CheckedFile>& files) {
  Json list = Json::array();
  bool ok = true;
  for (const app::CheckedFile& checked : files) {
    ok = ok && checked.errors.empty();
    list.push_back({{"file", checked.file.string()}, {"ok", checked.errors.empty()}, {"errors", errorsOf(checked.errors)}});
  }
  return documentOf({{"ok", ok}, {"files", list}});
}

std::string checkLines(const std::vector<app::CheckedFile>& files) {
  std::string lines;
  for (const app::CheckedFile& checked : files) {
    if (checked.errors.empty()) lines += fmt::format("{}: ok\n", printable(checked.file.string()));
    for (const profile::ProfileError& error : checked.errors) lines += printable(error.text()) + "\n";
  }
  return lines;
}

std::string doctorDocument(const app::Examination& examination) {
  Json list = Json::array();
  for (const app::Check& check : examination.checks) {
    list.push_back({{"name", check.name}, {"ok", valueOrNull(check.ok)}, {"detail", check.detail}, {"cure", textOrNull(check.cure)}});
  }
  return documentOf({{"ok", examination.ok()}, {"checks", list}});
}

std::string doctorLines(const app::Examination& examination) {
  std::string lines;
  for (const app::Check& check : examination.checks) {
    lines += fmt::format("{:<9}  {}: {}\n", stateWord(check.ok), check.name, printable(check.detail));
    if (!check.cure.empty()) lines += fmt::format("{:<9}  cure: {}\n", "", printable(check.cure));
  }
  return lines;
}

std::string healthDocument(const app::Health& health) { return documentOf({{"ok", true}, {"version", health.version}, {"uptime", health.uptime.count()}}); }

std::string healthLines(const app::Health& health) { return fmt::format("BluPow {} is alive, up {} s\n", printable(health.version), health.uptime.count()); }

}  // namespace blupow::cli
