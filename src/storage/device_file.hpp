// The text of devices.json: what it says, and how it reads with another list of devices. What this program does not know (keys, units and whole
// entries of a type that no profile describes) stays as it is. Pure.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store.hpp"
#include "profile/catalogue.hpp"

namespace blupow::storage {

class DeviceFile {
 public:
  DeviceFile();  // as when there is no file
  ~DeviceFile();
  DeviceFile(DeviceFile&&) noexcept;
  DeviceFile& operator=(DeviceFile&&) noexcept;

  // Else what is wrong, in one clause.
  static std::expected<DeviceFile, std::string> parse(std::string_view text, const profile::Catalogue& catalogue);

  const std::vector<gateway::StoredDevice>& devices() const { return devices_; }
  const std::vector<std::string>& notes() const { return notes_; }  // what of it is wrong, one sentence each: such devices are of an unknown type

  // The text for these devices, which are the content from now on. Entries of others are dropped.
  std::string rewrite(const std::vector<gateway::StoredDevice>& devices);

 private:
  struct Entries;
  void describe(std::string text, gateway::StoredDevice& device);

  std::unique_ptr<Entries> entries_;  // as read or written last
  std::vector<gateway::StoredDevice> devices_;
  std::vector<std::string> notes_;
};

}  // namespace blupow::storage
