// A bus made of memory: it keeps what was asked and answers when the test says so. And the world of one adapter with one module, as BlueZ shows it.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "ble/bluez/bus.hpp"
#include "ble/transport.hpp"

namespace blupow::test {

using ble::bluez::BusError;
using ble::bluez::Interfaces;
using ble::bluez::Objects;
using ble::bluez::Properties;

inline const std::string kHci0 = "/org/bluez/hci0";
inline const std::string kDevice = "/org/bluez/hci0/dev_C4_D3_6A_00_00_01";
inline const std::string kWriteUuid = "0000ffd1-0000-1000-8000-00805f9b34fb";
inline const std::string kNotifyUuid = "0000fff1-0000-1000-8000-00805f9b34fb";
inline const std::string kWriteService = "0000ffd0-0000-1000-8000-00805f9b34fb";
inline const std::string kNotifyService = "0000fff0-0000-1000-8000-00805f9b34fb";
inline const std::string kWritePath = kDevice + "/service0010/char0011";
inline const std::string kNotifyPath = kDevice + "/service0020/char0021";
inline const ble::GattPath kGatt = {kWriteService, kWriteUuid, kNotifyService, kNotifyUuid};
inline const MacAddress kAddress = *MacAddress::parse("C4:D3:6A:00:00:01");

inline Interfaces adapter(bool powered, std::string address = "00:AA:01:00:00:00") {
  return {{"org.bluez.Adapter1", {{"Address", std::move(address)}, {"Powered", powered}, {"Discovering", false}}}};
}

inline Interfaces device(Properties more = {}) {
  Properties properties = {
      {"Address", kAddress.text()}, {"Adapter", kHci0}, {"Connected", false}, {"ServicesResolved", false}, {"Name", std::string("BT-TH-1  ")}};
  for (auto& [key, value] : more) properties[key] = std::move(value);
  return {{"org.bluez.Device1", properties}};
}

inline Interfaces service(const std::string& uuid) { return {{"org.bluez.GattService1", {{"UUID", uuid}}}}; }

inline Interfaces characteristic(const std::string& servicePath, const std::string& uuid, std::vector<std::string> flags) {
  return {{"org.bluez.GattCharacteristic1", {{"UUID", uuid}, {"Service", servicePath}, {"Flags", std::move(flags)}}}};
}

inline Objects gatt() {
  return {{kDevice + "/service0010", service(kWriteService)},
          {kWritePath, characteristic(kDevice + "/service0010", kWriteUuid, {"write-without-response"})},
          {kDevice + "/service0020", service(kNotifyService)},
          {kNotifyPath, characteristic(kDevice + "/service0020", kNotifyUuid, {"notify"})}};
}

inline Objects world(Properties deviceProperties = {}) {
  Objects objects = gatt();
  objects[kHci0] = adapter(true);
  objects[kDevice] = device(std::move(deviceProperties));
  return objects;
}

class FakeBus final : public ble::bluez::Bus {
 public:
  struct Asked {
    ble::bluez::Call call;
    ble::bluez::Answer<void> answer;
  };

  void start(ble::bluez::BusListener& to) override { listener = &to; }
  void stop() override { stopped = true; }
  void call(ble::bluez::Call what, ble::bluez::Answer<void> answer) override { calls.push_back({std::move(what), std::move(answer)}); }
  void managedObjects(ble::bluez::Answer<Objects> answer) override { fetches.push_back(std::move(answer)); }

  // The methods asked and not answered yet, in order.
  std::vector<std::string> open() const {
    std::vector<std::string> methods;
    methods.reserve(calls.size());
    for (const auto& asked : calls) methods.emplace_back(asked.call.method);
    return methods;
  }

  // Answers the earliest open call of the method; false when there is none.
  bool answer(std::string_view method, ble::bluez::Reply<void> reply = {}) {
    for (auto at = calls.begin(); at != calls.end(); ++at) {
      if (at->call.method != method) continue;
      auto asked = std::move(*at);
      calls.erase(at);
      last = std::move(asked.call);
      asked.answer(std::move(reply));
      return true;
    }
    return false;
  }
  bool refuse(std::string_view method, std::string name, std::string text = {}) {
    return answer(method, std::unexpected(BusError{std::move(name), std::move(text)}));
  }

  bool fetched(ble::bluez::Reply<Objects> reply) {
    if (fetches.empty()) return false;
    auto answer = std::move(fetches.front());
    fetches.pop_front();
    answer(std::move(reply));
    return true;
  }

  void change(const std::string& path, const Properties& changed, const std::string& interface = "org.bluez.Device1") {
    listener->propertiesChanged(path, interface, changed);
  }

  ble::bluez::BusListener* listener = nullptr;
  std::deque<Asked> calls;
  std::deque<ble::bluez::Answer<Objects>> fetches;
  ble::bluez::Call last;  // the one answered last
  bool stopped = false;
};

// Writes down what a transport and a link tell, one word each.
class Recorder final : public ble::TransportObserver, public ble::LinkObserver {
 public:
  void radioChanged(const RadioStatus& status) override { radios.push_back(status); }
  void heard(const ble::Advertisement& advertisement) override { adverts.push_back(advertisement); }
  void linkConnected() override { say("connected"); }
  void linkResolved(std::size_t path) override { say("resolved " + std::to_string(path)); }
  void linkSubscribed() override { say("subscribed"); }
  void linkWritten() override { say("written"); }
  void linkReceived(ByteView notification) override { say("received " + toHex(notification)); }
  void linkFailed(const Failure& failure) override {
    failures.push_back(failure);
    say("failed " + std::string(name(failure.kind)));
  }
  void linkLost(const Failure& failure) override {
    failures.push_back(failure);
    say("lost " + std::string(name(failure.kind)));
  }
  void linkDown() override { say("down"); }

  std::vector<std::string> take() { return std::exchange(said, {}); }

  std::vector<RadioStatus> radios;
  std::vector<ble::Advertisement> adverts;
  std::vector<Failure> failures;
  std::vector<std::string> said;
  std::function<void(const std::string&)> onSaid;

 private:
  void say(const std::string& word) {
    said.push_back(word);
    if (onSaid) onSaid(word);
  }
};

}  // namespace blupow::test
