// What a session wants done, and what it has to say to the outside. Pure values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/bytes.hpp"
#include "core/failure.hpp"
#include "core/time.hpp"
#include "device/state.hpp"
#include "profile/profile.hpp"

namespace blupow::device {

namespace action {
struct AskTurn {};  // wants to connect: answer with Granted when no other connect is under way on the adapter
struct EndTurn {};  // the connect is over (after a failed one: when the link is down), or is not wanted any more: the next may
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
struct Identified {};  // units are new or more is known of one (model, serial number, answered blocks): store and announce it
// Connected, but nothing fits. failure.kind: rejected = it answers, but is none of ours (or not the type asked for); protocol = corrupt answers only;
// retry_later = no answer at all. answers: what was asked and came, in words.
struct NotIdentified {
  Failure failure;
  std::string answers;
};
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
struct WriteEnded {
  std::uint64_t number;
  std::string failure;  // empty: written and read back
};  // each event::Set ends in one. The snapshot that was read back is told by UnitPolled before
struct HistoryRead {
  std::size_t unit;
};  // Session::history() is new
struct Note {
  bool warning;
  std::string text;
};  // one line for the log, without the device's name; warning false: debug
}  // namespace action

using Action = std::variant<action::AskTurn, action::EndTurn, action::Connect, action::Resolve, action::Subscribe, action::Write, action::Disconnect,
                            action::StateChanged, action::ReasonChanged, action::Identified, action::NotIdentified, action::UnitPolled, action::UnitOnline,
                            action::PollEnded, action::WriteEnded, action::HistoryRead, action::Note>;
using Actions = std::vector<Action>;

}  // namespace blupow::device
