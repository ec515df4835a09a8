// The life of one link, as a pure state machine: events in (with the time), actions out. No D-Bus, MQTT, JSON, loop or log in here; the driver
// (gateway/device_driver) carries actions out and feeds events in. Table of states: transitions.hpp and docs/architecture.md, held equal by a test.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/failure.hpp"
#include "core/mac_address.hpp"
#include "core/radio.hpp"
#include "core/time.hpp"
#include "device/action.hpp"
#include "device/back_off.hpp"
#include "device/event.hpp"
#include "device/exchange.hpp"
#include "device/history_reader.hpp"
#include "device/identification.hpp"
#include "device/pace.hpp"
#include "device/setting_writer.hpp"
#include "device/state.hpp"
#include "device/stream.hpp"
#include "device/transitions.hpp"
#include "device/unit.hpp"
#include "device/unit_poller.hpp"
#include "profile/catalogue.hpp"

namespace blupow::device {

struct SessionConfig {
  MacAddress address;
  std::string advertised_name;  // as last heard; may be empty
  Duration poll_interval = std::chrono::seconds(30);
  bool keep_connected = true;
  Duration back_off_cap = std::chrono::minutes(5);
  std::uint64_t seed = 0;           // of the jitter
  profile::ProfilePtr type;         // only this family is asked for; null = all of the catalogue
  std::vector<UnitIdentity> units;  // as remembered; empty = identify first
  bool adaptive_polling = false;    // a third of the interval (at least 5 s) while one of a unit's powers is not 0 W, and for three polls after that
};

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
  const profile::Profile& variant(std::size_t index) const;                      // the unit's own profile, quirks applied
  const profile::ProfilePtr& sharedVariant(std::size_t index) const;             // the same, for who keeps it
  const profile::Readings& readings(std::size_t index) const;                    // last reading of every field whose block still answers
  TimePoint readAt(std::size_t index, std::string_view key) const;               // when that reading came, see UnitPoller::readAt
  const std::string& advertisedName() const { return config_.advertised_name; }  // last heard; may be empty
  bool online(std::size_t index) const;                                          // from its first snapshot until nothing came for max(3 poll intervals, 45 s)
  const std::vector<HistoryDay>& history(std::size_t index) const;               // as last read; empty when the unit keeps none
  bool holdsLink() const;                                                        // from Connect (or Resolve of a present link) until Down or Lost
  TimePoint idleSince() const;                                                   // kNever unless idle

 private:
  // adopted: found up, has not answered us yet. closing: Disconnect was said, Down is awaited.
  enum class LinkUse : std::uint8_t { none, adopted, ours, closing };
  enum class Turn : std::uint8_t { none, asked, granted };
  enum class Asker : std::uint8_t { identification, unit, survey, setting, day };  // whose request the exchange carries
  struct Wish {
    event::Set set;
    TimePoint by;  // begun, or given up
  };
  struct Writing {
    std::uint64_t number;
    std::size_t unit;
    SettingWriter writer;
  };
  struct HeardFrame {
    profile::Decoded decoded;
    bool whole;
    TimePoint at;
  };

  // session.cpp: what each event does at once
  void on(const event::Radio& event);
  void on(const event::Heard& event);
  void on(const event::Present& event);
  void on(const event::Granted&);
  void on(const event::Connected&);
  void on(const event::Resolved& event);
  void on(const event::Subscribed&);
  void on(const event::Written&) {}  // the answer is what counts
  void on(const event::Received& event);
  void on(const event::Failed& event);
  void on(const event::Lost& event);
  void on(const event::Down&);
  void on(const event::Tick&) {}  // advance() looks at the time after every event
  void on(const event::Refresh&);
  void on(const event::Identify&);
  void on(const event::Release& event);
  void on(const event::Resume&);
  void on(const event::Set& event);
  void on(const event::Yield&);
  void on(const event::Stop&);
  void advance();  // what time and circumstances allow in this state
  void move(Cause cause, State to);
  void say(bool warning, std::string text) { out_.push_back(action::Note{warning, std::move(text)}); }

  // session_link.cpp: getting the link up and down
  bool in(std::initializer_list<State> states) const;
  void seekLink();
  bool heardLately() const;
  TimePoint seekDeadline() const;
  std::vector<profile::ProfilePtr> families() const;
  std::vector<profile::ProfilePtr> familiesHere() const;
  void resolve();
  void endTurn();
  void closeLink(bool lockout);
  void linkDown();
  void failed(const Failure& failure);        // the step or the poll under way; hangs up
  void afterFailure(const Failure& failure);  // the link is down or going down: where next
  void backOff(const Failure& failure, Cause cause);
  void leaveRelease();

  // session_poll.cpp: what is said over the link
  void ask(Asker asker, const modbus::Request& request, const profile::Profile& family, std::optional<Duration> timeout = std::nullopt);
  void identify();
  void startIdentifying(Cause cause);
  void identified(const Found& found);
  void notIdentified(const Failure& failure, const std::string& answers);
  void startPoll(Cause cause);
  bool wanted(std::size_t index) const;
  bool anyWanted() const;
  void poll();
  void idle();
  TimePoint idleDeadline() const;
  void answered(const Result<modbus::Answer>& result);
  bool lineBusy(std::optional<Failure>& expired);
  void endUnit();
  void endPoll();
  void leavePolling();
  void alive();
  void abortPoll();
  void silentPoll();

