// What a dump asks of a unit, and what it makes of the answers.
#include "app/register_dump.hpp"

#include <gmock/gmock.h>

#include "app/register_reader.hpp"
#include "gateway/connect_arbiter.hpp"
#include "gateway/rig.hpp"

namespace blupow::app {
namespace {

using namespace std::chrono_literals;
using modbus::Request;
using testing::IsEmpty;
using testing::SizeIs;

// A unit with these registers, which answers at most so many words at once. Nothing: silence.
struct FakeUnit {
  Registers registers;
  std::size_t most_words = 125;
  bool silent_elsewhere = false;

  std::optional<Result<modbus::Answer>> answer(const Request& request) const {
    modbus::Answer answer{.unit = 17, .function = 3};
    for (std::uint32_t address = request.address; address < static_cast<std::uint32_t>(request.address) + request.count; ++address) {
      const auto word = registers.find(static_cast<std::uint16_t>(address));
      if (word != registers.end()) answer.words.push_back(word->second);
    }
    if (answer.words.size() == request.count && request.count <= most_words) return answer;
    if (silent_elsewhere) return std::nullopt;
    return fail(FailureKind::rejected, "address not valid (exception 2)");
  }
};

struct Dumped {
  RegisterDump dump{255};
  std::vector<Request> requests;

  void run(const FakeUnit& unit) {
    const device::Exchange exchange;
    while (const auto request = dump.next(exchange, {})) {
      requests.push_back(*request);
      const auto answer = unit.answer(*request);
      if (answer && *answer) {
        dump.answered(**answer);
      } else {
        dump.failed(answer ? answer->error() : Failure{FailureKind::retry_later, "no answer"});
      }
    }
  }
};

Registers range(std::uint16_t first, std::uint16_t last) {
  Registers registers;
  for (std::uint32_t address = first; address <= last; ++address)
    registers[static_cast<std::uint16_t>(address)] = static_cast<std::uint16_t>(address ^ 0x5555U);
  return registers;
}

Registers operator+(Registers one, Registers other) {
  one.merge(other);
  return one;
}

TEST(RegisterDumpTest, OfADeviceThatHasEverythingReadsEachRegisterOnce) {
  Dumped dumped;
  dumped.run({.registers = range(0, 0xFFFF)});
  std::set<std::uint16_t> asked;
  for (const Request& request : dumped.requests) {
    EXPECT_EQ(request.function, modbus::Function::read);
    EXPECT_LE(request.count, 34) << "the longest read that is known to be answered";
    for (std::uint16_t word = 0; word < request.count; ++word) {
      EXPECT_TRUE(asked.insert(static_cast<std::uint16_t>(request.address + word)).second) << request.address + word;
    }
  }
  EXPECT_EQ(dumped.dump.registers().size(), asked.size());
  for (const std::uint16_t known : std::initializer_list<std::uint16_t>{0x000A, 0x0100, 0x0120, 0xE001, 0xF000, 4000, 4109, 4303, 4327, 4398, 4405, 4408, 4422,
                                                                        5000, 5035, 5042, 5100, 5200, 5221}) {
    EXPECT_TRUE(dumped.dump.registers().contains(known)) << known;
  }
  for (const std::uint16_t command : std::initializer_list<std::uint16_t>{5222, 5223, 5224, 5225}) EXPECT_FALSE(asked.contains(command)) << command;
  EXPECT_EQ(dumped.dump.registers().at(4000), 4000 ^ 0x5555);
  EXPECT_EQ(dumped.dump.unit(), 17) << "the id that it answers with";
}

TEST(RegisterDumpTest, FindsWhatIsThereOfARangeThatIsRefused) {
  Dumped dumped;
  // A hole at 5034 and the end of the pack's values missing: RBT100LFP12SH-G1 and old firmware.
  const Registers there = range(5000, 5033) + range(5035, 5048) + range(0x0100, 0x0121);
  dumped.run({.registers = there});
  EXPECT_EQ(dumped.dump.registers(), there);
}

TEST(RegisterDumpTest, TakesSmallerPiecesOfADeviceThatAnswersFewWords) {
  Dumped dumped;
  dumped.run({.registers = range(4000, 4009) + range(4311, 4318), .most_words = 4});
  EXPECT_EQ(dumped.dump.registers(), range(4000, 4009) + range(4311, 4318));
}

TEST(RegisterDumpTest, AsksFewTimesForWhatIsNotThere) {
  Dumped dumped;
  dumped.run({});
  EXPECT_TRUE(dumped.dump.alive());
  EXPECT_THAT(dumped.dump.registers(), IsEmpty());
  EXPECT_LE(dumped.requests.size(), 100U);
}

TEST(RegisterDumpTest, AUnitThatSaysNothingIsGivenUpSoon) {
  Dumped dumped;
  dumped.run({.silent_elsewhere = true});
  EXPECT_FALSE(dumped.dump.alive());
  EXPECT_THAT(dumped.requests, SizeIs(3));
}

TEST(RegisterDumpTest, SilenceIsAskedOnceMoreAtTheEnd) {
  Dumped dumped;
  dumped.run({.registers = range(4311, 4318), .silent_elsewhere = true});
  EXPECT_EQ(dumped.dump.registers(), range(4311, 4318));
  std::map<std::uint16_t, int> times;
  for (const Request& request : dumped.requests) ++times[request.address];
  EXPECT_EQ(times[4000], 2);
  EXPECT_EQ(times[4311], 1);
}

TEST(RegisterDumpTest, TheDaysAreReadOfWhatIsLikeAControllerOnly) {
  Dumped battery;
  battery.run({.registers = range(5000, 5221)});
  for (const Request& request : battery.requests) EXPECT_NE(request.address, 0xF000) << "batteries take commands there";
  Dumped controller;
  controller.run({.registers = range(0x000A, 0x0121) + range(0xF000, 0xF009)});
  EXPECT_TRUE(controller.dump.registers().contains(0xF009));
}

TEST(RegisterDumpTest, ARequestThatALateAnswerCouldBeTakenForWaits) {
  RegisterDump dump(32);
  device::Exchange exchange;
  exchange.begin(*dump.next(exchange, {}), 1s, {});
  dump.failed(*exchange.expire(TimePoint(5s)));
  const auto next = dump.next(exchange, TimePoint(5s));
  ASSERT_TRUE(next.has_value());
  EXPECT_NE(next->count, 8);
}

// The reader, over the air of the gateway's tests.
class RegisterReaderTest : public testing::Test {
 protected:
  RegisterReaderTest() {
    module_.words = range(4000, 4009) + range(0x000C, 0x0013);
    module_.unit = 17;
  }
  // Starts, and waits for the end at most so long.
  bool read(const std::vector<std::uint8_t>& units, bool first_only, Duration bound = 60s) {
    reader_.start(units, first_only);
    for (const TimePoint end = loop_.now() + bound; !ended_ && loop_.now() < end;) loop_.advance(10ms);
    return ended_;
  }

