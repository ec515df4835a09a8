#include "sim/scene.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace blupow::sim {

namespace {

using nlohmann::json;

// Reads the members of one JSON object; the first thing wrong is remembered with its path, and members nobody asked for are wrong too.
class Reader {
 public:
  Reader(const json& object, std::string path, std::string& error) : object_(object), path_(std::move(path)), error_(error) {
    if (!object_.is_object() && error_.empty()) error_ = (path_.empty() ? "the scene" : path_.substr(0, path_.size() - 1)) + " must be an object";
  }

  template <typename T>
  void number(const char* key, T& into) {
    const json* member = find(key);
    if (member == nullptr) return;
    if (!member->is_number() || (std::is_integral_v<T> && !member->is_number_integer())) return wrong(key, "must be a number");
    const double value = member->get<double>();
    if (value < static_cast<double>(std::numeric_limits<T>::lowest()) || value > static_cast<double>(std::numeric_limits<T>::max()))
      return wrong(key, "is out of range");
    into = static_cast<T>(value);
  }

  void milliseconds(const char* key, Milliseconds& into) {
    auto count = static_cast<std::uint32_t>(into.count());
    number(key, count);
    into = Milliseconds(count);
  }

  void flag(const char* key, bool& into) {
    const json* member = find(key);
    if (member == nullptr) return;
    if (!member->is_boolean()) return wrong(key, "must be true or false");
    into = member->get<bool>();
  }

  void text(const char* key, std::string& into) {
    const json* member = find(key);
    if (member == nullptr) return;
    if (!member->is_string()) return wrong(key, "must be a text");
    into = member->get<std::string>();
  }

  void texts(const char* key, std::vector<std::string>& into) {
    const json* member = find(key);
    if (member == nullptr) return;
    into.clear();
    for (const json& entry : *member) {
      if (!entry.is_string()) return wrong(key, "must be a list of texts");
      into.push_back(entry.get<std::string>());
    }
  }

  void address(const char* key, MacAddress& into) {
    std::string written;
    text(key, written);
    const auto parsed = MacAddress::parse(written);
    if (!parsed) return wrong(key, "must be an address such as 80:6F:B0:0E:7B:91");
    into = *parsed;
  }

  template <typename T>
  void word(const char* key, T& into, std::initializer_list<std::pair<const char*, T>> words) {
    std::string written;
    text(key, written);
    if (written.empty()) return;
    for (const auto& [name, value] : words) {
      if (written == name) {
        into = value;
        return;
      }
    }
    wrong(key, "is no word known here");
  }

  // "4000": [1, 2] or "0x0100": [...]
  void registers(const char* key, std::map<std::uint16_t, Words>& into) {
    const json* member = find(key);
    if (member == nullptr) return;
    if (!member->is_object()) return wrong(key, "must be an object");
    for (const auto& [first, words] : member->items()) {
      const bool hex = first.starts_with("0x");
      std::uint16_t number = 0;
      const auto parsed = std::from_chars(first.data() + (hex ? 2 : 0), first.data() + first.size(), number, hex ? 16 : 10);
      if (parsed.ec != std::errc() || parsed.ptr != first.data() + first.size() || !words.is_array()) return wrong(key, "must be lists of words by address");
      for (const json& word : words) {
        if (!word.is_number_unsigned() || word.get<std::uint64_t>() > 0xFFFF) return wrong(key, "must be lists of words by address");
        into[number].push_back(static_cast<std::uint16_t>(word.get<std::uint64_t>()));
      }
    }
  }

  template <typename Each>
  void list(const char* key, Each each) {
    const json* member = find(key);
    if (member == nullptr) return;
    if (!member->is_array()) return wrong(key, "must be a list");
    for (std::size_t i = 0; i < member->size(); ++i) {
      Reader inner((*member)[i], path_ + key + "[" + std::to_string(i) + "].", error_);
      each(inner);
      inner.finish();
    }
  }

  template <typename Fill>
  void object(const char* key, Fill fill) {
    const json* member = find(key);
    if (member == nullptr) return;
    Reader inner(*member, path_ + key + ".", error_);
    fill(inner);
    inner.finish();
  }

  void finish() {
    if (!object_.is_object()) return;
    for (const auto& [key, value] : object_.items()) {
      if (!asked_.contains(key)) wrong(key, "is not known");
    }
  }

  void wrong(const std::string& key, const char* what) {
    if (error_.empty()) error_ = path_ + key + " " + what;
  }

 private:
  const json* find(const char* key) {
    asked_.insert(key);
    if (!object_.is_object()) return nullptr;
    const auto member = object_.find(key);
    return member == object_.end() ? nullptr : &*member;
  }

  const json& object_;
  std::string path_;
  std::string& error_;
  std::set<std::string> asked_;
};

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
  reader.number("baud", timing.baud);
  if (timing.advertise == Milliseconds(0)) reader.wrong("advertise_ms", "must not be 0");
}

void readUnit(Reader& reader, UnitScene& unit) {
  reader.word("family", unit.family, {{"controller", Family::controller}, {"inverter", Family::inverter}, {"blank", Family::blank}});
  if (unit.family == Family::inverter) unit.id = 0x20;
  reader.number("id", unit.id);
  reader.text("model", unit.model);
  reader.word("universal", unit.universal, {{"asked", Universal::asked}, {"own", Universal::own}, {"deaf", Universal::deaf}});
  reader.flag("static", unit.is_static);
  reader.number("capacity", unit.capacity);
  reader.number("charge", unit.charge);
  reader.number("panels", unit.panels);
  reader.number("load", unit.load);
  reader.flag("grid", unit.grid);
  reader.registers("registers", unit.registers);
}

void readDevice(Reader& reader, DeviceScene& device, const Timing& usual) {
  device.timing = usual;
  device.services = {"0000ffd0-0000-1000-8000-00805f9b34fb"};
  reader.address("address", device.address);
  reader.text("name", device.name);
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
  reader.list("units", [&](Reader& inner) { readUnit(inner, device.units.emplace_back()); });
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
