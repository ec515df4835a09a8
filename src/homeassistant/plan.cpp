#include "homeassistant/plan.hpp"

#include <algorithm>
#include <utility>

namespace blupow::homeassistant {

namespace {

Publication emptied(std::string topic) { return {.topic = std::move(topic), .payload = "", .retained = true}; }
Publication migration(std::string topic) { return {.topic = std::move(topic), .payload = std::string(kMigrate), .retained = false}; }

Slots slotsOf(const Description& description) {
  Slots slots;
  for (const Component& component : description.components) slots[component.key] = component.platform;
  return slots;
}

bool has(const Slots& slots, const std::string& key, const std::string& platform) {
  const auto slot = slots.find(key);
  return slot != slots.end() && slot->second == platform;
}

class Planner {
 public:
  Planner(const Settings& settings, const Description& wanted, Situation& situation, Occasion occasion)
      : topics_(settings),
        wanted_(wanted),
        situation_(situation),
        occasion_(occasion),
        slots_(slotsOf(wanted)),
        topic_(topics_.deviceDocument(wanted.object_id)) {
    const auto lying = situation.documents.find(topic_);
    if (lying != situation.documents.end()) listed_ = componentsOf(lying->second);
  }

  Steps deviceForm();
  Steps entityForm();

 private:
  void add(Step step) {
    if (!step.empty()) steps_.push_back(std::move(step));
  }
  void addDocument(const Departing& departing = {}) { add({{.topic = topic_, .payload = deviceDocument(wanted_, departing)}}); }
  void sortEntities(Step& strays, Step& migrations, Step& leftovers);
  void addDeviceDocuments();
  void addEntityDocuments();

  const Topics topics_;
  const Description& wanted_;
  Situation& situation_;
  const Occasion occasion_;
  const Slots slots_;
  const std::string topic_;
  Listed listed_;
  Steps steps_;
};

// Documents of single entities that lie there: those with the key and platform of a wanted one are taken over, others go.
void Planner::sortEntities(Step& strays, Step& migrations, Step& leftovers) {
  for (const auto& [topic, payload] : situation_.documents) {
    const auto entity = topics_.entityOf(topic, wanted_.object_id);
    if (!entity) continue;
    if (has(slots_, entity->key, entity->platform)) {
      migrations.push_back(migration(topic));
      leftovers.push_back(emptied(topic));
    } else {
      strays.push_back(emptied(topic));
      situation_.owed[entity->key] = entity->platform;
    }
  }
}

Steps Planner::deviceForm() {
  Step first;
  Step migrations;
  Step leftovers;
  sortEntities(first, migrations, leftovers);
  first.insert(first.end(), migrations.begin(), migrations.end());
  add(std::move(first));
  addDeviceDocuments();
  add(std::move(leftovers));
  return std::move(steps_);
}

void Planner::addDeviceDocuments() {
  Slots going;     // not wanted any more: listed as emptied until Home Assistant has started once
  Slots replaced;  // the key is wanted on another platform: emptied first, and at the next start
  for (const Slots* const slots : {&listed_.whole, &listed_.emptied}) {
    for (const auto& [key, platform] : *slots) {
      if (!slots_.contains(key)) going[key] = platform;
    }
  }
  for (const auto& [key, platform] : listed_.whole) {
    if (slots_.contains(key) && !has(slots_, key, platform)) replaced[key] = platform;
  }
  for (const auto& [key, platform] : situation_.owed) {
    if (!slots_.contains(key)) going[key] = platform;
  }
  if (occasion_ == Occasion::birth) {
    Slots shown = going;
    shown.insert(replaced.begin(), replaced.end());
    for (const auto& [key, platform] : situation_.owed) {
      if (!has(slots_, key, platform)) shown[key] = platform;
    }
    situation_.owed.clear();
    if (!shown.empty()) {
      addDocument({.whole = shown, .emptied = {}});
      addDocument({.whole = {}, .emptied = shown});
    }
    addDocument();
    return;
  }
  if (!replaced.empty()) {
    Slots both = going;
    both.insert(replaced.begin(), replaced.end());
    addDocument({.whole = {}, .emptied = both});
    for (const auto& [key, platform] : replaced) situation_.owed[key] = platform;
  }
  addDocument({.whole = {}, .emptied = going});
}

Steps Planner::entityForm() {
  Step strays;
  for (const auto& [topic, payload] : situation_.documents) {
    const auto entity = topics_.entityOf(topic, wanted_.object_id);
    if (!entity || has(slots_, entity->key, entity->platform)) continue;
    strays.push_back(emptied(topic));
    situation_.owed[entity->key] = entity->platform;
  }
  const bool change = situation_.documents.contains(topic_);
  if (change) {
    Slots others;
    for (const auto& [key, platform] : listed_.whole) {
      if (!has(slots_, key, platform)) others[key] = platform;
    }
    if (!others.empty()) strays.push_back({.topic = topic_, .payload = deviceDocument(wanted_, {.whole = {}, .emptied = others})});
    situation_.owed.insert(others.begin(), others.end());
    situation_.owed.insert(listed_.emptied.begin(), listed_.emptied.end());
  }
  add(std::move(strays));
  if (change) add({migration(topic_)});
  addEntityDocuments();
  if (change) add({emptied(topic_)});
  return std::move(steps_);
}

void Planner::addEntityDocuments() {
  Step documents;
  for (const Component& component : wanted_.components) {
    documents.push_back({.topic = topics_.entityDocument(wanted_.object_id, {.platform = component.platform, .key = component.key}),
                         .payload = entityDocument(wanted_, component)});
  }
  Step departed;
  if (occasion_ == Occasion::birth) {
    for (const auto& [key, platform] : std::exchange(situation_.owed, {})) {
      if (has(slots_, key, platform)) continue;
      const EntityPlace entity{.platform = platform, .key = key};
      const std::string topic = topics_.entityDocument(wanted_.object_id, entity);
      documents.push_back({.topic = topic, .payload = entityDocument(wanted_, entity), .retained = false});
      departed.push_back(emptied(topic));
    }
  }
  add(std::move(documents));
  add(std::move(departed));
}

}  // namespace

Steps planDocuments(const Settings& settings, const Description& wanted, Situation& situation, Occasion occasion) {
  Planner planner(settings, wanted, situation, occasion);
  Steps steps = settings.discovery == Form::device ? planner.deviceForm() : planner.entityForm();
  const auto lies = [&situation](const Publication& publication) {
    const auto lying = situation.documents.find(publication.topic);
    return publication.retained && lying != situation.documents.end() && lying->second == publication.payload;
  };
  const bool nothingNew = steps.size() == 1 && std::ranges::all_of(steps.front(), lies);
  if (occasion == Occasion::changed && nothingNew) steps.clear();
  return steps;
}

Step planRemoval(const Retained& documents) {
  Step step;
  for (const auto& [topic, payload] : documents) step.push_back(emptied(topic));
  return step;
}

}  // namespace blupow::homeassistant
