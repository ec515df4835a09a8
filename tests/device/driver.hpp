// Carries out a session's actions in virtual time, with the air, the adapter and the device as settable parts. Checks after every step what must hold
// always: Connect only when the turn is ours and no link is held, writes only over a subscribed link, a deadline in every state that waits.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "device/frames.hpp"
#include "device/session.hpp"

namespace blupow::device::test {

class Driver {
 public:
  struct Reply {
    Event event;
    Duration after{};
  };
  using Step = std::function<std::optional<Reply>()>;  // nothing: hangs for ever

  Driver(SessionConfig config, const profile::Catalogue& catalogue);

  // The world; each may be exchanged at any time.
  bool advertises = true;
  int rssi = -60;
  Duration advert_interval = std::chrono::milliseconds(300);
  Step connect;
  Step resolve;
  Step subscribe;
  Step disconnect;
  Step turn;
  std::function<std::vector<Notification>(const Bytes&)> device;  // a request was written
  std::function<std::optional<Failure>()> write_failure;

  void send(const Event& event);
  void radio(RadioState state);
  void loseLink(FailureKind kind = FailureKind::retry_later);  // the link breaks
  void runFor(Duration time);
  bool runUntil(const std::function<bool()>& condition, Duration bound);  // false when the bound is over

  TimePoint now() const { return now_; }
  Session& session() { return session_; }
  bool up() const { return up_; }

  template <typename A>
  std::size_t count() const {
    std::size_t found = 0;
    for (const auto& done : log) found += std::holds_alternative<A>(done.action) ? 1U : 0U;
    return found;
  }
  template <typename A>
  const A* last() const {
    const A* found = nullptr;
    for (const auto& done : log) {
      if (const A* action = std::get_if<A>(&done.action)) found = action;
    }
    return found;
  }
  std::size_t notes(std::string_view part) const;  // that hold this text
  std::vector<State> states() const;               // entered, in order
  std::vector<ConnectionReason> reasons() const;

  struct Done {
    TimePoint at;
    Action action;
  };
  std::vector<Done> log;
  std::vector<Bytes> written;

 private:
  struct Pending {
    Event event;
    bool step = false;  // cancelled by the next step
    bool air = false;   // dies with the link
  };
  void feed(const Event& event);
  void carryOut(const Action& action);
  void carryOutStep(const Step& step);
  void arrange(Duration after, Pending pending) { pending_.emplace(now_ + after, std::move(pending)); }
  void linkIs(bool up);
  void check();
  bool stepOnce(TimePoint until);

  TimePoint now_{};
  Session session_;
  std::multimap<TimePoint, Pending> pending_;
  TimePoint next_advert_{};
  bool radio_ready_ = false;
  bool up_ = false;
  bool holding_ = false;  // from Connect or Resolve until Disconnect, Lost
  bool subscribed_ = false;
  bool granted_ = false;
  int at_once_ = 0;  // steps without time passing
};

}  // namespace blupow::device::test
