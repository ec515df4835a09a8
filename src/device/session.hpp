// The life of one link, as a pure state machine: events in (with the time), actions out. No D-Bus, MQTT, JSON, loop or log in here; the driver
// (gateway/device_driver) carries actions out and feeds events in. Table of states: docs/architecture.md, held equal by a test.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.hpp"
#include "core/failure.hpp"
#include "core/mac_address.hpp"
#include "core/radio.hpp"
#include "core/time.hpp"
#include "device/unit.hpp"
#include "profile/catalogue.hpp"

namespace blupow::device {

enum class State : std::uint8_t {
  absent,   // no adapter, bus or bluetoothd
  waiting,  // not due, locked out, not heard, or queueing for the right to connect
  connecting,
  resolving,
  subscribing,
  identifying,
  polling,
  idle,         // connected, nothing due
  released,     // handed over to another program (the phone) for a while
  backing_off,  // after a failure
  stopping,
};
std::string_view name(State state);

// What a person can act on; the words are those of contract.md section 6.
enum class ConnectionReason : std::uint8_t {
  connected,
  connecting,
  not_heard,
  weak_signal,
  used_by_another_program,
  refuses_connections,
  adapter_off,
  adapter_missing,
  bluetoothd_not_running,
  access_denied,
  no_answer,
  corrupt_answers,
  handed_over,
};
std::string_view words(ConnectionReason reason);  // "not heard"

struct SessionConfig {
  MacAddress address;
  std::string advertised_name;  // as last heard; may be empty
  Duration poll_interval = std::chrono::seconds(30);
  bool keep_connected = true;
  Duration back_off_cap = std::chrono::minutes(5);
  std::uint64_t seed = 0;           // of the jitter
  profile::ProfilePtr type;         // only this family is asked for; null = all of the catalogue
  std::vector<UnitIdentity> units;  // as remembered; empty = identify first
};

namespace event {
struct Radio {
  RadioStatus status;
};
struct Heard {
  std::optional<int> rssi;
  std::string name;
};
struct Present {};  // connected on this host already, not by us (at start, or another program)
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
struct Yield {};  // give the link up for another device whose poll is due (few slots)
struct Stop {};
}  // namespace event

using Event = std::variant<event::Radio, event::Heard, event::Present, event::Granted, event::Connected, event::Resolved, event::Subscribed, event::Written,
                           event::Received, event::Failed, event::Lost, event::Down, event::Tick, event::Refresh, event::Identify, event::Release,
                           event::Resume, event::Yield, event::Stop>;

namespace action {
struct AskTurn {};  // wants to connect: answer with Granted when no other connect is under way on the adapter
struct EndTurn {};  // the connect is over, or is not wanted any more: the next may
struct Connect {};
struct Resolve {
  std::vector<profile::Gatt> paths;
};
struct Subscribe {};
struct Write {
  Bytes bytes;
};
struct Disconnect {};
// To tell the outside:
struct StateChanged {
  State from;
  State to;
};
struct ReasonChanged {
  ConnectionReason reason;
};
struct Identified {};  // units() is new: store and announce it
struct NotIdentified {
  Failure failure;
  std::string answers;
};  // connected, but nothing fits; answers: what was asked and came, in words
struct UnitPolled {
  std::size_t unit;
  bool complete;
};  // a poll of this unit brought a block; complete: every block answered or failed by now
struct UnitOnline {
  std::size_t unit;
  bool online;
};
struct PollEnded {
  bool ok;
  Duration taken;
};  // of the link: ok when every unit answered
struct Note {
  bool warning;
  std::string text;
};  // one line for the log, without the device's name; warning false: debug
}  // namespace action

using Action =
    std::variant<action::AskTurn, action::EndTurn, action::Connect, action::Resolve, action::Subscribe, action::Write, action::Disconnect, action::StateChanged,
                 action::ReasonChanged, action::Identified, action::NotIdentified, action::UnitPolled, action::UnitOnline, action::PollEnded, action::Note>;
using Actions = std::vector<Action>;

class Session {
 public:
  // The catalogue outlives the session. Starts absent until the first event::Radio.
  Session(SessionConfig config, const profile::Catalogue& catalogue, TimePoint now);

  // Carries out one step. Actions are in the order in which they are to be done.
  [[nodiscard]] Actions handle(const Event& event, TimePoint now);

  TimePoint deadline() const;  // when event::Tick is wanted next; kNever if it is not. Changes with every handle()

  State state() const;
  ConnectionReason reason() const;
  std::size_t unitCount() const;
  const UnitIdentity& unit(std::size_t index) const;
  const profile::Profile& variant(std::size_t index) const;    // the unit's own profile, quirks applied
  const profile::Readings& readings(std::size_t index) const;  // last reading of every field whose block still answers
  bool online(std::size_t index) const;                        // answered within max(3 poll intervals, 45 s)
  bool holdsLink() const;                                      // from Connect until Down or Lost
  TimePoint idleSince() const;                                 // kNever unless idle
};

}  // namespace blupow::device
