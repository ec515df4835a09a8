#include "modbus/assembler.hpp"

#include <gtest/gtest.h>

#include <random>

#include "modbus/crc16.hpp"

namespace blupow::modbus {
namespace {

Bytes operator+(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Bytes sealed(Bytes body) {
  const std::uint16_t crc = crc16(body);
  return std::move(body) + Bytes{static_cast<std::uint8_t>(crc & 0xFFU), static_cast<std::uint8_t>(crc >> 8U)};
}

// A sound answer to a read whose words are first, first + 1 and so on.
Bytes answerOf(std::uint8_t unit, std::uint16_t count, std::uint8_t first = 0) {
  Bytes body{unit, 3, static_cast<std::uint8_t>(2 * count)};
  for (std::uint16_t word = 0; word < count; ++word) body = std::move(body) + Bytes{0, static_cast<std::uint8_t>(first + word)};
  return sealed(std::move(body));
}

struct Case {
  std::string name;
  Request request;
  Bytes answer;
};

std::vector<Case> everyKind() {
  return {{"read of one word", Request::read(0x20, 4109, 1), answerOf(0x20, 1)},
          {"read of 34 words", Request::read(kAnyUnit, 0x0100, 34), answerOf(0x10, 34)},
          {"longest read", Request::read(1, 0, 125), answerOf(1, 125)},
          {"write of one", Request::writeOne(1, 0x010A, 1), encode(Request::writeOne(1, 0x010A, 1))},
          {"write of many", Request::writeMany(1, 0xE005, {1, 2}), sealed({1, 0x10, 0xE0, 5, 0, 2})},
          {"exception", Request::read(0x30, 0x88, 30), sealed({0x30, 0x83, 2})}};
}

// What the whole frame says, without the assembler.
Result<Answer> expectedOf(const Case& kind) {
  Result<Answer> answer = parseAnswer(kind.answer);
  if (const Result<> ours = matches(kind.request, answer.value()); !ours) return std::unexpected(ours.error());
  return answer;
}

TEST(Assembler, TakesEveryAnswerSplitAtEveryPosition) {
  for (const Case& kind : everyKind()) {
    for (std::size_t split = 0; split <= kind.answer.size(); ++split) {
      Assembler assembler;
      assembler.expect(kind.request);
      auto found = assembler.feed(ByteView(kind.answer).first(split));
      ASSERT_EQ(found.has_value(), split == kind.answer.size()) << kind.name << " at " << split;
      if (!found) found = assembler.feed(ByteView(kind.answer).subspan(split));
      ASSERT_TRUE(found) << kind.name << " at " << split;
      EXPECT_EQ(*found, expectedOf(kind)) << kind.name;
      EXPECT_EQ(assembler.skipped(), 0U);
      EXPECT_FALSE(assembler.sawCorrupt());
    }
  }
}

TEST(Assembler, TakesEveryAnswerInNotificationsOfEverySize) {
  for (const Case& kind : everyKind()) {
    for (std::size_t size = 1; size <= kind.answer.size(); ++size) {
      Assembler assembler;
      assembler.expect(kind.request);
      std::optional<Result<Answer>> found;
      for (std::size_t at = 0; at < kind.answer.size(); at += size) {
        ASSERT_FALSE(found) << "an answer before its end";
        found = assembler.feed(ByteView(kind.answer).subspan(at, std::min(size, kind.answer.size() - at)));
      }
      ASSERT_TRUE(found) << kind.name << " by " << size;
      EXPECT_EQ(*found, expectedOf(kind)) << kind.name;
    }
  }
}

TEST(Assembler, SkipsGarbageBeforeTheAnswer) {
  std::mt19937 random(1);
  for (const Case& kind : everyKind()) {
    for (std::size_t length = 1; length < 100; ++length) {
      Bytes garbage(length);
      for (std::uint8_t& byte : garbage) byte = static_cast<std::uint8_t>(random() & 0x7FU);  // no exception of an id that fits may be in it
      Assembler assembler;
      assembler.expect(kind.request);
      const auto found = assembler.feed(garbage + kind.answer);
      ASSERT_TRUE(found) << kind.name << " after " << toHex(garbage);
      EXPECT_EQ(*found, expectedOf(kind));
      EXPECT_EQ(assembler.skipped(), length);
    }
  }
}

// The first bytes of the answer itself, then the whole of it: a lost notification and a device that says it again.
TEST(Assembler, SkipsEveryBeginningOfTheAnswerBeforeTheAnswer) {
  for (const Case& kind : everyKind()) {
    for (std::size_t cut = 1; cut < kind.answer.size(); ++cut) {
      const Bytes beginning(kind.answer.begin(), kind.answer.begin() + static_cast<std::ptrdiff_t>(cut));
      Assembler assembler;
      assembler.expect(kind.request);
      const auto found = assembler.feed(beginning + kind.answer);
      ASSERT_TRUE(found) << kind.name << " cut at " << cut;
      EXPECT_EQ(*found, expectedOf(kind));
    }
  }
}

TEST(Assembler, FindsTheAnswerBehindLateAndForeignFramesInOneNotification) {
  const Request request = Request::read(0x20, 4327, 7);
  const Bytes others = answerOf(0x20, 10) + answerOf(0x30, 7) + sealed({0x20, 6, 1, 10, 0, 1}) + sealed({0x20, 0x86, 2}) + sealed({0x30, 0x83, 2});
  Assembler assembler;
  assembler.expect(request);
  const auto found = assembler.feed(others + answerOf(0x20, 7, 40));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->words.front(), 40);
  EXPECT_EQ(assembler.skipped(), others.size());
  EXPECT_FALSE(assembler.sawCorrupt());
}

TEST(Assembler, ForgetsAnUnfinishedAnswerWithTheNextRequest) {
  const Bytes late = answerOf(0x20, 7, 1);
  Assembler assembler;
  assembler.expect(Request::read(0x20, 4327, 7));
  EXPECT_FALSE(assembler.feed(ByteView(late).first(12)));
  assembler.expect(Request::read(0x20, 4408, 6));
  EXPECT_FALSE(assembler.feed(ByteView(late).subspan(12)));
  const auto found = assembler.feed(answerOf(0x20, 6, 90));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->words.front(), 90);
}

TEST(Assembler, AWrongCrcIsSkippedAndRemembered) {
  Bytes wrong = answerOf(0x20, 7);
  wrong.back() ^= 1U;
  Assembler assembler;
  assembler.expect(Request::read(0x20, 4327, 7));
  EXPECT_FALSE(assembler.feed(wrong));
  EXPECT_TRUE(assembler.sawCorrupt());
  EXPECT_TRUE(assembler.feed(answerOf(0x20, 7))) << "a sound one may follow";
  assembler.expect(Request::read(0x20, 4327, 7));
  EXPECT_FALSE(assembler.sawCorrupt());
  EXPECT_EQ(assembler.skipped(), 0U);
}

// A Wanderer 30 answered with a stale transmit buffer: the data of a sound answer may hold any old frame.
TEST(Assembler, AnOldFrameInsideTheDataIsNotTakenForTheAnswer) {
  const Bytes inner = sealed({0xFF, 0x83, 2});
  const Bytes outer = sealed(Bytes{0xFF, 3, 6} + inner + Bytes{0});
  Assembler assembler;
  assembler.expect(Request::read(kAnyUnit, 0x0100, 3));
  EXPECT_FALSE(assembler.feed(ByteView(outer).first(9)));
  const auto found = assembler.feed(ByteView(outer).subspan(9));
  ASSERT_TRUE(found && *found) << "an exception was seen in it";
  EXPECT_EQ((*found)->words.size(), 3U);
}

TEST(Assembler, ExpectsNothingAfterAnAnswerAndBeforeTheFirstRequest) {
  Assembler assembler;
  EXPECT_FALSE(assembler.feed(answerOf(0x20, 7)));
  EXPECT_EQ(assembler.skipped(), 19U);
  assembler.expect(Request::read(0x20, 4327, 7));
  EXPECT_TRUE(assembler.feed(answerOf(0x20, 7) + answerOf(0x20, 7)));
  EXPECT_EQ(assembler.skipped(), 19U);
  EXPECT_FALSE(assembler.feed(answerOf(0x20, 7)));
  EXPECT_EQ(assembler.skipped(), 38U);
}

// Random bytes that often look like a frame: whatever comes out must be the answer to the request.
TEST(Assembler, RandomBytesNeverCrashNorGiveAnAnswerThatDoesNotMatch) {
  std::mt19937 random(2);
  const std::vector<Case> kinds = everyKind();
  std::size_t answers = 0;
  for (int round = 0; round < 3000; ++round) {
    const Case& kind = kinds[random() % kinds.size()];
    Assembler assembler;
    assembler.expect(kind.request);
    for (int notification = 0; notification < 10; ++notification) {
      Bytes bytes(random() % 30);
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
      if (random() % 3 == 0) bytes = bytes + kinds[random() % kinds.size()].answer;
      if (random() % 3 == 0 && !bytes.empty()) bytes[random() % bytes.size()] ^= 0x10U;
      const auto found = assembler.feed(bytes);
      if (!found) continue;
      ++answers;
      if (*found) {
        EXPECT_TRUE(matches(kind.request, **found)) << kind.name;
      } else {
        EXPECT_EQ(found->error().kind, FailureKind::rejected) << kind.name;
      }
    }
  }
  EXPECT_GT(answers, 500U) << "else this test tells nothing";
}

TEST(Assembler, ANotificationOfAnySizeIsTaken) {
  Assembler assembler;
  assembler.expect(Request::read(0x20, 4327, 7));
  EXPECT_TRUE(assembler.feed(Bytes(1'000'000, 0x20) + answerOf(0x20, 7)));
  EXPECT_EQ(assembler.skipped(), 1'000'000U);
}

}  // namespace
}  // namespace blupow::modbus
