#include "storage/sqlite_meter_store.hpp"

#include <spdlog/spdlog.h>

#include <utility>
#include <vector>

#include "storage/meter_file.hpp"

namespace blupow::storage {

namespace {

template <typename T>
struct Outcome {
  Result<T> result;
  std::vector<std::string> notes;
};

// The job on the worker, then its notes to the log and its result to done, on the loop.
template <typename T, typename Job>
void work(runtime::Loop& loop, std::string_view name, const std::shared_ptr<MeterFile>& file, Job job, std::move_only_function<void(Result<T>)> done) {
  const auto outcome = std::make_shared<Outcome<T>>();
  loop.work(
      name,
      [file, outcome, job = std::move(job)] {
        outcome->result = job(*file);
        outcome->notes = file->takeNotes();
      },
      [outcome, done = std::move(done)]() mutable {
        for (const std::string& note : outcome->notes) spdlog::warn("{}", note);
        done(std::move(outcome->result));
      });
}

}  // namespace

SqliteMeterStore::SqliteMeterStore(runtime::Loop& loop, const std::filesystem::path& folder)
    : loop_(loop), file_(std::make_shared<MeterFile>(folder / "blupow.db")) {}

void SqliteMeterStore::load(std::move_only_function<void(Result<gateway::MeterValues>)> done) {
  work<gateway::MeterValues>(loop_, "load meters", file_, [](MeterFile& file) { return file.load(); }, std::move(done));
}

void SqliteMeterStore::save(gateway::MeterValues changed, std::move_only_function<void(Result<>)> done) {
  work<void>(loop_, "save meters", file_, [changed = std::move(changed)](MeterFile& file) { return file.save(changed); }, std::move(done));
}

void SqliteMeterStore::forget(std::string place_prefix) {
  work<void>(
      loop_, "forget meters", file_, [place_prefix = std::move(place_prefix)](MeterFile& file) { return file.forget(place_prefix); },
      [](const Result<>& result) {
        if (!result) spdlog::warn("the meters of a removed device stay stored: {}", result.error().text);
      });
}

}  // namespace blupow::storage
