#include "storage/sqlite_meter_store.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "runtime/simulated_loop.hpp"
#include "storage/killed_writer.hpp"
#include "storage/meter_file.hpp"
#include "support/log_capture.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace blupow::storage {
namespace {

using gateway::MeterValues;
using test::readFile;
using test::TempFolder;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

const MeterValues kValues{{"AA:BB:CC:DD:EE:01_255/solar_energy", 1234.56789012345}, {"AA:BB:CC:DD:EE:02_32/load_energy", 0.1}};

class SqliteMeterStoreTest : public testing::Test {
 protected:
  Result<MeterValues> load(SqliteMeterStore& store) {
    std::optional<Result<MeterValues>> result;
    store.load([&](Result<MeterValues> outcome) { result = std::move(outcome); });
    EXPECT_FALSE(result.has_value()) << "called back inside the call";
    loop.settle();
    return result.value_or(fail(FailureKind::retry_later, "not called back"));
  }
  Result<> save(SqliteMeterStore& store, const MeterValues& values) {
    std::optional<Result<>> result;
    store.save(values, [&](Result<> outcome) { result = std::move(outcome); });
    EXPECT_FALSE(result.has_value()) << "called back inside the call";
    loop.settle();
    return result.value_or(fail(FailureKind::retry_later, "not called back"));
  }
  MeterValues stored() { return MeterFile(folder / "blupow.db").load().value_or(MeterValues{{"cannot be read", 0}}); }

