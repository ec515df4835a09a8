// What the page shows, as JSON: one text a device, kept up to date by what the gateway tells, and the whole of it. Loop thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "gateway/events.hpp"
#include "runtime/loop.hpp"
#include "web/exchange.hpp"

namespace blupow::web {

// What nobody tells of at once.
struct Sources {
  std::function<bool()> broker_is_there;
  std::function<gateway::GatewayState()> gateway;
};

class Shown final : public gateway::Listener {
 public:
  using Tell = std::function<void(std::string_view event, const std::string& data)>;

  // sources: what is asked for when it is shown, all of it given; tell: something is shown differently from now on; several changes of one turn of the loop are
  // told once.
  Shown(runtime::Loop& loop, std::string version, Sources sources, Tell tell);
  ~Shown() override;
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

  std::string state() const;  // the whole, as GET api/state gives it
  std::string beat() const;   // what may change without an event: time, broker, the gateway's numbers

  void deviceAdded(const gateway::Device& device) override { show(device); }
  void deviceChanged(const gateway::Device& device) override { show(device); }
  void deviceRemoved(const gateway::Device& device) override;
  void unitPolled(const gateway::Device& device, const gateway::Unit& /*unit*/) override { show(device); }
  void unitAvailability(const gateway::Device& device, const gateway::Unit& /*unit*/) override { show(device); }
  void reasonChanged(const gateway::Device& device) override { show(device); }
  void linkChanged(const gateway::Device& device) override { show(device); }
  void bankChanged(const gateway::Bank& bank) override;
  void bankRemoved(const std::string& slug) override;
  void gatewayChanged(const gateway::GatewayState& /*state*/) override { changed(); }

 private:
  struct Entry {
    std::string text;
    std::string told;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;  // by address or slug

  void show(const gateway::Device& device);
  std::string beatAt(const std::string& time) const;
  void changed();
  void tellChanges();
  void tellChanges(Entries& entries, std::string_view event);

  runtime::Loop& loop_;
  const std::string version_;
  const Sources sources_;
  const Tell tell_;
  Entries devices_;
  Entries banks_;
  std::string beat_;  // told last, but for the time
  bool due_ = false;
  std::shared_ptr<Shown*> self_;  // a task that comes later than our end finds it gone
};

}  // namespace blupow::web
