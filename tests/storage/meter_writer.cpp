// Saves one value after the other for two meters, as fast as it can, and prints "stored N" after each; until it is killed.
// meter_writer FOLDER
#include <cstdio>
#include <cstdlib>

#include "runtime/asio_loop.hpp"
#include "storage/sqlite_meter_store.hpp"

namespace {

using blupow::Result;
using blupow::gateway::MeterValues;

void saveForEver(blupow::storage::SqliteMeterStore& store, long number) {
  store.save({{"one", static_cast<double>(number)}, {"two", static_cast<double>(number)}}, [&store, number](const Result<>& result) {
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
  if (count != 2) return 2;
  blupow::runtime::AsioLoop loop;
  blupow::storage::SqliteMeterStore store(loop, arguments[1]);
  store.load([&store](const Result<MeterValues>& values) {
    if (!values) {
      std::fprintf(stderr, "%s\n", values.error().text.c_str());
      std::exit(1);
    }
    const auto last = values->find("one");
    saveForEver(store, last == values->end() ? 1 : static_cast<long>(last->second) + 1);
  });
  loop.run();
  return 0;
}
