#include "storage/meter_file.hpp"

#include <sqlite3.h>

#include <system_error>
#include <utility>

namespace blupow::storage {

namespace {

constexpr int kBusyMs = 2000;  // another program (a backup) may hold the file for a moment

// One statement, prepared once, stepped often. Its code is SQLITE_OK while all is well.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql) { code_ = sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr); }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int index, std::string_view text) {
    if (code_ == SQLITE_OK) code_ = sqlite3_bind_text(statement_, index, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  }
  void bind(int index, double number) {
    if (code_ == SQLITE_OK) code_ = sqlite3_bind_double(statement_, index, number);
  }
  // Whether there is a row to look at.
  bool step() {
    if (code_ != SQLITE_OK) return false;
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    sqlite3_reset(statement_);
    if (result != SQLITE_DONE) code_ = result;
    return false;
  }
  std::string text(int column) const {
    const unsigned char* bytes = sqlite3_column_text(statement_, column);
    return bytes == nullptr ? std::string()
                            : std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
  }
  double number(int column) const { return sqlite3_column_double(statement_, column); }
  int code() const { return code_; }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_OK;
};

int run(sqlite3* database, const char* sql) { return sqlite3_exec(database, sql, nullptr, nullptr, nullptr); }

// SQLITE_ERROR is what a sound database says whose table is another one.
bool isBroken(int code) { return code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR; }

// SQLITE_OK when every page is sound.
int check(sqlite3* database) {
  Statement statement(database, "PRAGMA quick_check(1)");
  const bool sound = statement.step() && statement.text(0) == "ok";
  if (statement.code() != SQLITE_OK) return statement.code();
  return sound ? SQLITE_OK : SQLITE_CORRUPT;
}

int readAll(sqlite3* database, gateway::MeterValues& values) {
  Statement statement(database, "SELECT place, watt_hours FROM meters");
  while (statement.step()) values.insert_or_assign(statement.text(0), statement.number(1));
  return statement.code();
}

}  // namespace

void MeterFile::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

MeterFile::MeterFile(std::filesystem::path file) : path_(std::move(file)) {}

Result<gateway::MeterValues> MeterFile::load() {
  if (auto opened = open(); !opened) return std::unexpected(std::move(opened.error()));
  return values_;
}

Result<> MeterFile::save(const gateway::MeterValues& changed) {
  if (auto opened = open(); !opened) return opened;
  Trouble trouble = write(changed);
  if (isBroken(trouble.code)) {  // under our hands: begin anew with all that is known
    database_.reset();
    if (auto opened = open(); !opened) return opened;
    trouble = write(changed);
  }
  if (trouble.code != SQLITE_OK) return failed(trouble);
  for (const auto& [place, watt_hours] : changed) values_.insert_or_assign(place, watt_hours);
  return {};
}

Result<> MeterFile::forget(std::string_view place_prefix) {
  if (auto opened = open(); !opened) return opened;
  Statement statement(database_.get(), "DELETE FROM meters WHERE substr(place, 1, length(?1)) = ?1");
  statement.bind(1, place_prefix);
  statement.step();
  if (statement.code() != SQLITE_OK) return failed({statement.code(), sqlite3_errmsg(database_.get())});
  std::erase_if(values_, [&](const auto& value) { return value.first.starts_with(place_prefix); });
  return {};
}

std::vector<std::string> MeterFile::takeNotes() { return std::exchange(notes_, {}); }

Result<> MeterFile::open() {
  if (database_) return {};
  const gateway::MeterValues known = values_;
  Trouble trouble = tryOpen();
  if (isBroken(trouble.code)) {
    database_.reset();
    if (auto aside = setAside(trouble.text); !aside) return aside;
    trouble = tryOpen();
  }
  if (trouble.code == SQLITE_OK && !known.empty() && values_ != known) {
    trouble = write(known);
    values_ = known;
  }
  if (trouble.code != SQLITE_OK) return failed(trouble);
  return {};
}

MeterFile::Trouble MeterFile::tryOpen() {
  std::error_code error;
  if (path_.has_parent_path()) std::filesystem::create_directories(path_.parent_path(), error);
  const auto type = std::filesystem::status(path_, error).type();
  if (type != std::filesystem::file_type::not_found && type != std::filesystem::file_type::regular) return {SQLITE_NOTADB, "it is no file"};

  sqlite3* database = nullptr;
  int code = sqlite3_open_v2(path_.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  database_.reset(database);
  sqlite3_busy_timeout(database, kBusyMs);
  if (code == SQLITE_OK) code = check(database);
  if (code == SQLITE_OK) code = run(database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  if (code == SQLITE_OK) code = run(database, "CREATE TABLE IF NOT EXISTS meters (place TEXT PRIMARY KEY, watt_hours REAL NOT NULL) WITHOUT ROWID");
  gateway::MeterValues values;
  if (code == SQLITE_OK) code = readAll(database, values);
  if (code != SQLITE_OK) return {code, code == sqlite3_errcode(database) ? sqlite3_errmsg(database) : sqlite3_errstr(code)};
  values_ = std::move(values);
  return {};
}

MeterFile::Trouble MeterFile::write(const gateway::MeterValues& values) {
  sqlite3* database = database_.get();
  int code = run(database, "BEGIN IMMEDIATE");
  if (code == SQLITE_OK) {
    Statement statement(database, "INSERT INTO meters VALUES (?1, ?2) ON CONFLICT (place) DO UPDATE SET watt_hours = excluded.watt_hours");
    for (const auto& [place, watt_hours] : values) {
      statement.bind(1, place);
      statement.bind(2, watt_hours);
      statement.step();
    }
    code = statement.code();
  }
  if (code == SQLITE_OK) code = run(database, "COMMIT");
  if (code == SQLITE_OK) return {};
  Trouble trouble{code, sqlite3_errmsg(database)};
  run(database, "ROLLBACK");
  return trouble;
}

Result<> MeterFile::setAside(const std::string& why) {
  std::error_code error;
  const std::string aside = path_.string() + ".broken";
  std::filesystem::rename(path_, aside, error);
  if (error) return fail(FailureKind::retry_later, path_.string() + " is not sound (" + why + ") and could not be renamed: " + error.message());
  for (const std::string_view part : {"-wal", "-shm"}) {
    std::error_code not_there;
    std::filesystem::remove(aside + std::string(part), not_there);
    std::filesystem::rename(path_.string() + std::string(part), aside + std::string(part), not_there);
  }
  notes_.push_back(path_.string() + " is not sound (" + why + "): renamed to " + aside + ", the energy meters begin a new one.");
  return {};
}

// The next call opens the file anew.
std::unexpected<Failure> MeterFile::failed(const Trouble& trouble) {
  database_.reset();
  return fail(FailureKind::retry_later, path_.string() + ": " + trouble.text);
}

}  // namespace blupow::storage
