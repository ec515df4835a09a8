#include "device/driver.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace blupow::device::test {

using std::chrono::milliseconds;

Driver::Driver(SessionConfig config, const profile::Catalogue& catalogue)
    : connect([] { return Reply{event::Connected{}, milliseconds(600)}; }),
      resolve([] { return Reply{event::Resolved{0}, milliseconds(900)}; }),
      subscribe([] { return Reply{event::Subscribed{}, milliseconds(50)}; }),
      disconnect([] { return Reply{event::Down{}, milliseconds(100)}; }),
      turn([] { return Reply{event::Granted{}, milliseconds(1)}; }),
      device([](const Bytes&) { return std::vector<Notification>(); }),
      write_failure([] { return std::nullopt; }),
      session_(std::move(config), catalogue, TimePoint{}) {}

void Driver::send(const Event& event) { feed(event); }

void Driver::radio(RadioState state) {
  radio_ready_ = state == RadioState::ready;
  if (!radio_ready_) linkIs(false);
  feed(event::Radio{{.state = state, .adapter = "hci0"}});
}

void Driver::loseLink(FailureKind kind) {
  if (!up_) return;
  linkIs(false);
  holding_ = false;
  std::erase_if(pending_, [](const auto& entry) { return entry.second.step; });
  feed(event::Lost{{kind, "link lost"}});
}

void Driver::linkIs(bool up) {
  up_ = up;
  if (up) return;
  subscribed_ = false;
  next_advert_ = now_ + advert_interval;
  std::erase_if(pending_, [](const auto& entry) { return entry.second.air; });
}

void Driver::runFor(Duration time) {
  const TimePoint until = now_ + time;
  while (stepOnce(until)) {
  }
  now_ = until;
}

bool Driver::runUntil(const std::function<bool()>& condition, Duration bound) {
  const TimePoint until = now_ + bound;
  while (!condition()) {
    if (!stepOnce(until)) return condition();
  }
  return true;
}

// The next thing that happens, at the latest at until.
bool Driver::stepOnce(TimePoint until) {
  const bool heard = advertises && radio_ready_ && !up_;
  if (heard && next_advert_ < now_) next_advert_ = now_;
  const TimePoint advert = heard ? next_advert_ : kNever;
  const TimePoint event = pending_.empty() ? kNever : pending_.begin()->first;
  const TimePoint tick = session_.deadline();
  const TimePoint next = std::min({advert, event, tick});
  if (next > until) return false;
  at_once_ = next > now_ ? 0 : at_once_ + 1;
  if (at_once_ > 1000) {
    ADD_FAILURE() << "time stands still in " << name(session_.state());
    return false;
  }
  now_ = std::max(now_, next);
  if (event == next) {
    const Pending pending = pending_.extract(pending_.begin()).mapped();
    if (std::holds_alternative<event::Connected>(pending.event)) linkIs(true);
    if (std::holds_alternative<event::Subscribed>(pending.event)) subscribed_ = true;
    if (std::holds_alternative<event::Granted>(pending.event)) granted_ = true;
    if (std::holds_alternative<event::Down>(pending.event)) linkIs(false);
    feed(pending.event);
  } else if (tick == next) {
    feed(event::Tick{});
  } else {
    next_advert_ = now_ + advert_interval;
    feed(event::Heard{rssi, ""});
  }
  return true;
}

void Driver::feed(const Event& event) {
  const Actions actions = session_.handle(event, now_);
  for (const Action& action : actions) {
    log.push_back({now_, action});
    carryOut(action);
  }
  check();
}

void Driver::carryOutStep(const Step& step) {
  std::erase_if(pending_, [](const auto& entry) { return entry.second.step; });
  if (const auto reply = step()) arrange(reply->after, {.event = reply->event, .step = true});
}

void Driver::carryOut(const Action& action) {
  if (std::holds_alternative<action::AskTurn>(action)) {
    EXPECT_FALSE(granted_);
    if (const auto reply = turn()) arrange(reply->after, {.event = reply->event});
  } else if (std::holds_alternative<action::EndTurn>(action)) {
    granted_ = false;
    std::erase_if(pending_, [](const auto& entry) { return std::holds_alternative<event::Granted>(entry.second.event); });
  } else if (std::holds_alternative<action::Connect>(action)) {
    EXPECT_TRUE(granted_) << "Connect out of turn";
    EXPECT_FALSE(holding_) << "Connect without an end of the link before";
    holding_ = true;
    carryOutStep(connect);
  } else if (std::holds_alternative<action::Resolve>(action)) {
    holding_ = true;
    carryOutStep(resolve);
  } else if (std::holds_alternative<action::Subscribe>(action)) {
    carryOutStep(subscribe);
  } else if (std::holds_alternative<action::Disconnect>(action)) {
    holding_ = false;
    carryOutStep(disconnect);
  } else if (const auto* write = std::get_if<action::Write>(&action)) {
    EXPECT_TRUE(subscribed_) << "Write without a subscription";
    written.push_back(write->bytes);
    if (const auto failure = write_failure()) {
      carryOutStep([&] { return Reply{event::Failed{*failure}, milliseconds(5)}; });
      return;
    }
    carryOutStep([] { return Reply{event::Written{}, milliseconds(5)}; });
    for (Notification& notification : device(write->bytes)) arrange(notification.after, {.event = event::Received{std::move(notification.bytes)}, .air = true});
  }
}

void Driver::check() {
  const State state = session_.state();
  const bool waits = state != State::absent && state != State::waiting && state != State::stopping;
  const bool linked = state == State::idle || state == State::polling || state == State::identifying;
  EXPECT_TRUE(!waits || session_.deadline() != kNever) << "no deadline in " << name(state);
  EXPECT_TRUE(!linked || session_.holdsLink()) << "no link in " << name(state);
  EXPECT_EQ(session_.idleSince() != kNever, state == State::idle);
}

std::size_t Driver::notes(std::string_view part) const {
  return static_cast<std::size_t>(std::ranges::count_if(log, [part](const Done& done) {
    const auto* note = std::get_if<action::Note>(&done.action);
    return note && note->text.find(part) != std::string::npos;
  }));
}

std::vector<State> Driver::states() const {
  std::vector<State> entered;
  for (const Done& done : log) {
    if (const auto* changed = std::get_if<action::StateChanged>(&done.action)) entered.push_back(changed->to);
  }
  return entered;
}

std::vector<ConnectionReason> Driver::reasons() const {
  std::vector<ConnectionReason> told;
  for (const Done& done : log) {
    if (const auto* changed = std::get_if<action::ReasonChanged>(&done.action)) told.push_back(changed->reason);
  }
  return told;
}

}  // namespace blupow::device::test
