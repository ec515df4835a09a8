#include "ble/bluez_fixture.hpp"

#include <boost/asio/io_context.hpp>
#include <cstdlib>

namespace blupow::test {

std::string oneController(const std::string& device, const std::string& scene) {
  return R"({"timing": {"advertise_ms": 50, "connect_ms": 60, "resolve_ms": 60, "answer_ms": 5, "disconnect_ms": 50},)" + (scene.empty() ? "" : scene + ",") +
         R"("devices": [{"address": "80:6F:B0:0E:7B:91", "name": "BT-TH-B00E7B91    ", )" + (device.empty() ? "" : device + ",") +
         R"("units": [{"family": "controller", "static": true}]}]})";
}

void BluezTest::open(const std::string& adapter, const std::string& address) {
  ::setenv("DBUS_SYSTEM_BUS_ADDRESS", address.empty() ? bus.address().c_str() : address.c_str(), 1);
  transport = std::make_unique<ble::bluez::BluezTransport>(loop, adapter);
  transport->observe(&seen);
  link = transport->link(kController, seen);
}

bool BluezTest::until(const std::function<bool()>& holds, std::chrono::milliseconds bound) {
  const auto end = std::chrono::steady_clock::now() + bound;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    loop.context().restart();
    loop.context().run_one_until(end);
  }
  return true;
}

bool BluezTest::untilRadio(RadioState state) {
  return until([&] { return transport->radio().state == state; });
}

bool BluezTest::untilHeard() {
  seen.adverts.clear();
  return until([&] { return std::ranges::any_of(seen.adverts, [](const ble::Advertisement& advertisement) { return advertisement.address == kController; }); });
}

std::string BluezTest::next(std::chrono::milliseconds bound) {
  if (!until([&] { return !seen.said.empty(); }, bound)) return "nothing";
  auto word = seen.said.front();
  seen.said.erase(seen.said.begin());
  return word;
}

void BluezTest::subscribe() {
  if (!link->up()) {
    transport->scan(true);
    ASSERT_TRUE(untilHeard());
    link->connect();
    ASSERT_EQ(next(), "connected") << (seen.failures.empty() ? "" : seen.failures.back().text);
  }
  link->resolve({&kGatt, 1});
  ASSERT_EQ(next(), "resolved 0") << (seen.failures.empty() ? "" : seen.failures.back().text);
  link->subscribe();
  ASSERT_EQ(next(), "subscribed") << (seen.failures.empty() ? "" : seen.failures.back().text);
}

std::string BluezTest::read() {
  link->write(*fromHex("ff03000a0001b1d6"));
  EXPECT_TRUE(until([&] { return seen.said.size() == 2; }));
  const auto said = seen.take();
  EXPECT_THAT(said, testing::UnorderedElementsAre("written", testing::StartsWith("received ")));
  return said.empty() ? "" : said.back();
}

}  // namespace blupow::test
