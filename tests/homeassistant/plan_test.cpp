#include "homeassistant/plan.hpp"

#include <gmock/gmock.h>

namespace blupow::homeassistant {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Settings kDevice{.version = "2.0.0"};
const Settings kEntities{.discovery = Form::component, .version = "2.0.0"};
const std::string kTopic = "homeassistant/device/blupow_AABBCCDDEE02/config";

std::string entityTopic(const std::string& key, const std::string& platform = "sensor") {
  return "homeassistant/" + platform + "/blupow_AABBCCDDEE02_" + key + "/config";
}

Description wanting(std::vector<Component> components) {
  return {
      .object_id = "blupow_AABBCCDDEE02", .identifier = "blupow_AA:BB:CC:DD:EE:02", .name = "Roof", .state_topic = "s", .components = std::move(components)};
}

const Component kVoltage{.key = "voltage", .name = "Voltage"};
const Component kLoad{.key = "load", .name = "Load"};
const Component kLoadContact{.platform = "binary_sensor", .key = "load", .name = "Load"};

Publication document(const Description& description, const Departing& departing = {}) { return {kTopic, deviceDocument(description, departing), true}; }

TEST(Plan, ADocumentGoesOutAfterEachConnectionAndNotForNothing) {
  const Description wanted = wanting({kVoltage});
  Situation situation;
  EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::changed), ElementsAre(Step{document(wanted)}));
  situation.documents[kTopic] = deviceDocument(wanted);
  EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::changed), IsEmpty());
  EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::connected), ElementsAre(Step{document(wanted)}));
  EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::birth), ElementsAre(Step{document(wanted)}));
}

TEST(Plan, DocumentsOfEntitiesAreTakenOver) {
  const Description wanted = wanting({kVoltage});
  Situation situation{.documents = {{entityTopic("voltage"), "{}"}, {entityTopic("last_update"), "{}"}, {entityTopic("voltage", "number"), "{}"}}, .owed = {}};
  EXPECT_THAT(
      planDocuments(kDevice, wanted, situation, Occasion::connected),
      ElementsAre(Step{{entityTopic("voltage", "number"), ""}, {entityTopic("last_update"), ""}, {entityTopic("voltage"), std::string(kMigrate), false}},
                  Step{document(wanted, {.whole = {}, .emptied = {{"last_update", "sensor"}}})}, Step{{entityTopic("voltage"), ""}}));
  EXPECT_THAT(situation.owed, ElementsAre(testing::Pair("last_update", "sensor"), testing::Pair("voltage", "number")));
}

TEST(Plan, ADocumentIsTakenOverByThoseOfEntities) {
  const Description wanted = wanting({kVoltage});
  Situation situation{.documents = {{kTopic, deviceDocument(wanting({kVoltage, kLoad}))}}, .owed = {}};
  EXPECT_THAT(planDocuments(kEntities, wanted, situation, Occasion::connected),
              ElementsAre(Step{document(wanted, {.whole = {}, .emptied = {{"load", "sensor"}}})}, Step{{kTopic, std::string(kMigrate), false}},
                          Step{{entityTopic("voltage"), entityDocument(wanted, kVoltage)}}, Step{{kTopic, ""}}));
  EXPECT_THAT(situation.owed, ElementsAre(testing::Pair("load", "sensor")));
}

TEST(Plan, AComponentThatGoesIsEmptiedAtOnceAndLeftOutAfterTheNextStart) {
  const Description wanted = wanting({kVoltage});
  const Departing emptied{.whole = {}, .emptied = {{"load", "sensor"}}};
  Situation situation{.documents = {{kTopic, deviceDocument(wanting({kVoltage, kLoad}))}}, .owed = {}};
  EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::connected), ElementsAre(Step{document(wanted, emptied)}));
  // As read back by another process: still emptied, until Home Assistant starts.
  situation.documents[kTopic] = deviceDocument(wanted, emptied);
  EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::connected), ElementsAre(Step{document(wanted, emptied)}));
  EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::birth),
              ElementsAre(Step{document(wanted, {.whole = {{"load", "sensor"}}, .emptied = {}})}, Step{document(wanted, emptied)}, Step{document(wanted)}));
}

TEST(Plan, AComponentThatComesBackIsJustThere) {
  const Description wanted = wanting({kVoltage, kLoad});
  Situation situation{.documents = {{kTopic, deviceDocument(wanted, {.whole = {}, .emptied = {{"load", "sensor"}}})}}, .owed = {}};
  EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::connected), ElementsAre(Step{document(wanted)}));
}

