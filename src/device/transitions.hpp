// The table of a session's states: one row an arrow. Session moves along these only (asserted); docs/session.md shows the same rows, held equal by a
// test. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "device/state.hpp"

namespace blupow::device {

enum class Cause : std::uint8_t {
  radio_ready,     // adapter, bus and bluetoothd are there, or are tried again
  radio_gone,      // one of them is not
  granted,         // our turn to connect
  present,         // the link is up on this host already
  connected,       // link is up
  resolved,        // characteristics found
  units_known,     // subscribed, units remembered
  units_unknown,   // subscribed, nothing known of the device or to be recognised anew
  recognised,      // identification found units
  not_recognised,  // identification found none
  poll_due,        //
  poll_done,       // and the link is kept
  poll_done_down,  // and the link is given up until the next poll
  errand,          // a setting to be written or a day of history to be read, besides the polls
  identify,        // to be recognised anew
  yielded,         // link given up for another device
  failed,          // a step or the link, and a wait will help
  absent_device,   // a step or the link, because the device is not there
  no_slot,         // the controller carries no more links
  stale_link,      // a link found up at the start does not work
  waited,          // the back-off is over or cut short
  released,        // handed over
  resumed,         // taken back
  stopped,         //
};
std::string_view words(Cause cause);

struct Transition {
  State from;
  Cause cause;
  State to;

  constexpr bool operator==(const Transition&) const = default;
};

inline constexpr auto kTransitions = std::to_array<Transition>({
    {State::absent, Cause::radio_ready, State::waiting},
    {State::absent, Cause::released, State::released},
    {State::absent, Cause::stopped, State::stopping},

    {State::waiting, Cause::granted, State::connecting},
    {State::waiting, Cause::present, State::resolving},
    {State::waiting, Cause::radio_gone, State::absent},
    {State::waiting, Cause::released, State::released},
    {State::waiting, Cause::stopped, State::stopping},

    {State::connecting, Cause::connected, State::resolving},
    {State::connecting, Cause::failed, State::backing_off},
    {State::connecting, Cause::absent_device, State::waiting},
    {State::connecting, Cause::no_slot, State::waiting},
    {State::connecting, Cause::radio_gone, State::absent},
    {State::connecting, Cause::released, State::released},
    {State::connecting, Cause::stopped, State::stopping},

    {State::resolving, Cause::resolved, State::subscribing},
    {State::resolving, Cause::failed, State::backing_off},
    {State::resolving, Cause::stale_link, State::waiting},
    {State::resolving, Cause::absent_device, State::waiting},
    {State::resolving, Cause::no_slot, State::waiting},
    {State::resolving, Cause::radio_gone, State::absent},
    {State::resolving, Cause::released, State::released},
    {State::resolving, Cause::stopped, State::stopping},

    {State::subscribing, Cause::units_known, State::polling},
    {State::subscribing, Cause::units_unknown, State::identifying},
    {State::subscribing, Cause::failed, State::backing_off},
    {State::subscribing, Cause::stale_link, State::waiting},
    {State::subscribing, Cause::absent_device, State::waiting},
    {State::subscribing, Cause::no_slot, State::waiting},
    {State::subscribing, Cause::radio_gone, State::absent},
    {State::subscribing, Cause::released, State::released},
    {State::subscribing, Cause::stopped, State::stopping},

    {State::identifying, Cause::recognised, State::polling},
    {State::identifying, Cause::units_known, State::polling},
    {State::identifying, Cause::not_recognised, State::backing_off},
    {State::identifying, Cause::failed, State::backing_off},
    {State::identifying, Cause::stale_link, State::waiting},
    {State::identifying, Cause::absent_device, State::waiting},
    {State::identifying, Cause::no_slot, State::waiting},
    {State::identifying, Cause::radio_gone, State::absent},
    {State::identifying, Cause::released, State::released},
    {State::identifying, Cause::stopped, State::stopping},

    {State::polling, Cause::poll_done, State::idle},
    {State::polling, Cause::poll_done_down, State::waiting},
    {State::polling, Cause::identify, State::identifying},
    {State::polling, Cause::failed, State::backing_off},
    {State::polling, Cause::stale_link, State::waiting},
    {State::polling, Cause::absent_device, State::waiting},
    {State::polling, Cause::no_slot, State::waiting},
    {State::polling, Cause::radio_gone, State::absent},
    {State::polling, Cause::released, State::released},
    {State::polling, Cause::stopped, State::stopping},

    {State::idle, Cause::poll_due, State::polling},
    {State::idle, Cause::errand, State::polling},
    {State::idle, Cause::poll_done_down, State::waiting},
    {State::idle, Cause::identify, State::identifying},
    {State::idle, Cause::yielded, State::waiting},
    {State::idle, Cause::failed, State::backing_off},
    {State::idle, Cause::absent_device, State::waiting},
    {State::idle, Cause::no_slot, State::waiting},
    {State::idle, Cause::radio_gone, State::absent},
    {State::idle, Cause::released, State::released},
    {State::idle, Cause::stopped, State::stopping},

    {State::backing_off, Cause::waited, State::waiting},
    {State::backing_off, Cause::radio_gone, State::absent},
    {State::backing_off, Cause::released, State::released},
    {State::backing_off, Cause::stopped, State::stopping},

    {State::released, Cause::resumed, State::waiting},
    {State::released, Cause::radio_gone, State::absent},
    {State::released, Cause::stopped, State::stopping},
});

constexpr bool allowed(const Transition& transition) { return std::ranges::find(kTransitions, transition) != kTransitions.end(); }

}  // namespace blupow::device
