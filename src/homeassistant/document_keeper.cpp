#include "homeassistant/document_keeper.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace blupow::homeassistant {

namespace {

using namespace std::chrono_literals;

constexpr Duration kStep = 1s;
constexpr Duration kDebounce = 200ms;  // several events of one moment make one document
// The broker does not say where its retained messages end: silence does.
constexpr Duration kQuiet = 500ms;
constexpr Duration kReadBound = 10s;  // also where the subscription is refused

}  // namespace

DocumentKeeper::DocumentKeeper(runtime::Loop& loop, mqtt::Client& client, const Settings& settings, Debts debts,
                               std::move_only_function<void(const Debts&)> remember)
    : loop_(loop), client_(client), settings_(settings), topics_(settings), componentsOwed_(debts.components), noted_(debts), remember_(std::move(remember)) {
  for (Farewell& farewell : debts.farewells) {
    Subject& subject = add(farewell.object_id);
    subject.gone = true;
    subject.remembered = std::move(farewell.documents);
    subject.topics = std::move(farewell.topics);
  }
}

DocumentKeeper::Subject* DocumentKeeper::find(std::string_view object_id) {
  const auto found = std::ranges::find(subjects_, object_id, [](const auto& subject) -> std::string_view { return subject->object_id; });
  return found == subjects_.end() ? nullptr : found->get();
}

DocumentKeeper::Subject& DocumentKeeper::add(const std::string& object_id) {
  Subject& subject = *subjects_.emplace_back(std::make_unique<Subject>());
  subject.object_id = object_id;
  if (auto owed = componentsOwed_.extract(object_id); !owed.empty()) subject.situation.owed = std::move(owed.mapped());
  if (client_.connected() && !reading_) readBack();
  return subject;
}

void DocumentKeeper::watch(const std::string& object_id) {
  Subject* const known = find(object_id);
  if (known != nullptr && !known->gone) return;
  if (known != nullptr) finishGone(*known);
  std::erase_if(ghosts_, [&object_id](const Ghost& ghost) { return ghost.object_id == object_id; });
  std::erase_if(shown_, [&object_id](const Ghost& ghost) { return ghost.object_id == object_id; });
  add(object_id);
  noteDebts();
}

void DocumentKeeper::want(Description description) {
  watch(description.object_id);
  Subject& subject = *find(description.object_id);
  subject.wanted = std::move(description);
  request(subject, Occasion::changed);
}

void DocumentKeeper::remove(const std::string& object_id, std::vector<std::string> topics) {
  Subject* const known = find(object_id);
  Subject& subject = known != nullptr ? *known : add(object_id);
  if (subject.gone) return;
  subject.gone = true;
  subject.remembered = subject.situation.documents;
  subject.topics = std::move(topics);
  subject.steps.clear();
  if (client_.connected() && subject.read) beginRemoval(subject);
  noteDebts();
}

// --- reading back

void DocumentKeeper::connected() {
  for (const auto& subject : subjects_) {
    subject->read = false;
    subject->situation.documents.clear();  // the broker may be another, or have lost everything; what is owed stays owed
    if (!subject->gone) subject->due = std::max(subject->due.value_or(Occasion::connected), Occasion::connected);
  }
  readBack();
}

void DocumentKeeper::disconnected() {
  homeAssistantIs(false);  // it may be back later than we, and hears nothing until then
  reading_ = false;
  readTimer_.cancel();
  for (const auto& subject : subjects_) {
    subject->steps.clear();
    subject->changed = false;  // everything is published after the next connection
    subject->timer.cancel();
  }
}

void DocumentKeeper::stop() {
  std::vector<Subject*> removals;
  if (client_.connected()) {
    for (const Ghost& ghost : std::exchange(shown_, {})) emptyDocuments(ghost);
    for (const auto& subject : subjects_) {
      if (subject->gone && subject->read) removals.push_back(subject.get());
    }
  }
  for (Subject* const subject : removals) finishGone(*subject);
  disconnected();
}

