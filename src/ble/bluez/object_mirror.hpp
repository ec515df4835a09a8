// bluetoothd's object tree as last told: every question about devices (connected? resolved? path of a UUID?) is answered from here, without a call.
// Pure: fed with the answer to GetManagedObjects and with the signals that follow it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ble/bluez/bus.hpp"
#include "core/mac_address.hpp"

namespace blupow::ble::bluez {

struct Adapter {
  std::string path;  // "/org/bluez/hci0"
  std::string name;  // "hci0"
  std::string address;
  bool powered = false;
  bool discovering = false;
};

struct Device {
  std::string path;
  std::string adapter;  // its path
  MacAddress address;
  std::string name;                // Name, blanks at the ends cut; not Alias, which is the address with dashes when there is no name
  std::vector<std::string> uuids;  // lower case
  std::optional<int> rssi;         // last heard: kept when BlueZ invalidates it at the end of a discovery
  bool connected = false;
  bool services_resolved = false;
  bool bonded = false;  // or paired
};

enum class Use : std::uint8_t { write, notify };

class ObjectMirror {
 public:
  void clear();
  void fill(const Objects& objects);  // instead of what was there

  void added(const std::string& path, const Interfaces& interfaces);
  void removed(const std::string& path, const std::vector<std::string>& interfaces);
  void changed(const std::string& path, const std::string& interface, const Properties& properties);

  const std::map<std::string, Adapter>& adapters() const { return adapters_; }
  const std::map<std::string, Device>& devices() const { return devices_; }
  const Device* device(const std::string& path) const;
  const Device* device(const std::string& adapter, const MacAddress& address) const;

  // Path of the characteristic inside the service, below the device; an empty service matches any. Of several with this UUID the first whose flags
  // allow the use, else the first. Empty when there is none.
  std::string characteristic(const std::string& device, std::string_view service, std::string_view uuid, Use use) const;
  bool hasCharacteristics(const std::string& device) const;  // whichever

 private:
  struct Service {
    std::string uuid;
  };
  struct Characteristic {
    std::string uuid;
    std::string service;  // its path
    std::vector<std::string> flags;
  };

  std::map<std::string, Adapter> adapters_;
  std::map<std::string, Device> devices_;
  std::map<std::string, Service> services_;
  std::map<std::string, Characteristic> characteristics_;
};

// The path of the device that an object below it belongs to ("/org/bluez/hci0/dev_X" of ".../dev_X/service0010/char0011"); empty if it is none.
std::string_view devicePathOf(std::string_view path);

// The change was caused by an advertisement: BlueZ tells RSSI, or the data that it carries, with each one while DuplicateData is asked for.
bool isAdvertisement(const Properties& changed);

}  // namespace blupow::ble::bluez
