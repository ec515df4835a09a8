// Saves one version of a device list after the other, as fast as it can, and prints "stored N" after each; until it is killed.
// writer FOLDER LAST_VERSION
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include "runtime/asio_loop.hpp"
#include "storage/json_device_store.hpp"

namespace {

using blupow::gateway::StoredDevice;

std::vector<StoredDevice> version(long number) {
  constexpr int kDevices = 20;
  std::vector<StoredDevice> devices;
  for (int device = 10; device < 10 + kDevices; ++device) {
    devices.push_back({.address = *blupow::MacAddress::parse("AA:BB:CC:DD:EE:" + std::to_string(device)), .type = "", .name = std::to_string(number)});
  }
  return devices;
}

void saveForEver(blupow::storage::JsonDeviceStore& store, long number) {
  store.save(version(number), [&store, number](const blupow::Result<>& result) {
    if (!result) {
      std::fprintf(stderr, "%s\n", result.error().text.c_str());
      return;
    }
    std::printf("stored %ld\n", number);
    std::fflush(stdout);
    saveForEver(store, number + 1);
  });
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  long last = 0;
  const std::string_view text = arguments[2];
  std::from_chars(text.data(), text.data() + text.size(), last);
  blupow::runtime::AsioLoop loop;
  blupow::storage::JsonDeviceStore store(loop, arguments[1]);
  saveForEver(store, last + 1);
  loop.run();
  return 0;
}
