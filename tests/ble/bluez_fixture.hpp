// The transport on a private bus against the simulated bluetoothd, in real time; every wait has a bound.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ble/bluez/bluez_transport.hpp"
#include "ble/fake_bus.hpp"
#include "runtime/asio_loop.hpp"
#include "support/simulator.hpp"

namespace blupow::test {

using Words = std::vector<std::string>;

// One controller, quick, on one adapter: what the faults are tried on. more: further members of the device, "adapters": ... of the scene.
std::string oneController(const std::string& device = {}, const std::string& scene = {});
inline const MacAddress kController = *MacAddress::parse("80:6F:B0:0E:7B:91");
inline const std::string kControllerPath = "dev_80_6F_B0_0E_7B_91";

class BluezTest : public testing::Test {
 protected:
  explicit BluezTest(const std::string& policy = {}) : bus(policy) {}

  void simulate(const std::string& scene = oneController()) { simulator = std::make_unique<Simulator>(bus, scene); }
  // The transport joins the bus now: the test's own, or another.
  void open(const std::string& adapter = {}, const std::string& address = {});
  void openReady(const std::string& adapter = {}) {
    open(adapter);
    ASSERT_TRUE(untilRadio(RadioState::ready));
  }

  // Runs the loop until it holds; false after the bound.
  [[nodiscard]] bool until(const std::function<bool()>& holds, std::chrono::milliseconds bound = kBound);
  [[nodiscard]] bool untilRadio(RadioState state);
  // Until the device has been heard (again).
  [[nodiscard]] bool untilHeard();
  // Until the link has told something; what it told first.
  std::string next(std::chrono::milliseconds bound = kBound);
  // Carries a link to a subscription.
  void subscribe();
  // Reads 1 word at 0x000A and gives the answer in hexadecimal.
  std::string read();

  PrivateBus bus;
  std::unique_ptr<Simulator> simulator;
  runtime::AsioLoop loop;
  Recorder seen;
  std::unique_ptr<ble::bluez::BluezTransport> transport;
  std::unique_ptr<ble::Link> link;
};

}  // namespace blupow::test
