// A small D-Bus client for tests of the simulator, by sdbus-c++'s low-level calls: synchronous calls, and a mirror of what was told since it began.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ble/bluez/sdbus_version.hpp"
#include "core/bytes.hpp"
#include "support/private_bus.hpp"

namespace blupow::test {

namespace library = ble::bluez::library;

inline constexpr const char* kAdapter = "/org/bluez/hci0";
inline constexpr const char* kInverter = "/org/bluez/hci0/dev_D8_B6_73_BF_4F_75";
inline constexpr const char* kController = "/org/bluez/hci0/dev_80_6F_B0_0E_7B_91";
// Where the characteristics of a module without duplicates are.
inline constexpr const char* kRequestPart = "/service0010/char0011";
inline constexpr const char* kAnswerPart = "/service0020/char0021";

using Options = std::map<std::string, sdbus::Variant>;

class Client {
 public:
  explicit Client(const PrivateBus& bus);

  // "" when it went well, else "name: text".
  template <typename... Arguments>
  std::string call(const std::string& path, const std::string& interface, const std::string& member, const Arguments&... arguments) {
    return sent(prepared(path, interface, member, arguments...), kCallBound);
  }
  // The same with a bound of its own: "hangs" when no answer came in that time.
  template <typename... Arguments>
  std::string callWithin(std::chrono::milliseconds bound, const std::string& path, const std::string& interface, const std::string& member,
                         const Arguments&... arguments) {
    return sent(prepared(path, interface, member, arguments...), bound);
  }
  // Sent; the answer is taken from answers(path) later.
  void begin(const std::string& path, const std::string& interface, const std::string& member);
  const std::vector<std::string>& answers(const std::string& path) { return answers_[path]; }

  std::string adapter(const std::string& member) { return call(kAdapter, "org.bluez.Adapter1", member); }
  std::string device(const std::string& path, const std::string& member) { return call(path, "org.bluez.Device1", member); }
  std::string characteristic(const std::string& path, const std::string& member) { return call(path, "org.bluez.GattCharacteristic1", member); }
  std::string write(const std::string& device, const std::string& hex, const std::string& part = kRequestPart);
  std::string filter(const Options& options) { return call(kAdapter, "org.bluez.Adapter1", "SetDiscoveryFilter", options); }
  std::string setPowered(bool on);

  // Takes what comes until the condition holds; false when the bound passed.
  bool until(const std::function<bool()>& condition, std::chrono::milliseconds bound = kBound);
  bool untilTrue(const std::string& path, const std::string& property);
  bool untilFalse(const std::string& path, const std::string& property);

  // Scans until the device is there, stops scanning and connects until its services are resolved.
  bool connected(const std::string& device);
  // connected(), and notified of answers.
  bool subscribed(const std::string& device);

  bool known(const std::string& path) const { return objects_.contains(path); }
  bool has(const std::string& path, const std::string& property) const;
  bool isTrue(const std::string& path, const std::string& property) const;
  std::size_t changes(const std::string& path, const std::string& property) { return changes_[{path, property}]; }
  const std::vector<Bytes>& notifications() const { return notifications_; }
  Bytes received() const;  // all of them in one
  void forgetNotifications() { notifications_.clear(); }
  std::string fresh();  // reads the whole tree anew; "" or the error
  sdbus::IConnection& connection() { return *connection_; }

 private:
  static constexpr std::chrono::milliseconds kCallBound{10000};

  template <typename... Arguments>
  sdbus::MethodCall prepared(const std::string& path, const std::string& interface, const std::string& member, const Arguments&... arguments) {
    auto call = library::newCall(proxy(path), interface, member);
    static_cast<void>((call << ... << arguments));
    return call;
  }
  std::string sent(const sdbus::MethodCall& call, std::chrono::milliseconds bound);
  sdbus::IProxy& proxy(const std::string& path);
  void take(sdbus::Message& message);

  using Properties = std::map<std::string, sdbus::Variant>;
  std::unique_ptr<sdbus::IConnection> connection_;
  sdbus::Slot signals_;  // destroyed before its connection
  std::map<std::string, std::unique_ptr<sdbus::IProxy>> proxies_;
  std::map<std::string, Properties> objects_;
  std::map<std::pair<std::string, std::string>, std::size_t> changes_;  // by path and property
  std::map<std::string, std::vector<std::string>> answers_;
  std::vector<Bytes> notifications_;
};

}  // namespace blupow::test
