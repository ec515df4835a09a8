// A house of the test's own: bus, bluetoothd with Renogy devices, broker, data folder, and the built program in it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/mqtt_ear.hpp"
#include "support/broker.hpp"
#include "support/private_bus.hpp"
#include "support/process.hpp"
#include "support/simulator.hpp"
#include "support/temp_folder.hpp"

namespace blupow::test {

inline const std::string kInverter = "D8:B6:73:BF:4F:75";
inline const std::string kController = "80:6F:B0:0E:7B:91";

class House : public testing::Test {
 protected:
  // scene: of the simulator, by default with the two devices above.
  explicit House(std::string_view scene = "two") : simulator(bus, scene) {}

  static std::vector<std::string> command(std::vector<std::string> arguments);
  // One command of the program, on our bus.
  Outcome run(const std::vector<std::string>& arguments, std::chrono::milliseconds bound = kBound) const;
  // The same with --json; the document, which must be one.
  struct Answer {
    int status = -1;
    nlohmann::json document;
    std::string errors;
  };
  Answer ask(std::vector<std::string> arguments, std::chrono::milliseconds bound = kBound) const;

  // The service with these options; poll interval 5 s and our broker where they name none.
  void startService(nlohmann::json options = nlohmann::json::object());
  std::filesystem::path writeOptions(nlohmann::json options = nlohmann::json::object()) const;

  // A command by MQTT; its answer.
  nlohmann::json tell(MqttEar& ear, const std::string& name, nlohmann::json arguments = nlohmann::json::object());

  TempFolder data;
  PrivateBus bus;
  Simulator simulator;
  Broker broker;
  std::optional<Process> service;

 private:
  int requests_ = 0;
};

}  // namespace blupow::test