void DocumentKeeper::readBack() {
  reading_ = true;
  covered_.clear();
  for (const auto& subject : subjects_) {
    if (!subject->read) covered_.push_back(subject->object_id);
  }
  quietUntil_ = kNever;
  readBound_ = loop_.now() + kReadBound;
  // The few documents of devices first: with very many of entities (about 1000 with Mosquitto as it comes) a broker drops the last ones.
  client_.subscribe(topics_.allStatuses());
  client_.subscribe(topics_.allDeviceDocuments());
  subscription_ = client_.subscribe(topics_.allDocuments());
  readTimer_ = loop_.at(readBound_, "documents read back", [this] { checkReadBack(); });
}

void DocumentKeeper::subscribed(std::uint32_t id) {
  if (!reading_ || id != subscription_) return;
  quietUntil_ = loop_.now() + kQuiet;
  readTimer_ = loop_.at(quietUntil_, "documents read back", [this] { checkReadBack(); });
}

void DocumentKeeper::received(const mqtt::Message& message) {
  if (!reading_ || !topics_.isDocument(message.topic)) return;
  if (quietUntil_ != kNever) quietUntil_ = loop_.now() + kQuiet;
  if (!message.retained) return;
  keep(message);
}

// An entity belongs to the device with the longest id that fits: "bank_roof_east_current" to the bank roof_east, not to the bank roof.
void DocumentKeeper::keep(const mqtt::Message& message) {
  Subject* owner = nullptr;
  for (const auto& subject : subjects_) {
    const bool fits = message.topic == topics_.deviceDocument(subject->object_id) || topics_.entityOf(message.topic, subject->object_id).has_value();
    if (fits && (owner == nullptr || owner->object_id.size() < subject->object_id.size())) owner = subject.get();
  }
  if (owner != nullptr && !owner->read) owner->situation.documents[message.topic] = message.payload;
}

void DocumentKeeper::checkReadBack() {
  const TimePoint end = std::min(quietUntil_, readBound_);
  if (loop_.now() < end) {
    readTimer_ = loop_.at(end, "documents read back", [this] { checkReadBack(); });
    return;
  }
  endReadBack();
}

void DocumentKeeper::endReadBack() {
  reading_ = false;
  client_.unsubscribe(topics_.allStatuses());
  client_.unsubscribe(topics_.allDeviceDocuments());
  client_.unsubscribe(topics_.allDocuments());
  bool more = false;
  std::vector<Subject*> removals;
  for (const auto& subject : subjects_) {
    const bool covered = std::ranges::find(covered_, subject->object_id) != covered_.end();
    more = more || (!subject->read && !covered);
    if (subject->read || !covered) continue;
    subject->read = true;
    if (subject->gone) {
      removals.push_back(subject.get());
    } else if (subject->due) {
      proceed(*subject);
    }
  }
  for (Subject* const subject : removals) beginRemoval(*subject);
  if (more) readBack();  // devices that came meanwhile
}

// --- publishing

void DocumentKeeper::announce() {
  for (const auto& subject : subjects_) {
    if (!subject->gone) request(*subject, Occasion::birth);
  }
  showGhosts();
}

void DocumentKeeper::request(Subject& subject, Occasion occasion) {
  if (!subject.due || *subject.due < occasion) subject.due = occasion;
  if (!client_.connected() || !subject.read || subject.timer) return;
  const Duration wait = occasion == Occasion::changed ? kDebounce : Duration::zero();
  subject.timer = loop_.at(loop_.now() + wait, "document", [this, &subject] { proceed(subject); });
}

void DocumentKeeper::proceed(Subject& subject) {
  subject.timer.cancel();
  if (subject.steps.empty()) {
    if (subject.gone) {
      finishGone(subject);
      return;
    }
    if (std::exchange(subject.changed, false) && changed_) changed_(subject.object_id);
    if (!subject.due || !subject.wanted) return;
    const Steps steps = planDocuments(settings_, *subject.wanted, subject.situation, *std::exchange(subject.due, std::nullopt));
    noteDebts();
    subject.steps.assign(steps.begin(), steps.end());
    if (subject.steps.empty()) return;
  }
  publish(subject, subject.steps.front());
  subject.steps.pop_front();
  subject.timer = loop_.at(loop_.now() + kStep, "document", [this, &subject] { proceed(subject); });
}

