// What the tests of the whole room share: the topics of its sample devices, commands and their answers.
#pragma once

#include "homeassistant/home.hpp"

namespace blupow::homeassistant {

inline const std::string kInverter = "blupow/AA:BB:CC:DD:EE:01";
inline const std::string kInverterDocument = "homeassistant/device/blupow_AABBCCDDEE01/config";
inline const std::string kControllerDocument = "homeassistant/device/blupow_AABBCCDDEE02/config";
inline const std::string kGatewayDocument = "homeassistant/device/blupow_gateway/config";
inline const std::string kGatewayStatus = "blupow/gateway/status";

class HomeAssistantTest : public HomeTest {
 protected:
  void setOnline(SampleDevice& device, bool online) {
    device.online = online;
    home->unitAvailability(device.view(), device.unitView());
  }

  void command(const std::string& text) { client.receive("blupow/gateway/command", text); }

  std::vector<nlohmann::json> answersTo(const std::string& id) const {
    std::vector<nlohmann::json> answers;
    for (const Published& message : client.on("blupow/gateway/response/" + id)) {
      EXPECT_FALSE(message.retained);
      answers.push_back(nlohmann::json::parse(message.payload));
    }
    return answers;
  }

  bool advanceUntilPublished(const std::string& topic) {
    for (int step = 0; step < 100 && client.on(topic).empty(); ++step) loop.advance(std::chrono::milliseconds(100));
    return !client.on(topic).empty();
  }

  std::size_t positionOf(const std::string& topic, const std::string& payload) const {
    for (std::size_t position = 0; position < client.published.size(); ++position) {
      if (client.published[position].topic == topic && client.published[position].payload == payload) return position;
    }
    ADD_FAILURE() << "never published: " << topic << " " << payload;
    return client.published.size();
  }
};

}  // namespace blupow::homeassistant
