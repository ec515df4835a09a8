// An air full of scripted modules on simulated time: they advertise, let themselves be connected and answer Modbus reads from a table of words.
// It checks the promises of ble/transport.hpp on the way: one connect at a time is counted, answers come later, a cancelled step is never answered.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ble/transport.hpp"
#include "runtime/simulated_loop.hpp"

namespace blupow::test {

struct FakeModule {
  MacAddress address;
  std::string name = "BT-TH-00000001";
  std::string service = "ffd0";  // of its write characteristic; of the one that notifies where it speaks unasked
  int rssi = -60;
  bool advertising = true;
  Duration connect_time = std::chrono::milliseconds(600);
  Duration answer_time = std::chrono::milliseconds(20);
  std::uint8_t unit = 1;                                   // answers to this id and to 255
  std::map<std::uint16_t, std::uint16_t> words;            // an exception for others
  std::function<std::vector<Bytes>(const Bytes&)> script;  // if set, answers in place of the words: one notification each

  std::function<std::vector<Bytes>()> speaks;  // if set, what it says unasked every 5 s: one notification each

  // Faults.
  std::optional<Failure> refuses;  // every connect fails so
  bool hangs = false;              // connects never end by themselves
  bool silent = false;             // hears requests, answers nothing
  bool slow_down = false;          // takes 4.5 s to disconnect
  bool foreign_link = false;       // connected on this host by somebody else

  // What happened.
  bool up = false;
  int connects = 0;
  int disconnects = 0;
  std::vector<Bytes> requests;
};

// A text in registers, padded to eight words.
void putText(FakeModule& module, std::uint16_t address, std::string_view text);

class FakeTransport final : public ble::Transport {
 public:
  explicit FakeTransport(runtime::SimulatedLoop& loop);
  ~FakeTransport() override;

  FakeModule& add(FakeModule module);
  FakeModule& module(const MacAddress& address) { return modules_.at(address); }

  void radio(RadioStatus status);        // a change of it; links are lost when it is not ready
  void drop(const MacAddress& address);  // the link is lost
  std::size_t slots = 100;               // links the controller carries
  Failure full{FailureKind::no_slot, "le-connection-concurrent-connection-limit"};

  bool scanning() const { return scan_; }
  std::size_t linksUp() const;
  int mostConnects() const { return most_connects_; }       // under way at once, ever
  std::size_t linksAlive() const { return links_.size(); }  // Link objects

  const RadioStatus& radio() const override { return radio_; }
  void observe(ble::TransportObserver* observer) override { observer_ = observer; }
  void scan(bool wanted) override;
  std::unique_ptr<ble::Link> link(const MacAddress& address, ble::LinkObserver& observer) override;

 private:
  class FakeLink;
  void advertise();

  runtime::SimulatedLoop& loop_;
  ble::TransportObserver* observer_ = nullptr;
  RadioStatus radio_{RadioState::ready, "hci0", {}};
  std::map<MacAddress, FakeModule> modules_;
  std::map<MacAddress, FakeLink*> links_;
  bool scan_ = false;
  int connecting_ = 0;
  int most_connects_ = 0;
  runtime::Timer advertise_;
};

}  // namespace blupow::test
