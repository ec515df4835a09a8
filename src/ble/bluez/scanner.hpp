// Our own discovery session on one adapter: kept running while wanted, stopped around connects. Others' sessions on the same adapter are theirs; what
// they bring is used all the same. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ble/bluez/bus.hpp"
#include "runtime/loop.hpp"

namespace blupow::ble::bluez {

class Scanner {
 public:
  // denied: called when starting is forbidden (with the error) and when it works again (with nothing).
  Scanner(runtime::Loop& loop, Bus& bus, std::function<void(std::optional<BusError>)> denied);

  void want(bool wanted);
  // The path of a powered adapter, or empty: then there is no session any more, without a call. Power off and a restart of bluetoothd end sessions.
  void setAdapter(const std::string& path);
  void discovering(bool on);  // the adapter's property: off for a while with a session of ours means that it hangs

  // Each pause() needs a resume(). stopped: called later, when StopDiscovery is answered (or nothing ran).
  using Stopped = std::move_only_function<void()>;
  void pause(Stopped stopped);
  void resume();

 private:
  enum class State : std::uint8_t { idle, starting, running, stopping };

  void reconcile();
  void start();
  void started(const Reply<void>& reply);
  void stop();
  void tellStopped();
  void again(Duration in);
  // Only while the adapter is the same one in the same life: an answer from before is nobody's.
  Answer<void> inThisLife(std::move_only_function<void(const Reply<void>&)> then);

  runtime::Loop& loop_;
  Bus& bus_;
  std::function<void(std::optional<BusError>)> denied_;
  std::string adapter_;
  State state_ = State::idle;
  bool wanted_ = false;
  bool deniedBefore_ = false;
  int pauses_ = 0;
  Duration retryIn_;
  std::vector<Stopped> stopped_;
  runtime::Timer retry_;
  runtime::Timer watchdog_;
  std::shared_ptr<std::uint64_t> life_ = std::make_shared<std::uint64_t>(0);
};

}  // namespace blupow::ble::bluez
