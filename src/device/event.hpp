// What a session is told. Pure values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/bytes.hpp"
#include "core/failure.hpp"
#include "core/radio.hpp"
#include "core/time.hpp"

namespace blupow::device {

namespace event {
struct Radio {
  RadioStatus status;
};
struct Heard {
  std::optional<int> rssi;
  std::string name;
};
struct Present {
  std::string name;  // such a device does not advertise: as it is known to the host
};  // connected on this host already, not by us (at start, or another program)
struct Granted {};  // it is our turn to connect
struct Connected {};
struct Resolved {
  std::size_t path;
};
struct Subscribed {};
struct Written {};
struct Received {
  Bytes bytes;
};
struct Failed {
  Failure failure;
};  // the step under way
struct Lost {
  Failure failure;
};
struct Down {};      // answer to Disconnect
struct Tick {};      // deadline() has come
struct Refresh {};   // poll now (a user's wish); also ends a back-off
struct Identify {};  // recognise anew
struct Release {
  TimePoint until;
};
struct Resume {};
struct Set {
  std::uint64_t number;  // named again by WriteEnded
  std::size_t unit;
  std::string key;
  std::string text;
};  // a user's wish for a setting; carried out between two requests
struct Yield {};  // give the link up for another device whose poll is due (few slots)
struct Stop {};
}  // namespace event

using Event = std::variant<event::Radio, event::Heard, event::Present, event::Granted, event::Connected, event::Resolved, event::Subscribed, event::Written,
                           event::Received, event::Failed, event::Lost, event::Down, event::Tick, event::Refresh, event::Identify, event::Release,
                           event::Resume, event::Set, event::Yield, event::Stop>;

}  // namespace blupow::device
