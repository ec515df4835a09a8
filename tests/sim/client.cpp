#include "client.hpp"

#include <poll.h>

namespace blupow::test {

namespace {

std::string described(const sdbus::Error& error) { return error.getName() + ": " + error.getMessage(); }

}  // namespace

Client::Client(const PrivateBus& bus) : connection_(sdbus::createSessionBusConnectionWithAddress(bus.address())) {
  signals_ = library::addMatch(*connection_, "type='signal',sender='org.bluez'", [this](sdbus::Message& message) { take(message); });
  fresh();
}

std::string Client::fresh() {
  objects_.clear();
  std::map<sdbus::ObjectPath, std::map<std::string, Properties>> tree;
  try {
    auto call = library::newCall(proxy("/"), "org.freedesktop.DBus.ObjectManager", "GetManagedObjects");
    auto reply = proxy("/").callMethod(call);
    reply >> tree;
  } catch (const sdbus::Error& error) {
    return described(error);
  }
  for (const auto& [path, interfaces] : tree) {
    for (const auto& [interface, properties] : interfaces) objects_[path].insert(properties.begin(), properties.end());
  }
  return {};
}

sdbus::IProxy& Client::proxy(const std::string& path) {
  auto& known = proxies_[path];
  if (!known) known = library::proxyFor(*connection_, "org.bluez", path);
  return *known;
}

std::string Client::sent(const sdbus::MethodCall& call, std::chrono::milliseconds bound) {
  try {
    call.send(static_cast<std::uint64_t>(std::chrono::microseconds(bound).count()));
    return {};
  } catch (const sdbus::Error& error) {
    return error.getMessage() == "Connection timed out" || error.getMessage() == "Method call timed out" ? "hangs" : described(error);
  }
}

void Client::begin(const std::string& path, const std::string& interface, const std::string& member) {
  const auto call = library::newCall(proxy(path), interface, member);
  library::send(
      proxy(path), call, [this, path](sdbus::MethodReply&, const sdbus::Error* error) { answers_[path].push_back(error == nullptr ? "" : described(*error)); },
      kCallBound);
}

std::string Client::write(const std::string& device, const std::string& hex, const std::string& part) {
  return call(device + part, "org.bluez.GattCharacteristic1", "WriteValue", *fromHex(hex), Options{{"type", sdbus::Variant(std::string("command"))}});
}

std::string Client::setPowered(bool on) {
  return call(kAdapter, "org.freedesktop.DBus.Properties", "Set", std::string("org.bluez.Adapter1"), std::string("Powered"), sdbus::Variant(on));
}

void Client::take(sdbus::Message& message) {
  const std::string member = message.getMemberName();
  if (member == "PropertiesChanged") {
    std::string interface;
    Properties changed;
    std::vector<std::string> gone;
    message >> interface >> changed >> gone;
    const std::string path = message.getPath();
    for (auto& [name, value] : changed) {
      ++changes_[{path, name}];
      if (name == "Value") notifications_.push_back(value.get<Bytes>());
      objects_[path].insert_or_assign(name, value);
    }
    for (const std::string& name : gone) objects_[path].erase(name);
    return;
  }
  sdbus::ObjectPath path;
  message >> path;
  if (member == "InterfacesRemoved") objects_.erase(path);
  if (member != "InterfacesAdded") return;
  std::map<std::string, Properties> interfaces;
  message >> interfaces;
  for (const auto& [interface, properties] : interfaces) objects_[path].insert(properties.begin(), properties.end());
}

bool Client::until(const std::function<bool()>& condition, std::chrono::milliseconds bound) {
  const auto end = std::chrono::steady_clock::now() + bound;
  for (;;) {
    while (library::process(*connection_)) {
    }
    if (condition()) return true;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    const auto data = connection_->getEventLoopPollData();
    pollfd ready{.fd = data.fd, .events = data.events, .revents = 0};
    poll(&ready, 1, static_cast<int>(left.count()));
  }
}

bool Client::untilTrue(const std::string& path, const std::string& property) {
  return until([&] { return isTrue(path, property); });
}

bool Client::untilFalse(const std::string& path, const std::string& property) {
  return until([&] { return has(path, property) && !isTrue(path, property); });
}

bool Client::has(const std::string& path, const std::string& property) const {
  const auto object = objects_.find(path);
  return object != objects_.end() && object->second.contains(property);
}

bool Client::isTrue(const std::string& path, const std::string& property) const { return has(path, property) && objects_.at(path).at(property).get<bool>(); }

bool Client::connected(const std::string& device) {
  if (!known(device) && (!adapter("StartDiscovery").empty() || !until([&] { return known(device); }) || !adapter("StopDiscovery").empty())) return false;
  return this->device(device, "Connect").empty() && untilTrue(device, "ServicesResolved");
}

bool Client::subscribed(const std::string& device) { return connected(device) && characteristic(device + kAnswerPart, "StartNotify").empty(); }

Bytes Client::received() const {
  Bytes all;
  for (const Bytes& piece : notifications_) all.insert(all.end(), piece.begin(), piece.end());
  return all;
}

}  // namespace blupow::test
