// Frames found in a stream of notifications, whatever their size.
#include <gtest/gtest.h>

#include <random>

#include "device/shunt.hpp"
#include "device/stream.hpp"

namespace blupow::device {
namespace {

using test::historyFrame;
using test::joined;
using test::piecesOf;
using test::shuntFrame;

std::vector<StreamReader::Frame> framesOf(StreamReader& reader, const std::vector<Bytes>& notifications) {
  std::vector<StreamReader::Frame> frames;
  for (const Bytes& notification : notifications) {
    if (auto frame = reader.feed(notification)) frames.push_back(std::move(*frame));
  }
  return frames;
}

TEST(Stream, FindsFramesInPiecesOfEverySize) {
  for (std::size_t size = 1; size <= 400; ++size) {
    SCOPED_TRACE(size);
    StreamReader reader(test::kShuntStream);
    const Bytes bytes = joined({shuntFrame(1000), shuntFrame(2000), shuntFrame(3000)});
    const auto frames = framesOf(reader, piecesOf(bytes, size));
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(frames.back().bytes, shuntFrame(3000));
    EXPECT_TRUE(size > 110 || frames.size() == 3);
    for (const auto& frame : frames) EXPECT_TRUE(frame.whole);
  }
}

TEST(Stream, TakesAFrameWithItsPrefix) {
  StreamReader reader(test::kShuntStream);
  const Bytes prefix{0x61, 0xD2, 0x12, 0x34};
  const auto frames = framesOf(reader, piecesOf(joined({prefix, shuntFrame(1), prefix, shuntFrame(2)}), 55));
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].bytes, shuntFrame(1));
  EXPECT_EQ(frames[1].bytes, shuntFrame(2));
}

TEST(Stream, PassesOverHistoryFrames) {
  StreamReader reader(test::kShuntStream);
  const auto frames = framesOf(reader, piecesOf(joined({historyFrame(), shuntFrame(1), historyFrame(), historyFrame(), shuntFrame(2)}), 20));
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[1].bytes, shuntFrame(2));
}

TEST(Stream, BeginsInTheMiddleOfAFrame) {
  StreamReader reader(test::kShuntStream);
  const Bytes first = shuntFrame(1);
  const auto frames = framesOf(reader, piecesOf(joined({Bytes(first.begin() + 37, first.end()), shuntFrame(2)}), 20));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].bytes, shuntFrame(2));
}

TEST(Stream, MakesNoFrameAcrossALostNotification) {
  for (std::size_t lost = 0; lost < 6; ++lost) {
    SCOPED_TRACE(lost);
    StreamReader reader(test::kShuntStream);
    auto pieces = piecesOf(shuntFrame(1), 20);
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(lost));
    for (const Bytes& piece : piecesOf(shuntFrame(2), 20)) pieces.push_back(piece);
    const auto frames = framesOf(reader, pieces);
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(frames.back().bytes, shuntFrame(2));
    if (lost == 0) continue;
    // Of the cut one only what came with its header.
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_FALSE(frames[0].whole);
    EXPECT_EQ(frames[0].bytes, piecesOf(shuntFrame(1), 20)[0]);
  }
}

TEST(Stream, TakesTheBeginningOfAFrameThatWasCutShort) {
  StreamReader reader(test::kShuntStream);
  const auto halves = piecesOf(shuntFrame(1), 55);
  const auto frames = framesOf(reader, {halves[0], shuntFrame(2)});
  ASSERT_EQ(frames.size(), 1U);  // the newest of a notification
  EXPECT_TRUE(frames[0].whole);
  const auto cut = framesOf(reader, {halves[0], halves[0]});
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_FALSE(cut[0].whole);
  EXPECT_EQ(cut[0].bytes, halves[0]);
}

TEST(Stream, FindsItsWayAgainAfterGarbageAndHoldsLittle) {
  std::minstd_rand random(7);
  StreamReader reader(test::kShuntStream);
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 20; ++i) {
      Bytes garbage(random() % 600);
      for (auto& byte : garbage) byte = static_cast<std::uint8_t>(random() % 4 == 0 ? test::kShuntStream.header[random() % 4] : random());
      (void)reader.feed(garbage);
      ASSERT_LE(reader.held(), 110U);
    }
    (void)reader.feed(shuntFrame(1));  // ends what the garbage may have begun
    const auto frames = framesOf(reader, piecesOf(shuntFrame(4242), 20));
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(frames.back().bytes, shuntFrame(4242));
  }
}

}  // namespace
}  // namespace blupow::device
