// devices.json in the data folder. Reading blocks (once, at start); a save is put together on the loop and written on its worker. Loop thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/store.hpp"
#include "profile/catalogue.hpp"
#include "runtime/loop.hpp"
#include "storage/device_file.hpp"

namespace blupow::storage {

struct LoadedDevices {
  std::vector<gateway::StoredDevice> devices;  // by address; of an unknown type without units
  std::vector<std::string> notes;              // for the log, one sentence each
};

class JsonDeviceStore final : public gateway::DeviceStore {
 public:
  // The loop outlives the store.
  JsonDeviceStore(runtime::Loop& loop, const std::filesystem::path& folder);

  // Before the first save. A file that is no list of devices is renamed to devices.json.broken (in place of an earlier one); where that fails, it is
  // left as it is and every save is refused.
  LoadedDevices load(const profile::Catalogue& catalogue);

  void save(std::vector<gateway::StoredDevice> devices, std::move_only_function<void(Result<>)> done) override;

 private:
  std::string setAside(const std::string& why);

  runtime::Loop& loop_;
  std::filesystem::path path_;
  DeviceFile file_;
  std::string in_the_way_;  // a file that could not be set aside, and why; empty = none
};

}  // namespace blupow::storage
