#include "homeassistant/setting_intake.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "core/text.hpp"
#include "homeassistant/components.hpp"

namespace blupow::homeassistant {

namespace {

constexpr std::chrono::minutes kHandOver{15};  // as release_device without minutes
constexpr std::size_t kLongestValue = 256;     // what is longer than any state is wrong with its beginning, too

}  // namespace

SettingIntake::SettingIntake(gateway::Commands& commands, Topics topics, std::function<void(const UnitPlace&)> refused)
    : commands_(commands), topics_(std::move(topics)), refused_(std::move(refused)), self_(std::make_shared<SettingIntake*>(this)) {}

SettingIntake::~SettingIntake() { *self_ = nullptr; }

template <typename T>
gateway::Answer<T> SettingIntake::answerTo(const SettingPlace& place) {
  return [self = self_, place](const std::expected<T, gateway::CommandFailure>& result) {
    if (*self != nullptr && !result) (*self)->refuse(place, result.error().message);
  };
}

bool SettingIntake::received(const mqtt::Message& message) {
  const auto place = topics_.settingOf(message.topic);
  if (!place) return false;
  if (message.retained) {
    spdlog::debug("a retained wish on {} is ignored", printable(message.topic));
  } else {
    carryOut(*place, std::string(trimmed(std::string_view(message.payload).substr(0, kLongestValue))));
  }
  return true;
}

void SettingIntake::carryOut(const SettingPlace& place, const std::string& text) {
  const bool of_link = !place.unit.id;  // the first unit's topics are the link's
  if (of_link && place.key == kBluetoothConnection) {
    switchBluetooth(place, text);
  } else if (of_link && place.key == kRefresh) {
    commands_.refresh(place.unit.address, answerTo<gateway::DeviceSummary>(place));
  } else {
    commands_.set({.address = place.unit.address, .unit = place.unit.id}, place.key, text, answerTo<void>(place));
  }
}

void SettingIntake::switchBluetooth(const SettingPlace& place, const std::string& text) {
  const std::string word = lowerCase(text);
  if (word == "off") {
    commands_.release(place.unit.address, kHandOver, answerTo<void>(place));
  } else if (word == "on") {
    commands_.resume(place.unit.address, answerTo<void>(place));
  } else {
    refuse(place, place.unit.address.text() + ": " + std::string(kBluetoothConnection) + " is on or off.");
  }
}

// The gateway itself says what became of a setting.
void SettingIntake::refuse(const SettingPlace& place, const std::string& why) {
  const bool of_link = place.key == kBluetoothConnection || place.key == kRefresh;
  spdlog::log(of_link ? spdlog::level::warn : spdlog::level::debug, "{}", why);
  refused_(place.unit);
}

}  // namespace blupow::homeassistant
