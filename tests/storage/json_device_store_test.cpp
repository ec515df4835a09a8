#include "storage/json_device_store.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <string>

#include "runtime/simulated_loop.hpp"
#include "storage/killed_writer.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace blupow::storage {
namespace {

using gateway::StoredDevice;
using test::readFile;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const StoredDevice kRoof{.address = *MacAddress::parse("AA:BB:CC:DD:EE:01"), .type = "", .name = "Roof"};

std::vector<std::string> filesIn(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

class JsonDeviceStoreTest : public testing::Test {
 protected:
  Result<> save(JsonDeviceStore& store, std::vector<StoredDevice> devices) {
    std::optional<Result<>> result;
    store.save(std::move(devices), [&](Result<> outcome) { result = std::move(outcome); });
    EXPECT_FALSE(result.has_value()) << "called back inside the call";
    loop.settle();
    return result.value_or(fail(FailureKind::retry_later, "not called back"));
  }

  runtime::SimulatedLoop loop;
  TempFolder folder;
  const profile::Catalogue none;
};

TEST_F(JsonDeviceStoreTest, NoFileIsNoDeviceAndNothingToSay) {
  const LoadedDevices loaded = JsonDeviceStore(loop, folder.path()).load(none);
  EXPECT_THAT(loaded.devices, IsEmpty());
  EXPECT_THAT(loaded.notes, IsEmpty());
}

TEST_F(JsonDeviceStoreTest, WhatIsSavedIsLoadedAgain) {
  JsonDeviceStore store(loop, folder.path());
  ASSERT_TRUE(save(store, {kRoof}).has_value());
  EXPECT_THAT(JsonDeviceStore(loop, folder.path()).load(none).devices, ElementsAre(kRoof));
  EXPECT_THAT(filesIn(folder.path()), ElementsAre("devices.json"));
}

TEST_F(JsonDeviceStoreTest, TheFolderIsMadeWhenItIsMissing) {
  JsonDeviceStore store(loop, folder / "data");
  EXPECT_TRUE(save(store, {kRoof}).has_value());
  EXPECT_THAT(JsonDeviceStore(loop, folder / "data").load(none).devices, ElementsAre(kRoof));
}

TEST_F(JsonDeviceStoreTest, AFileThatIsNoListOfDevicesIsSetAsideAndNamed) {
  for (const std::string text : {"{\"broken\": ", "[1, 2]"}) {
    folder.write("devices.json", text);
    JsonDeviceStore store(loop, folder.path());
    const LoadedDevices loaded = store.load(none);
    EXPECT_THAT(loaded.devices, IsEmpty());
    EXPECT_THAT(loaded.notes, ElementsAre(testing::AllOf(HasSubstr((folder / "devices.json").string()), HasSubstr("devices.json.broken"))));
    EXPECT_EQ(readFile(folder / "devices.json.broken"), text);
    ASSERT_TRUE(save(store, {kRoof}).has_value());
    EXPECT_THAT(filesIn(folder.path()), ElementsAre("devices.json", "devices.json.broken"));
  }
}

TEST_F(JsonDeviceStoreTest, AFolderInTheFilesPlaceIsSetAsideToo) {
  std::filesystem::create_directory(folder / "devices.json");
  EXPECT_EQ(JsonDeviceStore(loop, folder.path()).load(none).notes.size(), 1U);
  EXPECT_TRUE(std::filesystem::is_directory(folder / "devices.json.broken"));
}

TEST_F(JsonDeviceStoreTest, AFileThatCouldNotBeSetAsideIsNotOverwritten) {
  folder.write("devices.json", "{\"broken\": ");
  folder.write("devices.json.broken/in_the_way", "");
  JsonDeviceStore store(loop, folder.path());
  EXPECT_THAT(store.load(none).notes, ElementsAre(HasSubstr("could not be renamed")));
  const Result<> result = save(store, {kRoof});
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().text, HasSubstr("could not be renamed"));
  EXPECT_EQ(readFile(folder / "devices.json"), "{\"broken\": ");
}

TEST_F(JsonDeviceStoreTest, AFailedSaveSaysWhyAndLeavesTheFile) {
  JsonDeviceStore store(loop, folder.path());
  ASSERT_TRUE(save(store, {kRoof}).has_value());
  const std::string before = readFile(folder / "devices.json");
  std::filesystem::create_directory(folder / "devices.json.new");  // in the way
  const Result<> result = save(store, {});
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().text, HasSubstr("devices.json.new"));
  EXPECT_EQ(readFile(folder / "devices.json"), before);
}

// The writer saves version after version and says each once it is stored (writer.cpp). Whenever it is killed, the file holds one version whole, and no
// older one than was said.
TEST_F(JsonDeviceStoreTest, KillingTheWriterAtAnyMomentLosesNothingThatWasAnswered) {
  long last = 0;
  for (int round = 0; round < 15; ++round) {
    test::Process writer({BLUPOW_STORE_WRITER, folder.path().string(), std::to_string(last)});
    ASSERT_TRUE(writer.waitForOutput("stored " + std::to_string(last + 1 + round % 5 * 3) + "\n"));
    const long said = killed(writer);

    const LoadedDevices loaded = JsonDeviceStore(loop, folder.path()).load(none);
    ASSERT_THAT(loaded.notes, IsEmpty());
    ASSERT_EQ(loaded.devices.size(), 20U);
    const std::string version = loaded.devices.front().name;
    for (const StoredDevice& device : loaded.devices) ASSERT_EQ(device.name, version);
    EXPECT_GE(std::stol(version), said);
    EXPECT_LE(std::stol(version), said + 1);
    last = std::stol(version);
  }
  EXPECT_LE(filesIn(folder.path()).size(), 3U);
}

}  // namespace
}  // namespace blupow::storage
