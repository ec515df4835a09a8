// What the log says of one device. At info one line a change: it goes, its cause becomes another, it goes offline, it is back; nothing while all is
// well or while something is tried again. Each line begins with the name and holds the address.
#pragma once

#include <optional>
#include <string>

#include "core/bytes.hpp"
#include "core/failure.hpp"
#include "core/mac_address.hpp"
#include "device/session.hpp"

namespace blupow::gateway {

class DeviceLog {
 public:
  DeviceLog(const MacAddress& address, std::string name);

  void rename(std::string name) { name_ = std::move(name); }
  void silence() { silent_ = true; }  // it is being stopped: what follows is no news

  void sent(ByteView bytes) const;
  void received(ByteView bytes) const;
  void failed(const Failure& failure) const;  // a try, at debug
  void changed(device::State from, device::State to) const;
  void note(const device::action::Note& note) const;

  void lost(const Failure& failure, device::ConnectionReason now);  // now: the reason after the session has heard of it
  void reason(device::ConnectionReason reason);
  void handedOver(std::string_view until);                              // by a command, which is no trouble
  void offline(std::string_view unit);                                  // unit: empty when it is the only one
  void polled(device::ConnectionReason reason, std::string_view what);  // what: type and model, for the first time

 private:
  enum class Told { nothing, well, gone };
  void info(std::string_view text) const;
  std::string line(std::string_view text) const;

  MacAddress address_;
  std::string name_;
  Told told_ = Told::nothing;
  std::optional<device::ConnectionReason> cause_;  // the one told last
  bool silent_ = false;
};

}  // namespace blupow::gateway
