// Reads the registers of some units over a link of its own: connects, again where that fails, reads what RegisterDump wants of each unit in turn,
// disconnects. Loop thread.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "app/register_dump.hpp"
#include "ble/transport.hpp"
#include "gateway/device_driver.hpp"
#include "runtime/loop.hpp"

namespace blupow::app {

class RegisterReader final : private ble::LinkObserver {
 public:
  // ended: called once the link is down, never inside a call. Over the characteristics of any family in the catalogue.
  RegisterReader(const gateway::Surroundings& around, const MacAddress& address, runtime::Task ended);

  // first_only: the units are guesses, tried one after the other until one answers.
  void start(const std::vector<std::uint8_t>& units, bool first_only);
  void stop();  // ends early

  const std::vector<RegisterDump>& dumps() const { return dumps_; }

 private:
  void linkConnected() override;
  void linkResolved(std::size_t path) override;
  void linkSubscribed() override;
  void linkWritten() override {}  // the answer is what counts
  void linkReceived(ByteView notification) override;
  void linkFailed(const Failure& failure) override;
  void linkLost(const Failure& failure) override;
  void linkDown() override;

  void connect();
  void again();
  void look();
  void ask();
  bool choose();
  void settle(const Result<modbus::Answer>& result);

  runtime::Loop& loop_;
  gateway::Air& air_;
  std::vector<ble::GattPath> paths_;
  Duration pause_{};    // after subscribing, the longest of all families
  Duration between_{};  // requests, likewise
  runtime::Task ended_;
  std::unique_ptr<ble::Link> link_;
  std::optional<gateway::Air::ScanWish> scan_wish_;
  device::Exchange exchange_;
  std::vector<RegisterDump> dumps_;
  std::size_t asked_ = 0;
  std::optional<modbus::Request> request_;  // to be written when the line is free
  bool first_only_ = false;
  bool reading_ = false;
  bool stopping_ = false;
  runtime::Timer timer_;
  runtime::Timer end_;
};

}  // namespace blupow::app