  // session_write.cpp: settings, between two requests or from idle
  std::string obstacle() const;
  void watchWrites();
  TimePoint writesAt() const;
  bool startWrite();
  bool nextWish();
  void writeAnswered(const Result<modbus::Answer>& result);
  void endWrite(std::uint64_t number, std::string failure);
  void dropWrites(const std::string& why);

  // session_errand.cpp: what is asked besides polls
  TimePoint errandAt() const;
  void startErrand();
  void errandAnswered(const Result<modbus::Answer>& result);
  TimePoint historyAt() const;
  bool startDay();

  // session_stream.cpp: a link whose unit speaks unasked
  void startStream();
  void streamed(ByteView bytes);
  bool awaitFrame();
  void pollStream();
  // session_units.cpp: which units hang on the link; the ids that are asked for further ones between the polls
  bool mayBeHub() const;
  std::set<std::uint8_t> answeringIds() const;
  bool taken(std::size_t index) const;
  void learnName(const std::string& name);
  void place(const Found& found);
  void placeNew(const Found& found);
  std::uint8_t freeName(std::uint8_t id) const;
  void lookForLost();
  void takeFound();
  bool survey();
  void endSurvey();
  void dropUnfound();
  TimePoint nextSurvey();
  void tellFound();

  // session_report.cpp: what the outside is told
  void watchUnits();
  void watchReason();
  void unitsOffline();
  Duration patience() const;
  ConnectionReason presentReason();
  TimePoint unitsDeadline() const;
  void judgeConnectFailure();

  SessionConfig config_;
  const profile::Catalogue& catalogue_;
  State state_ = State::absent;
  TimePoint now_;  // of the present step
  Actions out_;    // of the present step

  RadioStatus radio_;
  LinkUse link_ = LinkUse::none;
  Turn turn_ = Turn::none;
  bool present_ = false;     // the link is up on this host, not by us
  bool was_up_ = false;      // the link that is closing
  bool lock_after_ = false;  // a lockout begins with Down
  TimePoint step_by_ = kNever;
  TimePoint down_by_ = kNever;
  TimePoint turn_by_ = kNever;
  TimePoint retry_at_ = kNever;  // from absent, where only a step said that the radio is gone
  TimePoint lockout_until_{};
  TimePoint resume_at_{};  // end of the back-off
  TimePoint cut_from_{};   // a back-off is not cut short before
  TimePoint released_until_{};
  TimePoint wanted_from_;  // the link is not wanted earlier
  TimePoint idle_since_ = kNever;
  std::optional<TimePoint> heard_at_;  // since the last link
  std::optional<int> rssi_;
  BackOff back_off_;
  int quick_failures_ = 0;
  int connect_failures_ = 0;

  // Of the present link: the families that may be behind it, their paths, the one that it has.
  std::vector<profile::ProfilePtr> candidates_;
  std::vector<profile::Gatt> paths_;
  profile::Gatt gatt_;
  Exchange exchange_;
  std::optional<Identification> identification_;
  bool identify_wanted_ = false;
  bool from_scratch_ = false;             // a person wants it: units that are not found again go
  std::optional<Identification> survey_;  // for further units; outlives the link
  TimePoint survey_at_ = kNever;          // the next
  std::optional<Found> behind_any_;       // the unit that is asked by the id that any answers to, at its own
  bool surveyed_ = false;                 // an id was asked since the last poll
  bool found_new_ = false;                // to be told at the survey's end
  bool looked_again_ = false;             // for units that were lost
  Asker asker_ = Asker::unit;
  std::vector<UnitPoller> units_;   // the first is the link's own, the others in the order in which they were found
  std::deque<std::size_t> to_ask_;  // units of the present poll; front: asked
  bool whole_poll_ = true;          // of all units, and not yet told to be over
  Duration pause_{};                // after the answer to the present request
  TimePoint ask_at_ = kNever;       // the line rests until then
  Pace pace_;
  TimePoint next_poll_;
  TimePoint poll_from_{};  // from which the interval counts
  TimePoint poll_started_{};
  bool poll_ok_ = true;
  bool poll_alive_ = false;
  bool poll_corrupt_ = false;
  int silent_polls_ = 0;

  std::deque<Wish> wishes_;
  std::optional<Writing> writing_;
  std::size_t day_unit_ = 0;  // whose history is asked
  int days_left_ = 0;         // that may be asked before the state is left
  TimePoint next_day_{};      // not before

  std::optional<StreamReader> stream_;  // of the present link
  std::optional<HeardFrame> frame_;     // the newest, not yet told
  TimePoint frame_by_ = kNever;         // silence from then on
  bool frame_implausible_ = false;      // one came that was not believed

  ConnectionReason reason_ = ConnectionReason::connecting;
  ConnectionReason standing_ = ConnectionReason::connecting;  // last learnt of the link, until something else is
  TimePoint quiet_since_;                                     // nothing was heard since, though it would have been listened to
  bool ever_heard_ = false;
  TimePoint reason_at_ = kNever;  // when the reason changes by itself
};

}  // namespace blupow::device
