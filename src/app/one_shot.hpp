// Loop, radio and air for a command that ends by itself. Blocks in run(); everything else is called on its loop.
#pragma once

#include <string>

#include "ble/bluez/bluez_transport.hpp"
#include "core/failure.hpp"
#include "gateway/air.hpp"
#include "runtime/asio_loop.hpp"

namespace blupow::app {

class OneShot final : private gateway::Air::Ear {
 public:
  explicit OneShot(std::string adapter);

  // Calls ready once, as soon as the adapter is; returns after finish(). A radio that is not ready within 3 s is a failure that names the cure.
  Result<> run(runtime::Task ready);
  void finish();

  runtime::AsioLoop& loop() { return loop_; }
  ble::Transport& transport() { return transport_; }
  gateway::Air& air() { return air_; }

 private:
  void giveUp();
  void radioChanged(const RadioStatus& status) override;
  void heard(const ble::Advertisement& /*advertisement*/) override {}

  std::string adapter_;
  runtime::AsioLoop loop_;
  ble::bluez::BluezTransport transport_;
  gateway::Air air_;
  gateway::Air::Listening listening_;
  runtime::Timer grace_;
  runtime::Task ready_;
  Result<> result_;
};

}  // namespace blupow::app