  runtime::SimulatedLoop loop;
  TempFolder folder;
  test::LogCapture log;
};

TEST_F(SqliteMeterStoreTest, NoFileIsNoValueAndNothingToSay) {
  SqliteMeterStore store(loop, folder / "data");
  const auto values = load(store);
  ASSERT_TRUE(values.has_value()) << values.error().text;
  EXPECT_THAT(*values, IsEmpty());
  EXPECT_THAT(log.lines(), IsEmpty());
}

TEST_F(SqliteMeterStoreTest, WhatIsSavedIsThereToTheLastDigit) {
  {
    SqliteMeterStore store(loop, folder.path());
    ASSERT_TRUE(save(store, kValues).has_value());
    ASSERT_TRUE(save(store, {{"AA:BB:CC:DD:EE:02_32/load_energy", 0.30000000000000004}}).has_value());
  }
  EXPECT_EQ(stored(), (MeterValues{{"AA:BB:CC:DD:EE:01_255/solar_energy", 1234.56789012345}, {"AA:BB:CC:DD:EE:02_32/load_energy", 0.30000000000000004}}));
}

TEST_F(SqliteMeterStoreTest, ASavedValueIsOnDiskBeforeTheCallBack) {
  SqliteMeterStore store(loop, folder.path());
  MeterValues seen;
  store.save(kValues, [&](const Result<>&) { seen = stored(); });
  loop.settle();
  EXPECT_EQ(seen, kValues);
}

TEST_F(SqliteMeterStoreTest, ForgetsThePlacesOfOneDeviceOnly) {
  SqliteMeterStore store(loop, folder.path());
  ASSERT_TRUE(save(store, {{"AA:BB:CC:DD:EE:01_1/a", 1}, {"AA:BB:CC:DD:EE:01_48/b", 2}, {"AA:BB:CC:DD:EE:0_/c", 3}, {"AAxBB:CC:DD:EE:01_1/d", 4}}));
  store.forget("AA:BB:CC:DD:EE:01_");
  loop.settle();
  EXPECT_EQ(stored(), (MeterValues{{"AA:BB:CC:DD:EE:0_/c", 3}, {"AAxBB:CC:DD:EE:01_1/d", 4}}));
  ASSERT_TRUE(save(store, {{"AA:BB:CC:DD:EE:0_/c", 5}}));
  EXPECT_EQ(stored().size(), 2U);
}

TEST_F(SqliteMeterStoreTest, ACorruptFileIsSetAsideNamedAndBegunAnew) {
  const std::string header("SQLite format 3\0", 16);
  for (const std::string& text : {std::string("this is no database, though it is long enough to be taken for one"), header + std::string(4080, '\x5A')}) {
    folder.write("blupow.db", text);
    folder.write("blupow.db-wal", "of the corrupt one");
    SqliteMeterStore store(loop, folder.path());
    const auto values = load(store);
    ASSERT_TRUE(values.has_value()) << values.error().text;
    EXPECT_THAT(*values, IsEmpty());
    EXPECT_THAT(log.lines().back(), AllOf(HasSubstr((folder / "blupow.db").string()), HasSubstr("blupow.db.broken"), HasSubstr("begin a new one")));
    EXPECT_EQ(readFile(folder / "blupow.db.broken"), text);
    ASSERT_TRUE(save(store, kValues).has_value());
    EXPECT_EQ(stored(), kValues);
  }
}

TEST_F(SqliteMeterStoreTest, ADatabaseWithADamagedPageIsSetAside) {
  {
    SqliteMeterStore store(loop, folder.path());
    MeterValues many;
    for (int number = 0; number < 500; ++number) many.emplace("place " + std::to_string(number), number);
    ASSERT_TRUE(save(store, many).has_value());
  }
  {
    std::fstream file(folder / "blupow.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(2 * 4096);  // a leaf
    file << std::string(3000, '\xFF');
  }
  SqliteMeterStore store(loop, folder.path());
  EXPECT_EQ(load(store).value_or(kValues), MeterValues());
  EXPECT_TRUE(std::filesystem::exists(folder / "blupow.db.broken"));
}

TEST_F(SqliteMeterStoreTest, AnotherProgramsDatabaseOrAFolderInTheFilesPlaceIsSetAside) {
  {
    test::Process other({"sqlite3", (folder / "blupow.db").string(), "CREATE TABLE meters (id INTEGER, name TEXT); INSERT INTO meters VALUES (1, 'x')"});
    ASSERT_EQ(other.wait(), 0) << other.all();
  }
  SqliteMeterStore store(loop, folder.path());
  EXPECT_EQ(load(store).value_or(kValues), MeterValues());
  EXPECT_TRUE(std::filesystem::is_regular_file(folder / "blupow.db.broken"));

  const TempFolder second;
  std::filesystem::create_directory(second / "blupow.db");
  SqliteMeterStore beside(loop, second.path());
  EXPECT_EQ(load(beside).value_or(kValues), MeterValues());
  EXPECT_TRUE(std::filesystem::is_directory(second / "blupow.db.broken"));
}

TEST_F(SqliteMeterStoreTest, AFileThatCouldNotBeSetAsideIsLeftAndEveryCallSaysSo) {
  folder.write("blupow.db", "this is no database, though it is long enough to be taken for one");
  folder.write("blupow.db.broken/in_the_way", "");
  SqliteMeterStore store(loop, folder.path());
  const auto values = load(store);
  ASSERT_FALSE(values.has_value());
  EXPECT_THAT(values.error().text, HasSubstr("could not be renamed"));
  const auto saved = save(store, kValues);
  ASSERT_FALSE(saved.has_value());
  EXPECT_THAT(readFile(folder / "blupow.db"), HasSubstr("this is no database"));
}

TEST_F(SqliteMeterStoreTest, AFileThatBreaksUnderOurHandsIsBegunAnewWithAllThatIsKnown) {
  MeterFile file(folder / "blupow.db");
  ASSERT_TRUE(file.save({{"one", 1}, {"two", 2}}).has_value());
  {
    test::Process other({"sqlite3", (folder / "blupow.db").string(), "DROP TABLE meters; CREATE TABLE meters (id INTEGER)"});
    ASSERT_EQ(other.wait(), 0) << other.all();
  }
  ASSERT_TRUE(file.save({{"two", 3}}).has_value());
  EXPECT_THAT(file.takeNotes(), testing::ElementsAre(HasSubstr("blupow.db.broken")));
  EXPECT_EQ(stored(), (MeterValues{{"one", 1}, {"two", 3}}));
}

TEST_F(SqliteMeterStoreTest, AFailureSaysWhyAndTheNextCallTriesAgain) {
  folder.write("data", "a file in the folder's place");
  SqliteMeterStore store(loop, folder / "data");
  const auto failed = save(store, kValues);
  ASSERT_FALSE(failed.has_value());
  EXPECT_THAT(failed.error().text, HasSubstr("blupow.db: "));
  EXPECT_FALSE(load(store).has_value());
  std::filesystem::remove(folder / "data");
  EXPECT_TRUE(save(store, kValues).has_value());
}

// The writer saves value after value and says each once it is stored (meter_writer.cpp). Whenever it is killed, the file holds one save whole, and no
// older one than was said: what has been published does not fall.
TEST_F(SqliteMeterStoreTest, KillingTheWriterAtAnyMomentLosesNothingThatWasCalledBack) {
  long last = 0;
  for (int round = 0; round < 15; ++round) {
    test::Process writer({BLUPOW_METER_WRITER, folder.path().string()});
    ASSERT_TRUE(writer.waitForOutput("stored " + std::to_string(last + 1 + round % 5 * 3) + "\n")) << writer.all();
    const long said = killed(writer);

    const MeterValues values = stored();
    ASSERT_EQ(values.size(), 2U);
    EXPECT_EQ(values.at("one"), values.at("two"));
    last = static_cast<long>(values.at("one"));
    EXPECT_GE(last, said);
    EXPECT_LE(last, said + 1);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "blupow.db.broken"));
}

}  // namespace
}  // namespace blupow::storage