  runtime::SimulatedLoop loop_;
  profile::Catalogue catalogue_ = test::testCatalogue();
  test::FakeTransport transport_{loop_};
  test::FakeModule& module_ = transport_.add(test::solarModule(test::mac(1)));
  gateway::Air air_{transport_};
  gateway::ConnectArbiter arbiter_{loop_};
  bool ended_ = false;
  RegisterReader reader_{{loop_, transport_, catalogue_, air_, arbiter_}, test::mac(1), [this] { ended_ = true; }};
};

TEST_F(RegisterReaderTest, ReadsAllThatIsThereAndLeavesNoLink) {
  ASSERT_TRUE(read({17}, false));
  ASSERT_THAT(reader_.dumps(), SizeIs(1));
  EXPECT_EQ(reader_.dumps()[0].registers(), range(4000, 4009) + range(0x000C, 0x0013));
  EXPECT_EQ(transport_.linksUp(), 0U);
  EXPECT_FALSE(transport_.scanning());
  for (const Bytes& request : module_.requests) EXPECT_EQ(request[1], 3);
}

TEST_F(RegisterReaderTest, AGuessedUnitIsTheFirstThatAnswers) {
  ASSERT_TRUE(read({5, 17, 255}, true));
  EXPECT_THAT(reader_.dumps()[0].registers(), IsEmpty());
  EXPECT_FALSE(reader_.dumps()[1].registers().empty());
  EXPECT_THAT(reader_.dumps()[2].registers(), IsEmpty()) << "it is the same device";
}

TEST_F(RegisterReaderTest, ConnectsAgainWhenTheLinkIsLost) {
  reader_.start({17}, false);
  loop_.advance(1200ms);
  ASSERT_TRUE(module_.up);
  transport_.drop(test::mac(1));
  loop_.advance(30s);
  EXPECT_TRUE(ended_);
  EXPECT_EQ(module_.connects, 2);
  EXPECT_EQ(reader_.dumps()[0].registers(), range(4000, 4009) + range(0x000C, 0x0013));
}

TEST_F(RegisterReaderTest, StoppedEarlyItKeepsWhatItHas) {
  module_.answer_time = 200ms;
  reader_.start({17}, false);
  loop_.advance(1500ms);
  ASSERT_FALSE(ended_);
  reader_.stop();
  loop_.advance(200ms);
  EXPECT_TRUE(ended_);
  EXPECT_FALSE(reader_.dumps()[0].registers().empty());
  EXPECT_EQ(transport_.linksUp(), 0U);
}

}  // namespace
}  // namespace blupow::app
