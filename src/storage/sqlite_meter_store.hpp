// The energy meters of the gateway in blupow.db (meter_file.hpp), read and written on the loop's worker. Loop thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "gateway/store.hpp"
#include "runtime/loop.hpp"

namespace blupow::storage {

class MeterFile;

class SqliteMeterStore final : public gateway::MeterStore {
 public:
  // The loop outlives the store. What is under way when the store goes is still written.
  SqliteMeterStore(runtime::Loop& loop, const std::filesystem::path& folder);

  void load(std::move_only_function<void(Result<gateway::MeterValues>)> done) override;
  void save(gateway::MeterValues changed, std::move_only_function<void(Result<>)> done) override;
  void forget(std::string place_prefix) override;  // a failure is logged

 private:
  runtime::Loop& loop_;
  std::shared_ptr<MeterFile> file_;  // of the worker's jobs alone
};

}  // namespace blupow::storage
