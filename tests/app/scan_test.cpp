#include "app/scan.hpp"

#include <gmock/gmock.h>

#include "app/profiles.hpp"
#include "support/places.hpp"
#include "support/temp_folder.hpp"

namespace blupow::app {
namespace {

constexpr const char* kRenogyService = "0000ffd0-0000-1000-8000-00805f9b34fb";

ble::Advertisement advertisement(std::string_view address, std::string name, std::optional<int> rssi, std::vector<std::string> services = {}) {
  return {
      .address = *MacAddress::parse(address), .adapter = "hci0", .name = std::move(name), .services = std::move(services), .rssi = rssi, .heard = TimePoint{}};
}

class Scan : public testing::Test {
 protected:
  std::vector<ScannedDevice> sorted(const std::vector<ble::Advertisement>& heard, bool all) const {
    return sortScanned(heard, catalogue_, TimePoint{} + std::chrono::seconds(2), all);
  }
  static std::vector<std::string> names(const std::vector<ScannedDevice>& devices) {
    std::vector<std::string> names;
    names.reserve(devices.size());
    for (const ScannedDevice& device : devices) names.push_back(device.name);
    return names;
  }

  test::TempFolder data_;
  profile::Catalogue catalogue_ = loadProfiles(test::sourceFolder() / "rootfs/usr/share/blupow/profiles", data_.path()).catalogue;
  const std::vector<ble::Advertisement> air_{advertisement("00:00:00:00:00:01", "Speaker", -20), advertisement("00:00:00:00:00:02", "BT-TH-B00E7B91", {}),
                                             advertisement("00:00:00:00:00:03", "BTRIC134000035", -80),
                                             advertisement("00:00:00:00:00:04", "BT-TH-161DADB1", -40)};
};

TEST_F(Scan, ShowsRenogyDevicesTheStrongestFirst) {
  EXPECT_THAT(names(sorted(air_, false)), testing::ElementsAre("BT-TH-161DADB1", "BTRIC134000035", "BT-TH-B00E7B91"));
}

TEST_F(Scan, ShowsTheOthersAfterThemWhenAllAreWanted) {
  const auto devices = sorted(air_, true);
  EXPECT_THAT(names(devices), testing::ElementsAre("BT-TH-161DADB1", "BTRIC134000035", "BT-TH-B00E7B91", "Speaker"));
  EXPECT_FALSE(devices.back().renogy);
}

TEST_F(Scan, GuessesATypeWhereTheNameTellsIt) {
  const auto devices = sorted(air_, false);
  EXPECT_EQ(devices[0].type, "") << "a BT-TH module sits on anything";
  EXPECT_EQ(devices[1].type, "renogy_inverter");
  EXPECT_EQ(devices[1].age, std::chrono::seconds(2));
}

TEST_F(Scan, TakesTheServiceForAHintOnlyWhereNoNameIsSent) {
  const std::vector<ble::Advertisement> air{advertisement("00:00:00:00:00:01", "Lamp", -20, {kRenogyService}),
                                            advertisement("00:00:00:00:00:02", "", -30, {kRenogyService}), advertisement("00:00:00:00:00:03", "", -10)};
  const auto devices = sorted(air, false);
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].address.text(), "00:00:00:00:00:02");
}

}  // namespace
}  // namespace blupow::app
