// Runs one transcript: a readable file that is script and expectation at once. A line is
//   # ...                      a comment; blank lines do not count either
//   device MAC NAME            a module that advertises
//   speaker MAC NAME SERVICE   one that says something every 5 s unasked, what is behind ~
//   add MAC [TYPE]             the command add_device comes from the broker
//   wait SECONDS               of simulated time
//   > HEX                      a request that is to be written
//   < HEX [HEX ...]            what the device answers to it: one notification each; "< silence": nothing
//   ~ HEX [HEX ...]            what a speaker says: one notification each; nothing when there is no further line
//   mqtt TOPIC PAYLOAD         a retained message to the broker; of a discovery document only the keys of its components
//   mqtt, not retained, ...    another one
//   anything else              what the gateway tells its listeners, in words
// Everything that happens is written down in the same form and must give the file again. Not shown is what comes of the start alone: the gateway's
// own status, state and document.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "gateway/rig.hpp"
#include "homeassistant/fake_client.hpp"
#include "homeassistant/home_assistant.hpp"
#include "profile/catalogue.hpp"

namespace blupow::test {

class Transcript final : public gateway::Listener {
 public:
  Transcript(const std::filesystem::path& file, const profile::Catalogue& catalogue);
  ~Transcript() override;
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;

  void run();

  std::string expected() const;  // without comments
  std::string recorded() const;

 private:
  void deviceAdded(const gateway::Device& device) override;
  void deviceRemoved(const gateway::Device& device) override;
  void unitPolled(const gateway::Device& device, const gateway::Unit& unit) override;
  void unitAvailability(const gateway::Device& device, const gateway::Unit& unit) override;
  void reasonChanged(const gateway::Device& device) override;

  void record(std::string line) { recorded_.push_back(std::move(line)); }
  void obey(const std::string& line);
  void add(const std::string& address, const std::string& type);
  std::vector<Bytes> answer(const Bytes& request);
  std::vector<Bytes> unasked();
  std::vector<Bytes> playLine(std::size_t line);

  std::vector<std::string> lines_;
  std::size_t cursor_ = 0;  // of the requests
  std::vector<std::string> recorded_;
  profile::Readings told_;

  runtime::SimulatedLoop loop_;
  profile::Catalogue catalogue_;
  FakeTransport transport_{loop_};
  MemoryStore store_{loop_};
  gateway::Gateway gateway_;
  homeassistant::FakeClient client_{loop_};
  homeassistant::HomeAssistant home_assistant_;
  std::vector<gateway::Gateway::Subscription> subscriptions_;
};

}  // namespace blupow::test
