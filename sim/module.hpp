// A Renogy Bluetooth module in the air, with the Modbus units behind it: it advertises while nobody is connected, carries one central, takes requests and
// answers them in notifications. It knows nothing of D-Bus and outlives restarts of bluetoothd.
#pragma once

#include <array>
#include <functional>
#include <list>
#include <optional>
#include <random>

#include "sim/answer_faults.hpp"
#include "sim/loop.hpp"
#include "sim/scene.hpp"
#include "sim/unit.hpp"

namespace blupow::sim {

class Module {
 public:
  struct Events {
    std::function<void(Module&, int rssi)> heard;  // an advertisement
  };
  struct Central {
    std::function<void(const Bytes&)> notified;
    std::function<void()> lost;  // the module let go
  };
  // How long the answers took, so that what a client needs beyond that can be told.
  struct Answering {
    std::optional<std::chrono::steady_clock::time_point> first_request;
    std::chrono::steady_clock::duration total{};  // from each request to the last notification of its answer
  };

  // Something written that was no sound read request, or a read of what should be left alone.
  struct Oddity {
    std::string characteristic;      // empty: the right one
    Bytes bytes;                     // as written
    std::optional<Request> request;  // nothing: no sound frame
    bool dangerous = false;
    Bytes answer;  // as the unit gave it; empty: none
  };

  Module(Loop& loop, const DeviceScene& scene, const Scene& world, Events events);

  const DeviceScene& scene() const { return scene_; }
  std::vector<Unit>& units() { return units_; }
  AnswerFaults& faults() { return faults_; }

  bool advertising() const;  // a central could connect
  bool refusing() const;     // advertises, but answers no connection request yet
  bool connected() const { return central_.has_value(); }

  void attach(Central central);  // the link is up
  void detach();                 // the central ended it
  void attemptFailed();
  void request(ByteView frame);                                        // written to ffd1
  void strayWrite(const std::string& characteristic, ByteView bytes);  // written to any other
  const Bytes& lastFrame() const { return last_frame_; }

  // For control.
  void silence(bool on) { silent_ = on; }
  void hold(bool on);  // by another central
  bool silent() const { return silent_; }
  bool held() const { return held_; }
  void dropLink();
  void dieAfterConnect(std::uint32_t times) { deaths_ = times; }  // the next links die before anything goes over them (0x3e)
  bool diesNow();
  void setTiming(const Timing& timing) { scene_.timing = timing; }
  std::uint64_t links() const { return links_; }        // made so far
  std::uint64_t requests() const { return requests_; }  // sound frames so far
  const Answering& answering() const { return answering_; }
  void forgetCounts();
  const std::vector<Oddity>& oddities() const { return oddities_; }
  void forgetOddities() { oddities_.clear(); }
  void add(const UnitScene& unit);
  void remove(std::uint8_t unit);

 private:
  void advertise();
  void rest();  // begins the time of refusal
  std::optional<Bytes> answerOf(const Request& request, const std::optional<AnswerRule>& rule);
  std::optional<Bytes> everyAnswer(const Request& request, const std::optional<AnswerRule>& rule);
  bool dangerous(const Request& request) const;
  void reply(const Request& request, const Bytes& frame, const std::optional<AnswerRule>& rule);
  void stream();  // what shunts do unasked
  void notify(const Bytes& frame, Milliseconds delay, std::size_t size);
  void later(Milliseconds delay, std::function<void()> task);
  Milliseconds lineTime(std::size_t bytes) const;

  Loop& loop_;
  const Scene& world_;
  DeviceScene scene_;
  Events events_;
  std::mt19937 random_;
  std::vector<Unit> units_;
  AnswerFaults faults_;
  std::optional<Central> central_;
  bool silent_ = false;
  bool held_ = false;
  std::chrono::steady_clock::time_point ready_;  // end of the refusal
  Bytes last_frame_;
  std::uint32_t deaths_ = 0;
  std::uint64_t links_ = 0;
  std::uint64_t requests_ = 0;
  Answering answering_;
  std::vector<Oddity> oddities_;
  std::uint32_t streamed_ = 0;
  Timer advertising_;
  Timer streaming_;
  std::list<Timer> waiting_;  // of the present link
};

}  // namespace blupow::sim
