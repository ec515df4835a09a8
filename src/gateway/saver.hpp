// Saves the list of devices whenever it changed: one save at a time, changes meanwhile go into the next one, a failed one is tried again. Loop thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/store.hpp"
#include "runtime/loop.hpp"

namespace blupow::gateway {

class Saver {
 public:
  using Done = std::move_only_function<void(const Result<>&)>;

  // list: everything to be stored, asked for when a save begins. Store and loop outlive the saver.
  Saver(runtime::Loop& loop, DeviceStore& store, std::function<std::vector<StoredDevice>()> list);

  // The list has changed. done is called once a save that began now or later is on disk, or has failed; never inside the call.
  void save(Done done = nullptr);
  bool idle() const { return !saving_ && !dirty_; }

 private:
  void begin();
  void finished(const Result<>& result);

  runtime::Loop& loop_;
  DeviceStore& store_;
  std::function<std::vector<StoredDevice>()> list_;
  std::vector<Done> waiting_;  // for the next save
  std::vector<Done> pending_;  // for the one under way
  bool saving_ = false;
  bool dirty_ = false;
  std::string trouble_;  // the failure told last; empty = none
  runtime::Timer soon_;
  std::shared_ptr<Saver*> self_;  // gone with the saver: an answer that comes later is dropped
};

}  // namespace blupow::gateway
