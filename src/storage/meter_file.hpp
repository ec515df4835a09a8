// blupow.db in the data folder: the energy meters in SQLite (WAL, every commit synced), so that at every moment, also after kill -9 or loss of power,
// it holds what was saved last, whole. Blocking: the runtime's worker calls it, one call at a time. The only place that knows SQLite.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/failure.hpp"
#include "gateway/store.hpp"

struct sqlite3;

namespace blupow::storage {

class MeterFile {
 public:
  explicit MeterFile(std::filesystem::path file);  // opens nothing yet

  // All that is stored. A file that is corrupt or no database of meters is renamed to blupow.db.broken (in place of an earlier one; what SQLite keeps
  // beside it goes along) and begun anew with what this process knows of it, whichever call finds it so; where the renaming fails, the file is left as
  // it is and nothing is done.
  Result<gateway::MeterValues> load();
  Result<> save(const gateway::MeterValues& changed);  // all or nothing
  Result<> forget(std::string_view place_prefix);      // those whose place begins so
  std::vector<std::string> takeNotes();                // for the log, one sentence each

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  struct Trouble {
    int code = 0;  // SQLite's; 0 = none
    std::string text;
  };

  Result<> open();
  Trouble tryOpen();
  Trouble write(const gateway::MeterValues& values);
  Result<> setAside(const std::string& why);
  std::unexpected<Failure> failed(const Trouble& trouble);

  std::filesystem::path path_;
  std::unique_ptr<sqlite3, Close> database_;  // null: to be opened by the next call
  gateway::MeterValues values_;               // as stored
  std::vector<std::string> notes_;
};

}  // namespace blupow::storage
