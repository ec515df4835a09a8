// Takes what is published under set/ of a unit: settings of the device, and the switch and the button of its link. Loop thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/commands.hpp"
#include "homeassistant/topics.hpp"
#include "mqtt/client.hpp"

namespace blupow::homeassistant {

class SettingIntake {
 public:
  // refused: what was asked did not come to pass, so what is shown of the unit is to be published again.
  SettingIntake(gateway::Commands& commands, Topics topics, std::function<void(const UnitPlace&)> refused);
  ~SettingIntake();
  SettingIntake(const SettingIntake&) = delete;
  SettingIntake& operator=(const SettingIntake&) = delete;

  // A retained wish is an old one: ignored, as are other topics. Whether it was such a topic.
  bool received(const mqtt::Message& message);

 private:
  void carryOut(const SettingPlace& place, const std::string& text);
  void switchBluetooth(const SettingPlace& place, const std::string& text);
  void refuse(const SettingPlace& place, const std::string& why);
  // What an answer says if it is a failure.
  template <typename T>
  gateway::Answer<T> answerTo(const SettingPlace& place);

  gateway::Commands& commands_;
  const Topics topics_;
  const std::function<void(const UnitPlace&)> refused_;
  std::shared_ptr<SettingIntake*> self_;  // answers that come later than our end find it gone
};

}  // namespace blupow::homeassistant
