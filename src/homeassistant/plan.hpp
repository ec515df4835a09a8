// Which discovery documents are to be published, in which steps, so that Home Assistant ends with what is wanted and nothing else. Pure.
// The steps are what a real Core needs: it notices neither what a document just leaves out, nor what went while it was down, nor a new platform
// under an old key; and two forms of one entity at once are an error to it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "homeassistant/documents.hpp"

namespace blupow::homeassistant {

struct Publication {
  std::string topic;
  std::string payload;  // empty and retained: what lay there goes
  bool retained = true;

  bool operator==(const Publication&) const = default;
};

using Step = std::vector<Publication>;  // published together; the next step follows a second later
using Steps = std::vector<Step>;

using Retained = std::map<std::string, std::string>;  // what lies on the broker, topic -> payload

enum class Occasion : std::uint8_t {
  changed,    // the description is new: nothing to do when the document stays the same
  connected,  // to a broker, which may have lost everything
  birth,      // Home Assistant has started
};

// What one device has on the broker and what it still owes Home Assistant's next start: components that went, to be shown once more and emptied.
struct Situation {
  Retained documents;  // of this device only, both forms
  Slots owed;
};

// The situation's documents are as they lie there now; owed is brought up to what will be owed after the steps.
Steps planDocuments(const Settings& settings, const Description& wanted, Situation& situation, Occasion occasion);

// Empties everything.
Step planRemoval(const Retained& documents);

}  // namespace blupow::homeassistant
