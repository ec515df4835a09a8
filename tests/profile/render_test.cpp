#include "profile/json/render.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace blupow::profile {
namespace {

TEST(Render, ReadingsAreOneObjectWithoutFloatNoise) {
  const Readings readings{{"voltage", 121.7}, {"whole", 100.0}, {"soc", std::int64_t{100}}, {"model", std::string("RIV \"1\"")}};
  EXPECT_EQ(toJson(readings).dump(), R"({"model":"RIV \"1\"","soc":100,"voltage":121.7,"whole":100.0})");
  EXPECT_EQ(toJson(Readings()).dump(), "{}");
}

// Every value that a register with one of these scales can have prints with no more digits than it has.
TEST(Render, NoRoundedNumberPrintsMoreDigitsThanItHas) {
  for (const int decimals : {1, 2, 3}) {
    const double power = decimals == 1 ? 10 : decimals == 2 ? 100 : 1000;
    for (int raw = 0; raw < 65536; ++raw) {
      const std::string text = toJson(Value(raw / power)).dump();
      ASSERT_LE(text.size() - text.find('.') - 1, static_cast<std::size_t>(decimals)) << text;
    }
  }
}

}  // namespace
}  // namespace blupow::profile
