#include "profile/spans.hpp"

#include <gmock/gmock.h>

namespace blupow::profile {
namespace {

using testing::ElementsAre;

Block blockOf(std::uint16_t address, std::uint16_t words, Interval interval = Interval::normal) {
  return {.name = std::to_string(address), .address = address, .words = words, .interval = interval};
}

Span spanOf(std::uint16_t address, std::uint16_t words, std::vector<std::size_t> blocks) {
  return {.address = address, .words = words, .blocks = std::move(blocks)};
}

TEST(Spans, BlocksThatTouchOrOverlapAreOneRequest) {
  EXPECT_THAT(spansOf(std::vector{blockOf(100, 10), blockOf(110, 4)}, 125), ElementsAre(spanOf(100, 14, {0, 1})));
  EXPECT_THAT(spansOf(std::vector{blockOf(104, 10), blockOf(100, 6)}, 125), ElementsAre(spanOf(100, 14, {0, 1})));
  EXPECT_THAT(spansOf(std::vector{blockOf(100, 10), blockOf(102, 2)}, 125), ElementsAre(spanOf(100, 10, {0, 1})));
}

TEST(Spans, WhatNoBlockNamesIsNeverAskedFor) {
  EXPECT_THAT(spansOf(std::vector{blockOf(5000, 34), blockOf(5035, 7)}, 125), ElementsAre(spanOf(5000, 34, {0}), spanOf(5035, 7, {1})))
      << "5034 is a hole on some batteries";
}

TEST(Spans, NoRequestIsLongerThanTheDeviceAllows) {
  EXPECT_THAT(spansOf(std::vector{blockOf(0, 10), blockOf(10, 10), blockOf(20, 10), blockOf(30, 1)}, 20),
              ElementsAre(spanOf(0, 20, {0, 1}), spanOf(20, 11, {2, 3})));
  EXPECT_THAT(spansOf(std::vector{blockOf(0, 50), blockOf(50, 1)}, 20), ElementsAre(spanOf(0, 50, {0}), spanOf(50, 1, {1}))) << "a block is never cut";
}

TEST(Spans, BlocksOfOtherIntervalsStayApart) {
  EXPECT_THAT(spansOf(std::vector{blockOf(0, 4), blockOf(4, 4, Interval::once), blockOf(8, 4, Interval::slow), blockOf(12, 1, Interval::fast)}, 125),
              ElementsAre(spanOf(0, 4, {0}), spanOf(4, 4, {1}), spanOf(8, 4, {2}), spanOf(12, 1, {3})));
  EXPECT_THAT(spansOf(std::vector{blockOf(0, 4), blockOf(4, 4, Interval::fast)}, 125), ElementsAre(spanOf(0, 8, {0, 1}))) << "both are read at every poll";
}

TEST(Spans, StandInTheOrderOfTheirFirstBlocks) {
  EXPECT_THAT(spansOf(std::vector{blockOf(4408, 6), blockOf(4000, 10), blockOf(4414, 2)}, 14), ElementsAre(spanOf(4408, 8, {0, 2}), spanOf(4000, 10, {1})));
  EXPECT_THAT(spansOf({}, 125), ElementsAre());
}

TEST(Spans, TheLastRegistersAreNoObstacle) {
  EXPECT_THAT(spansOf(std::vector{blockOf(65530, 5), blockOf(65535, 1)}, 125), ElementsAre(spanOf(65530, 6, {0, 1})));
}

TEST(Spans, EachBlockFindsItsWordsInTheAnswer) {
  const std::vector<std::uint16_t> words{1, 2, 3, 4, 5, 6};
  EXPECT_THAT(wordsOf(blockOf(102, 3), spanOf(100, 6, {0}), words), ElementsAre(3, 4, 5));
}

}  // namespace
}  // namespace blupow::profile
