// Keeps the discovery documents on the broker as wanted: reads back what lies there after each connection, carries the plans out (plan.hpp) a step
// a second, one document of a device at a time, and empties what is removed. Loop thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "homeassistant/debts.hpp"
#include "homeassistant/plan.hpp"
#include "mqtt/client.hpp"
#include "runtime/loop.hpp"

namespace blupow::homeassistant {

class DocumentKeeper {
 public:
  // debts: of an earlier life; remember is called with what is owed now whenever that changes.
  DocumentKeeper(runtime::Loop& loop, mqtt::Client& client, const Settings& settings, Debts debts, std::move_only_function<void(const Debts&)> remember);

  // Called with the object id, a second after a document has become another one: Home Assistant applies it to the states that follow.
  void onChanged(std::move_only_function<void(const std::string&)> changed) { changed_ = std::move(changed); }

  // A device that is ours: what lies on the broker under its id is read back, but nothing published before want().
  void watch(const std::string& object_id);
  void want(Description description);
  // Empties its documents, and a second later the topics given (an entity that still listens would choke on their empty payload). What Home
  // Assistant cannot notice because it is down is done once more after its start. A second time: nothing.
  void remove(const std::string& object_id, std::vector<std::string> topics);

  void connected();
  void disconnected();
  void stop();  // removals under way are ended at once
  void subscribed(std::uint32_t id);
  void received(const mqtt::Message& message);

  // Home Assistant's own word. announce() follows a moment after online.
  void homeAssistantIs(bool online);
  void announce();

 private:
  struct Subject {
    std::string object_id;
    std::optional<Description> wanted;
    Situation situation;
    bool read = false;  // what lies on the broker is known
    bool gone = false;
    bool changed = false;             // by the steps under way
    Retained remembered;              // when it is gone: documents that Home Assistant may know
    std::vector<std::string> topics;  // to be emptied then
    std::optional<Occasion> due;
    std::deque<Step> steps;  // under way
    runtime::Timer timer;    // armed until the next document may go out
  };
  struct Ghost {
    std::string object_id;
    Retained documents;
  };

  Subject* find(std::string_view object_id);
  Subject& add(const std::string& object_id);
  void readBack();
  void checkReadBack();
  void endReadBack();
  void keep(const mqtt::Message& message);
  void request(Subject& subject, Occasion occasion);
  void proceed(Subject& subject);
  void beginRemoval(Subject& subject);
  void publish(Subject& subject, const Step& step);
  void finishGone(Subject& subject);
  void showGhosts();
  void emptyDocuments(const Ghost& ghost);
  Debts debts() const;
  void noteDebts();

  runtime::Loop& loop_;
  mqtt::Client& client_;
  const Settings settings_;
  const Topics topics_;
  std::vector<std::unique_ptr<Subject>> subjects_;  // in the order in which they came: the gateway, target of the others' links, first
  std::vector<Ghost> ghosts_;                       // removed while Home Assistant may have been down
  std::vector<Ghost> shown_;                        // shown once more, to be emptied
  runtime::Timer ghostTimer_;
  std::map<std::string, Slots> componentsOwed_;  // of devices that are not watched (yet)
  Debts noted_;
  std::move_only_function<void(const Debts&)> remember_;
  std::move_only_function<void(const std::string&)> changed_;
  bool homeAssistantUp_ = false;

  bool reading_ = false;
  std::uint32_t subscription_ = 0;
  std::vector<std::string> covered_;  // by the reading under way
  TimePoint quietUntil_ = kNever;
  TimePoint readBound_ = kNever;
  runtime::Timer readTimer_;
};

}  // namespace blupow::homeassistant