TEST(Plan, AComponentOfAnotherPlatformIsEmptiedFirstAndAtTheNextStart) {
  const Description wanted = wanting({kLoadContact});
  const Slots old = {{"load", "sensor"}};
  Situation situation{.documents = {{kTopic, deviceDocument(wanting({kLoad}))}}, .owed = {}};
  EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::changed),
              ElementsAre(Step{document(wanted, {.whole = {}, .emptied = old})}, Step{document(wanted)}));
  situation.documents[kTopic] = deviceDocument(wanted);
  EXPECT_THAT(
      planDocuments(kDevice, wanted, situation, Occasion::birth),
      ElementsAre(Step{document(wanted, {.whole = old, .emptied = {}})}, Step{document(wanted, {.whole = {}, .emptied = old})}, Step{document(wanted)}));
  EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::birth), ElementsAre(Step{document(wanted)}));
}

TEST(Plan, AnEntityThatGoesIsEmptiedAndShownOnceMoreAfterTheNextStart) {
  const Description wanted = wanting({kVoltage});
  const Publication voltage{entityTopic("voltage"), entityDocument(wanted, kVoltage)};
  Situation situation{.documents = {{entityTopic("load"), "{}"}}, .owed = {}};
  EXPECT_THAT(planDocuments(kEntities, wanted, situation, Occasion::connected), ElementsAre(Step{{entityTopic("load"), ""}}, Step{voltage}));
  situation.documents = {{voltage.topic, voltage.payload}};
  EXPECT_THAT(planDocuments(kEntities, wanted, situation, Occasion::changed), IsEmpty());
  EXPECT_THAT(planDocuments(kEntities, wanted, situation, Occasion::birth),
              ElementsAre(Step{voltage, {entityTopic("load"), entityDocument(wanted, EntityPlace{"sensor", "load"}), false}}, Step{{entityTopic("load"), ""}}));
  EXPECT_THAT(planDocuments(kEntities, wanted, situation, Occasion::birth), ElementsAre(Step{voltage}));
}

// An option makes another platform of a setting, and back.
TEST(Plan, EveryPlatformIsReplacedByEveryOtherInBothForms) {
  const std::vector<std::string> platforms = {"sensor", "binary_sensor", "switch", "number", "select", "button"};
  for (const std::string& before : platforms) {
    for (const std::string& after : platforms) {
      if (before == after) continue;
      Component component{.platform = after, .key = "load", .name = "Load"};
      const Description wanted = wanting({component});
      component.platform = before;
      const Description earlier = wanting({component});
      const Slots old = {{"load", before}};

      Situation situation{.documents = {{kTopic, deviceDocument(earlier)}}, .owed = {}};
      EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::connected),
                  ElementsAre(Step{document(wanted, {.whole = {}, .emptied = old})}, Step{document(wanted)}));
      EXPECT_EQ(situation.owed, old);

      situation = {.documents = {{entityTopic("load", before), entityDocument(earlier, earlier.components[0])}}, .owed = {}};
      EXPECT_THAT(planDocuments(kEntities, wanted, situation, Occasion::connected),
                  ElementsAre(Step{{entityTopic("load", before), ""}}, Step{{entityTopic("load", after), entityDocument(wanted, wanted.components[0])}}));
      EXPECT_EQ(situation.owed, old);

      // The other form and another platform at once.
      situation = {.documents = {{entityTopic("load", before), "{}"}}, .owed = {}};
      EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::connected), ElementsAre(Step{{entityTopic("load", before), ""}}, Step{document(wanted)}));
    }
  }
}

TEST(Plan, AControlKeepsItsPlaceWhenTheFormChanges) {
  const Component number{.platform = "number", .key = "boost", .name = "Boost", .command_topic = "c", .range = NumberRange{9, 17, 0.1}};
  const Description wanted = wanting({number});
  Situation situation{.documents = {{entityTopic("boost", "number"), "{}"}}, .owed = {}};
  EXPECT_THAT(planDocuments(kDevice, wanted, situation, Occasion::connected), ElementsAre(Step{{entityTopic("boost", "number"), std::string(kMigrate), false}},
                                                                                          Step{document(wanted)}, Step{{entityTopic("boost", "number"), ""}}));
}

TEST(Plan, RemovalEmptiesBothForms) {
  EXPECT_THAT(planRemoval({{kTopic, "{}"}, {entityTopic("load"), "{}"}}), ElementsAre(Publication{kTopic, ""}, Publication{entityTopic("load"), ""}));
}

}  // namespace
}  // namespace blupow::homeassistant
