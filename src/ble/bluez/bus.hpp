// What the rest of this room asks of a D-Bus connection to bluetoothd, in our own values: no word of sdbus-c++ here, so that everything above it is
// tested with a bus made of memory and simulated time. Loop thread only. sdbus_bus.hpp is the real one.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.hpp"
#include "core/time.hpp"

namespace blupow::ble::bluez {

// monostate: a type that nobody here reads (ManufacturerData); that the property is there still counts. Object paths are strings.
using Value = std::variant<std::monostate, bool, std::int64_t, std::string, Bytes, std::vector<std::string>>;
using Properties = std::map<std::string, Value>;
using Interfaces = std::map<std::string, Properties>;
using Objects = std::map<std::string, Interfaces>;

struct BusError {
  std::string name;  // "org.bluez.Error.Failed"
  std::string text;  // what stands beside it: often the only thing that tells two causes apart
};

struct ObjectPath {
  std::string text;
};
using Argument = std::variant<ObjectPath, Bytes, Properties>;

inline constexpr Duration kCallTimeout = std::chrono::seconds(25);  // D-Bus's usual one; no call waits longer

// One method of one of bluetoothd's objects.
struct Call {
  std::string path;
  std::string_view interface;
  std::string_view method;
  std::vector<Argument> arguments = {};
  Duration timeout = kCallTimeout;
};

template <typename T>
using Reply = std::expected<T, BusError>;
template <typename T>
using Answer = std::move_only_function<void(Reply<T>)>;

// Everything that the bus says by itself. Never called inside a call of ours; in the order in which it came, answers included.
class BusListener {
 public:
  virtual ~BusListener() = default;
  virtual void busUp() = 0;                         // connected and subscribed
  virtual void busDown(const BusError& error) = 0;  // lost, or not reached: once for each failed try; tried again by itself
  virtual void daemonChanged(bool present) = 0;     // org.bluez has got or lost its owner
  virtual void interfacesAdded(const std::string& path, const Interfaces& interfaces) = 0;
  virtual void interfacesRemoved(const std::string& path, const std::vector<std::string>& interfaces) = 0;
  virtual void propertiesChanged(const std::string& path, const std::string& interface, const Properties& changed) = 0;
};

class Bus {
 public:
  virtual ~Bus() = default;

  virtual void start(BusListener& listener) = 0;
  virtual void stop() = 0;  // leaves the bus; no listener and no answer is called any more

  // Answered exactly once, also when the bus is away or dies; never before this returns.
  virtual void call(Call call, Answer<void> answer) = 0;
  virtual void managedObjects(Answer<Objects> answer) = 0;
};

inline constexpr std::string_view kAdapterInterface = "org.bluez.Adapter1";
inline constexpr std::string_view kDeviceInterface = "org.bluez.Device1";
inline constexpr std::string_view kServiceInterface = "org.bluez.GattService1";
inline constexpr std::string_view kCharacteristicInterface = "org.bluez.GattCharacteristic1";

}  // namespace blupow::ble::bluez
