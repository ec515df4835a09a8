// A link on a bus made of memory, and the way to each of its states.
#pragma once

#include <gmock/gmock.h>

#include "ble/central_fixture.hpp"

namespace blupow::ble::bluez {

using namespace test;

class LinkTest : public CentralTest {
 protected:
  LinkTest() : link(central.link(kAddress, seen)) {}

  void connecting() {
    link->connect();
    loop.settle();
    ASSERT_THAT(bus.open(), testing::ElementsAre("Connect"));
  }
  void connected() {
    connecting();
    bus.change(kDevice, {{"Connected", true}});
    bus.answer("Connect");
    ASSERT_THAT(seen.take(), testing::ElementsAre("connected"));
  }
  void resolved() {
    connected();
    resolve();
    bus.change(kDevice, {{"ServicesResolved", true}});
    ASSERT_THAT(seen.take(), testing::ElementsAre("resolved 0"));
  }
  void subscribed() {
    resolved();
    link->subscribe();
    bus.answer("StartNotify");
    ASSERT_THAT(seen.take(), testing::ElementsAre("subscribed"));
  }
  void resolve(const GattPath& path = kGatt) {
    link->resolve({&path, 1});
    loop.settle();
  }
  void notify(const std::string& path, Bytes bytes) { bus.change(path, {{"Value", std::move(bytes)}}, "org.bluez.GattCharacteristic1"); }

  std::unique_ptr<Link> link;
};

}  // namespace blupow::ble::bluez
