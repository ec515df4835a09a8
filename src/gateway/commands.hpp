// What may be asked of the gateway, whoever asks (MQTT, page, command line). Each is answered exactly once, on the loop, never inside the call.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mac_address.hpp"
#include "core/time.hpp"
#include "profile/profile.hpp"

namespace blupow::gateway {

// docs/mqtt.md. The form of a command (unknown_command, bad_json, bad_argument) is checked where it comes in.
enum class Refusal : std::uint8_t {
  unknown_command,
  bad_json,
  bad_argument,
  unknown_device,
  unknown_type,
  already_added,
  not_heard,
  connect_failed,
  no_answer,
  not_recognised,
  busy,
  not_allowed,
  failed,
};
std::string_view name(Refusal refusal);

struct CommandFailure {
  Refusal reason = Refusal::failed;
  std::string message;  // one sentence a person can act on
};

struct UnitSummary {
  std::uint8_t id = 0;
  std::string type;
  std::string model;
  bool online = false;
};

struct DeviceSummary {
  MacAddress address;
  std::string name;  // never empty
  std::string type;
  std::string model;
  bool online = false;
  std::string connection_reason;
  std::vector<UnitSummary> units;
};

struct HeardDevice {
  MacAddress address;
  std::string name;
  std::optional<int> rssi;
  std::string type;     // a guess, or empty
  bool renogy = false;  // the name begins as a profile says
  Duration age{};       // since it was last heard
};

struct AddRequest {
  MacAddress address;
  std::string type;                      // empty = recognise it
  std::string name;                      // empty = none given
  profile::ProfilePtr description = {};  // of a generic device; its text is kept in the store as the caller gave it
  std::string description_text = {};
};

// Which unit of a device: known_as of its identity; nothing = the one that keeps the bare MAC.
struct UnitAddress {
  MacAddress address;
  std::optional<std::uint8_t> unit;
};

template <typename T>
using Answer = std::move_only_function<void(std::expected<T, CommandFailure>)>;

class Commands {
 public:
  virtual ~Commands() = default;
  virtual std::vector<DeviceSummary> devices() const = 0;                             // from memory
  virtual void discover(Duration time, Answer<std::vector<HeardDevice>> answer) = 0;  // what is heard and not added, the strongest first
  virtual void add(AddRequest request, Answer<DeviceSummary> answer) = 0;             // within 25 s, stored before it is answered
  virtual void remove(const MacAddress& address, Answer<void> answer) = 0;
  virtual void refresh(const MacAddress& address, Answer<DeviceSummary> answer) = 0;                    // after a poll
  virtual void identify(const MacAddress& address, Answer<DeviceSummary> answer) = 0;                   // recognised anew
  virtual void release(const MacAddress& address, std::chrono::minutes time, Answer<void> answer) = 0;  // answered when the link is down
  virtual void resume(const MacAddress& address, Answer<void> answer) = 0;
  virtual void set(const UnitAddress& unit, std::string key, std::string text, Answer<void> answer) = 0;  // a setting; the failure says why not
};

}  // namespace blupow::gateway