void DocumentKeeper::publish(Subject& subject, const Step& step) {
  for (const Publication& publication : step) {
    client_.publish(publication.topic, publication.payload, publication.retained);
    if (!publication.retained) continue;
    if (publication.payload.empty()) {
      subject.situation.documents.erase(publication.topic);
    } else {
      std::string& lying = subject.situation.documents[publication.topic];
      subject.changed = subject.changed || (!lying.empty() && lying != publication.payload);
      lying = publication.payload;
    }
  }
}

// --- removal

void DocumentKeeper::beginRemoval(Subject& subject) {
  Retained& lying = subject.situation.documents;
  // What lies there no more was emptied by someone that Home Assistant may not have heard.
  const bool heard = homeAssistantUp_ && std::ranges::all_of(subject.remembered, [&lying](const auto& known) { return lying.contains(known.first); });
  subject.remembered.insert(lying.begin(), lying.end());
  std::erase_if(ghosts_, [&subject](const Ghost& ghost) { return ghost.object_id == subject.object_id; });
  if (!heard && !subject.remembered.empty()) ghosts_.push_back({subject.object_id, subject.remembered});
  publish(subject, planRemoval(lying));
  subject.timer = loop_.at(loop_.now() + kStep, "device removed", [this, &subject] { finishGone(subject); });
}

// Ends the subject: the reference is not good any more.
void DocumentKeeper::finishGone(Subject& subject) {
  for (const std::string& topic : subject.topics) client_.publish(topic, "", true);
  std::erase_if(subjects_, [&subject](const auto& other) { return other.get() == &subject; });
  noteDebts();
}

// A device that is on its way out stands among the subjects, and among the ghosts where Home Assistant did not hear of it.
Debts DocumentKeeper::debts() const {
  Debts debts{.farewells = {}, .components = componentsOwed_};
  for (const std::vector<Ghost>* const ghosts : {&ghosts_, &shown_}) {
    for (const Ghost& ghost : *ghosts) debts.farewells.push_back({.object_id = ghost.object_id, .documents = ghost.documents, .topics = {}});
  }
  for (const auto& subject : subjects_) {
    if (!subject->situation.owed.empty()) debts.components[subject->object_id] = subject->situation.owed;
    if (!subject->gone) continue;
    const auto ghost = std::ranges::find(debts.farewells, subject->object_id, &Farewell::object_id);
    if (ghost != debts.farewells.end()) {
      ghost->topics = subject->topics;
    } else {
      debts.farewells.push_back({.object_id = subject->object_id, .documents = subject->remembered, .topics = subject->topics});
    }
  }
  return debts;
}

void DocumentKeeper::noteDebts() {
  Debts now = debts();
  if (now == noted_) return;
  noted_ = std::move(now);
  remember_(noted_);
}

void DocumentKeeper::homeAssistantIs(bool online) {
  homeAssistantUp_ = online;
  if (online) return;
  // Nobody would hear that they are emptied: what is shown is owed once more.
  ghostTimer_.cancel();
  std::ranges::move(std::exchange(shown_, {}), std::back_inserter(ghosts_));
}

void DocumentKeeper::showGhosts() {
  if (!client_.connected() || ghosts_.empty()) return;
  shown_ = std::exchange(ghosts_, {});
  for (const Ghost& ghost : shown_) {
    for (const auto& [topic, payload] : ghost.documents) client_.publish(topic, payload, false);
  }
  ghostTimer_ = loop_.at(loop_.now() + kStep, "device removed", [this] {
    for (const Ghost& ghost : std::exchange(shown_, {})) emptyDocuments(ghost);
    noteDebts();
  });
}

void DocumentKeeper::emptyDocuments(const Ghost& ghost) {
  for (const auto& [topic, payload] : ghost.documents) client_.publish(topic, "", true);
}

}  // namespace blupow::homeassistant
