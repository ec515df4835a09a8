// A house in which something breaks and heals. Before each scenario both devices are polled and right; the scenario breaks, heals and says within what
// bound right and fresh values must be back; afterwards the fixture looks back at the whole run: no wrong value, no second start, no error in the log.
#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/house.hpp"

namespace blupow::test {

class Recovery : public House {
 protected:
  using Seconds = std::chrono::seconds;

  void SetUp() override;
  void TearDown() override;

  // One command of the simulator; a device's address is added where the text ends with a comma: R"("do":"drop",)".
  void fault(std::string_view members, const std::string& device = kInverter);

  // The log says this of it from now on, or has since the fixture was ready.
  bool logged(const std::string& text, Seconds bound = Seconds(30));
  // Lines at info and above since the fixture was ready that hold the text, without time and level.
  std::vector<std::string> news(const std::string& about) const;
  // What get_devices answers at this moment.
  std::string reason(const std::string& device = kInverter);

  // kill -9 of the service, and another one in its place.
  void startAnew();

  // The cause is gone by now: changes a register of each device and waits for states that hold it and all other values right. Both devices are online then.
  void expectRightAndFreshWithin(Seconds bound);
  // One more poll of each device, of which nothing is said.
  void expectQuiet();

  std::optional<MqttEar> ear;

 private:
  static nlohmann::json captured(const std::string& device);
  void expectMetersRise(const std::string& device);
  bool isRight(const std::string& device, const nlohmann::json& state) const;
  std::string log() const;

  std::size_t ready_ = 0;               // length of the log when the fixture was
  std::vector<double> voltages_{14.4};  // of the batteries in this run: captured, and set since
  int marks_ = 0;
};

}  // namespace blupow::test
