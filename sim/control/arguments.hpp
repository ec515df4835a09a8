// Reads the members of a command with checks: a wrong one becomes the sentence that the caller gets. Only for the .cpp files of this folder.
#pragma once

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "sim/simulator.hpp"

namespace blupow::sim {

// Thrown inside this folder only; execute() turns it into the answer.
struct BadCommand : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Arguments {
 public:
  Arguments(Simulator& simulator, const nlohmann::json& object) : simulator_(simulator), object_(object) {}

  const nlohmann::json& object() const { return object_; }

  template <typename T>
  std::optional<T> number(const char* key) const {
    const auto member = object_.find(key);
    if (member == object_.end()) return std::nullopt;
    if (!member->is_number_unsigned() || member->get<std::uint64_t>() > std::numeric_limits<T>::max())
      throw BadCommand(std::string(key) + " must be a number in range");
    return static_cast<T>(member->get<std::uint64_t>());
  }

  template <typename T>
  T neededNumber(const char* key) const {
    return needed(number<T>(key), key);
  }

  std::optional<std::string> text(const char* key) const {
    const auto member = object_.find(key);
    if (member == object_.end()) return std::nullopt;
    if (!member->is_string()) throw BadCommand(std::string(key) + " must be a text");
    return member->get<std::string>();
  }

  std::string neededText(const char* key) const { return needed(text(key), key); }

  bool flag(const char* key, bool usual) const {
    const auto member = object_.find(key);
    if (member == object_.end()) return usual;
    if (!member->is_boolean()) throw BadCommand(std::string(key) + " must be true or false");
    return member->get<bool>();
  }

  double fraction(const char* key, double usual) const {
    const auto member = object_.find(key);
    if (member == object_.end()) return usual;
    if (!member->is_number()) throw BadCommand(std::string(key) + " must be a number");
    return member->get<double>();
  }

  Milliseconds milliseconds(const char* key, Milliseconds usual) const {
    const auto given = number<std::uint32_t>(key);
    return given ? Milliseconds(*given) : usual;
  }

  Module& device() const {
    const auto address = MacAddress::parse(neededText("device"));
    Module* module = address ? simulator_.module(*address) : nullptr;
    if (module == nullptr) throw BadCommand("there is no such device");
    return *module;
  }

  Unit& unit() const {
    Module& module = device();
    const auto id = number<std::uint8_t>("unit");
    for (Unit& unit : module.units()) {
      if (!id || unit.id() == *id) return unit;
    }
    throw BadCommand("the device has no such unit");
  }

  std::string adapterName() const { return text("adapter").value_or("hci0"); }

  Adapter& adapter() const {
    Adapter* adapter = simulator_.daemon().adapter(adapterName());
    if (adapter == nullptr) throw BadCommand("there is no adapter " + adapterName());
    return *adapter;
  }

 private:
  template <typename T>
  static T needed(std::optional<T> value, const char* key) {
    if (!value) throw BadCommand(std::string(key) + " is missing");
    return *value;
  }

  Simulator& simulator_;
  const nlohmann::json& object_;
};

}  // namespace blupow::sim
