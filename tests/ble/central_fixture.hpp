// A transport on the bus made of memory, in simulated time.
#pragma once

#include <gtest/gtest.h>

#include "ble/bluez/central.hpp"
#include "ble/fake_bus.hpp"
#include "runtime/simulated_loop.hpp"

namespace blupow::test {

using Words = std::vector<std::string>;

class CentralTest : public testing::Test {
 protected:
  explicit CentralTest(std::string wanted = "") : central(loop, bus, std::move(wanted)) { central.observe(&seen); }

  // From the bus to an adapter that is ready.
  void ready(const Objects& objects = world()) {
    bus.listener->busUp();
    ASSERT_TRUE(bus.fetched(objects));
    seen.radios.clear();
  }

  runtime::SimulatedLoop loop;
  FakeBus bus;
  Recorder seen;
  ble::bluez::Central central;
};

}  // namespace blupow::test
