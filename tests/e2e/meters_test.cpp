// Energy meters: whatever ends the process, none of them ever falls.
#include <gmock/gmock.h>

#include <fstream>

#include "e2e/running_house.hpp"

namespace blupow::test {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

const std::string kState = "blupow/" + kInverter + "/state";
const std::string kMeter = "load_energy";  // of a load of 108 W: 0.0001 kWh in 3.3 s
constexpr std::chrono::seconds kBoundOfAMeter{90};

class Meters : public RunningHouse {
 protected:
  // All that was said of it, in order.
  std::vector<double> told(std::size_t from = 0) const {
    std::vector<double> values;
    for (const std::string& text : ear->of(kState, from)) {
      const Json state = Json::parse(text, nullptr, false);
      if (state.contains(kMeter)) values.push_back(state.at(kMeter));
    }
    return values;
  }
  bool rises(double over, std::size_t from) {
    return hears(kState, [&](const Json& state) { return state.value(kMeter, 0.0) > over; }, from, kBoundOfAMeter);
  }
  Json options() const { return {{"devices", {{{"address", kInverter}}}}}; }
};

TEST_F(Meters, NoEndOfTheProcessMakesOneFall) {
  ASSERT_TRUE(start(options()));
  ASSERT_TRUE(hearsAny(kState));
  EXPECT_EQ(Json::parse(ear->of(kState).front()).value(kMeter, -1.0), 0) << "from the first state on, 0 at the very first";
  double highest = 0;
  for (const int signal : {SIGKILL, SIGKILL, SIGTERM, SIGKILL}) {
    ASSERT_TRUE(rises(highest, 0)) << signal;
    highest = told().back();
    const std::size_t position = ear->count();
    ASSERT_TRUE(startAnew(signal));
    ASSERT_TRUE(hears(kState, [](const Json& state) { return state.contains("load_active_power"); }, position, Seconds(60)));
    EXPECT_GE(told(position).front(), highest) << "in the first state after a start";
    highest = told(position).back();
  }
  EXPECT_TRUE(std::ranges::is_sorted(told()));
  EXPECT_TRUE(std::filesystem::exists(data / "blupow.db"));
}

TEST_F(Meters, ACorruptDatabaseIsSetAside) {
  data.write("blupow.db", std::string(8192, 'x'));
  ASSERT_TRUE(start(options()));
  ASSERT_TRUE(rises(0, 0)) << "a new one is kept";
  int aside = 0;
  for (const auto& entry : std::filesystem::directory_iterator(data.path())) {
    const std::string name = entry.path().filename();
    if (name.starts_with("blupow.db") && readFile(entry.path()).starts_with("xxxx")) ++aside;
  }
  EXPECT_EQ(aside, 1);
  EXPECT_THAT(service->output(), HasSubstr("blupow.db")) << "and the log says so";
}

}  // namespace
}  // namespace blupow::test
