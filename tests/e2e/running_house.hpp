// A house in which the service runs and a test listens: what a user does with a device, and what a device's topics say, in one line each.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/house.hpp"

namespace blupow::test {

class RunningHouse : public House {
 protected:
  using Seconds = std::chrono::seconds;
  using Json = nlohmann::json;
  using Fits = std::function<bool(const Json& document)>;

  explicit RunningHouse(std::string_view scene = "two") : House(scene) {}
  void TearDown() override;  // the service still runs and has said nothing at error; its log, if the test failed

  // Starts it and listens from before it is online; false when it is not online within kBound.
  bool start(Json options = Json::object());
  // Ends it (kill -9 by default) and starts another one with the same options.
  bool startAnew(int signal = SIGKILL);

  static std::string topic(const std::string& unit, const std::string& what) { return "blupow/" + unit + "/" + what; }
  Json command(const std::string& name, Json arguments = Json::object()) { return tell(*ear, name, std::move(arguments)); }
  Json add(const std::string& address) { return command("add_device", {{"address", address}}); }
  Json commanded(const std::string& name, const std::string& address) { return command(name, {{"address", address}}); }
  // As get_devices tells it.
  Json device(const std::string& address);

  // Until a JSON object on the topic fits, beginning with those heard from position on.
  bool hears(const std::string& topic, const Fits& fits, std::size_t from = 0, std::chrono::milliseconds bound = kBound);
  bool hearsAny(const std::string& topic, std::size_t from = 0, std::chrono::milliseconds bound = kBound);
  // What was said last; an empty object when nothing was.
  Json last(const std::string& topic) const;
  Json state(const std::string& unit) const { return last(topic(unit, "state")); }
  // The topics of that kind ("state") on which something was said from position on.
  std::vector<std::string> units(const std::string& what, std::size_t from = 0) const;

  // How often each unit was read at any register, by its id, of one device.
  std::map<int, int> reads(const std::string& address);

  std::optional<MqttEar> ear;

 private:
  Json options_;
};

}  // namespace blupow::test
