#include "sim/bluez/daemon.hpp"

#include <algorithm>
#include <utility>

namespace blupow::sim {

namespace {

constexpr Milliseconds kTryAgain{50};

}  // namespace

Daemon::Daemon(Loop& loop, std::string bus_address, const Scene& scene)
    : loop_(loop), bus_address_(std::move(bus_address)), scene_(scene), hardware_(scene.adapters.begin(), scene.adapters.end()) {}

Daemon::~Daemon() { lose(); }

void Daemon::start(std::function<void()> ready) {
  ready_ = std::move(ready);
  connect();
}

void Daemon::connect() {
  bus_ = Bus::connect(loop_, bus_address_,
                      {.lost =
                           [this] {
                             lose();
                             connect();
                           },
                       .client_gone =
                           [this](const std::string& client) {
                             for (const auto& adapter : adapters_) adapter->clientGone(client);
                           },
                       .called = [this](const std::string& member) { ++calls_[member]; },
                       .gate = [this](const CallPtr& call, const std::function<void(const CallPtr&)>& go) { return intercept(call, go); }});
  if (bus_) offerManagers();
  if (!bus_ || !bus_->own("org.bluez")) {
    lose();
    starting_ = loop_.after(kTryAgain, [this] { connect(); });
    return;
  }
  if (!ready_) {
    starting_ = loop_.after(scene_.adapter_delay, [this] { appear(); });
    return;
  }
  for (AdapterScene& hardware : hardware_) addAdapter(hardware, hardware.powered);
  std::exchange(ready_, nullptr)();
}

// After a restart the adapters come later than the name, and unpowered at first.
void Daemon::appear() {
  for (AdapterScene& hardware : hardware_) addAdapter(hardware, false);
  starting_ = loop_.after(scene_.power_delay, [this] {
    for (AdapterScene& hardware : hardware_) {
      if (Adapter* adapter = this->adapter(hardware.name); adapter != nullptr && hardware.powered) adapter->power(true);
    }
  });
}

void Daemon::offerManagers() {
  bus_->offerObjectManager("/");
  agents_ = std::make_unique<Object>(*bus_, "/org/bluez", "org.bluez.AgentManager1");
  const auto agree = [](const CallPtr& call) { call->answer(); };
  agents_->method("RegisterAgent", "os", "", agree);
  agents_->method("UnregisterAgent", "o", "", agree);
  agents_->method("RequestDefaultAgent", "o", "", agree);
  agents_->publish();
}

void Daemon::addAdapter(AdapterScene& hardware, bool powered) {
  adapters_.push_back(std::make_unique<Adapter>(*bus_, hardware, scene_, powered));
  adapters_.back()->tellAdded();
}

void Daemon::lose() {
  starting_.cancel();
  delayed_.clear();
  adapters_.clear();
  agents_.reset();
  bus_.reset();
}

void Daemon::restart(Milliseconds away, bool in_order) {
  if (in_order) {
    for (const auto& adapter : adapters_) adapter->tellRemoved();
  }
  lose();
  starting_ = loop_.after(away, [this] { connect(); });
}

void Daemon::heard(Module& module, int rssi) {
  for (const auto& adapter : adapters_) adapter->heard(module, rssi);
}

Adapter* Daemon::adapter(const std::string& name) {
  const auto found = std::ranges::find_if(adapters_, [&](const auto& adapter) { return adapter->path() == "/org/bluez/" + name; });
  return found == adapters_.end() ? nullptr : found->get();
}

AdapterScene* Daemon::hardware(const std::string& name) {
  const auto found = std::ranges::find_if(hardware_, [&](const AdapterScene& known) { return known.name == name; });
  return found == hardware_.end() ? nullptr : &*found;
}

bool Daemon::plug(const AdapterScene& hardware) {
  if (this->hardware(hardware.name) != nullptr) return false;
  hardware_.push_back(hardware);
  if (bus_) addAdapter(hardware_.back(), hardware.powered);
  return true;
}

bool Daemon::unplug(const std::string& name) {
  if (hardware(name) == nullptr) return false;
  if (Adapter* gone = adapter(name)) {
    gone->power(false);
    gone->tellRemoved();
    std::erase_if(adapters_, [&](const auto& adapter) { return adapter.get() == gone; });
  }
  hardware_.remove_if([&](const AdapterScene& known) { return known.name == name; });
  return true;
}

bool Daemon::intercept(const CallPtr& call, const std::function<void(const CallPtr&)>& go) {
  const auto rule = faults_.take(call->member, call->path);
  if (!rule || (!rule->hang && !rule->refusal && rule->delay == Milliseconds(0))) return false;
  if (rule->hang) return true;  // dropped: the client gets no answer
  delayed_.emplace_back();
  const auto place = std::prev(delayed_.end());
  *place = loop_.after(rule->delay, [this, place, call, go, refusal = rule->refusal] {
    const Timer done = std::move(*place);
    delayed_.erase(place);
    if (refusal) return call->refuse(*refusal);
    go(call);
  });
  return true;
}

}  // namespace blupow::sim
