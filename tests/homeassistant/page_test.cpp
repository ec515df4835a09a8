// The link to the add-on's page in every device's document.
#include <gmock/gmock.h>

#include "homeassistant/document_checker.hpp"
#include "homeassistant/home.hpp"

namespace blupow::homeassistant {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::IsEmpty;

const std::string kInverterDocument = "homeassistant/device/blupow_AABBCCDDEE01/config";
const std::string kGatewayDocument = "homeassistant/device/blupow_gateway/config";
const std::string kBankDocument = "homeassistant/device/blupow_bank_house/config";
const std::string kPage = "homeassistant://hassio/ingress/a0d7b954_blupow";

class PageTest : public HomeTest {
 protected:
  json deviceIn(const std::string& topic) const { return retainedJson(topic).value("device", json::object()); }

  void showBank() {
    home->bankChanged({.slug = "house", .name = "House", .readings = {{"count", std::int64_t(2)}}, .online = true});
    loop.advance(5s);
  }
};

TEST_F(PageTest, IsLeftOutWhileItIsNotKnown) {
  start();
  connect();
  settled(inverter(), inverterReadings());
  EXPECT_FALSE(deviceIn(kInverterDocument).contains("configuration_url"));
  EXPECT_FALSE(deviceIn(kGatewayDocument).contains("configuration_url"));
}

TEST_F(PageTest, KnownBeforeTheBrokerItStandsInTheFirstDocuments) {
  start();
  home->leadTo(kPage);
  connect();
  settled(inverter(), inverterReadings());
  showBank();
  for (const std::string& topic : {kInverterDocument, kGatewayDocument, kBankDocument}) {
    EXPECT_EQ(deviceIn(topic).value("configuration_url", ""), kPage) << topic;
    EXPECT_EQ(payloadsOn(topic).size(), 1U) << topic;
    EXPECT_THAT(complaintsAbout(client.retained.at(topic)), IsEmpty());
  }
}

TEST_F(PageTest, KnownLaterItMakesOneMoreDocumentOfEachDevice) {
  start();
  connect();
  SampleDevice device = settled(inverter(), inverterReadings());
  showBank();
  home->leadTo(kPage);
  loop.advance(10s);
  for (const std::string& topic : {kInverterDocument, kGatewayDocument, kBankDocument}) {
    EXPECT_EQ(deviceIn(topic).value("configuration_url", ""), kPage) << topic;
    EXPECT_EQ(payloadsOn(topic).size(), 2U) << topic;
  }
  home->leadTo(kPage);
  poll(device, inverterReadings());
  loop.advance(10s);
  EXPECT_EQ(payloadsOn(kInverterDocument).size(), 2U);
}

TEST_F(PageTest, StandsInEveryDocumentOfTheComponentForm) {
  start({.discovery = Form::component, .version = "2.0.0"});
  connect();
  settled(inverter(), inverterReadings());
  home->leadTo(kPage);
  loop.advance(10s);
  int documents = 0;
  for (const auto& [topic, payload] : client.retained) {
    if (!topic.ends_with("/config")) continue;
    ++documents;
    EXPECT_EQ(json::parse(payload)["device"].value("configuration_url", ""), kPage) << topic;
  }
  EXPECT_GT(documents, 20);
}

}  // namespace
}  // namespace blupow::homeassistant
