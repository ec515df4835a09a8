// Answers that are lost, late or corrupt, and a broker that is away: right and fresh values again within 45 s.
#include "e2e/recovery.hpp"

namespace blupow::test {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::seconds kBoundOfAnswers{45};

class RecoveryOfAnswers : public Recovery {
 protected:
  // Both devices are gone for this reason, then are back.
  void expectOneLineEach(const std::string& reason) {
    for (const std::string& device : {kInverter, kController}) EXPECT_THAT(news(device), ElementsAre(EndsWith(": " + reason), EndsWith(": is back")));
  }
  void breakAnswers(const std::string& kind, int ms = 0) {
    for (const std::string& device : {kInverter, kController}) fault(R"("do":"fault","kind":")" + kind + R"(","ms":)" + std::to_string(ms) + ",", device);
  }
  void heal() { fault(R"("do":"clear")"); }
  // The reason is told of both devices; once it has passed, all is well again.
  void expectToldThenHealed(const std::string& cause) {
    for (const std::string& device : {kInverter, kController}) {
      ASSERT_TRUE(logged(device + "): " + cause));
      EXPECT_EQ(reason(device), cause);
    }
    heal();
    expectRightAndFreshWithin(kBoundOfAnswers);
    expectOneLineEach(cause);
    expectQuiet();
  }
};

TEST_F(RecoveryOfAnswers, LostAnswers) {
  breakAnswers("lost");
  expectToldThenHealed("no answer");
}

// Later than both devices' answers are waited for (3 s, inverters 5 s).
TEST_F(RecoveryOfAnswers, LateAnswers) {
  breakAnswers("late", 6500);
  expectToldThenHealed("no answer");
}

TEST_F(RecoveryOfAnswers, CorruptAnswers) {
  breakAnswers("corrupt");
  expectToldThenHealed("corrupt answers");
}

// Now this, now that, and enough of sound answers between that a link is held: what is believed must be right all the same.
TEST_F(RecoveryOfAnswers, MixedTroubles) {
  for (const char* kind : {"lost", "late", "corrupt", "truncated", "extra", "garbage", "foreign", "split", "twice", "wrong_size"}) {
    for (const std::string& device : {kInverter, kController}) {
      fault(R"("do":"fault","kind":")" + std::string(kind) + R"(","probability":0.08,"ms":3500,)", device);
    }
  }
  const std::size_t position = ear->count();
  int states = 0;
  ASSERT_TRUE(ear->waitFor("blupow/" + kInverter + "/state", [&](const std::string&) { return ++states == 4; }, position, std::chrono::seconds(60)));
  heal();
  expectRightAndFreshWithin(kBoundOfAnswers);
  expectQuiet();
}

// The block with the solar values alone is lost, long enough to be left out of the state.
TEST_F(RecoveryOfAnswers, OneBlockLost) {
  fault(R"("do":"fault","kind":"lost","register":4327,)");
  const auto withoutSolar = [](const std::string& text) { return !text.contains("solar_voltage"); };
  ASSERT_TRUE(ear->waitFor("blupow/" + kInverter + "/state", withoutSolar, ear->count(), std::chrono::seconds(60)));
  EXPECT_EQ(reason(kInverter), "connected");
  heal();
  expectRightAndFreshWithin(kBoundOfAnswers);
  EXPECT_THAT(news(kInverter), IsEmpty());
  expectQuiet();
}

TEST_F(RecoveryOfAnswers, BrokerAway) {
  broker.stop();
  ASSERT_TRUE(logged("is not reachable"));
  broker.start();
  ear.emplace(broker.socket());
  ASSERT_TRUE(ear->waitFor("blupow/gateway/status", "online", 0, kBoundOfAnswers));
  expectRightAndFreshWithin(kBoundOfAnswers);
  EXPECT_THAT(news("MQTT broker"), ElementsAre(HasSubstr("is not reachable"), EndsWith("is back")));
  for (const std::string& device : {kInverter, kController}) EXPECT_THAT(news(device), IsEmpty());
  expectQuiet();
}

TEST_F(RecoveryOfAnswers, BrokerFrozen) {
  broker.process().signal(SIGSTOP);
  EXPECT_FALSE(logged("MQTT broker", std::chrono::seconds(20))) << "that long a pause is borne in silence";
  broker.process().signal(SIGCONT);
  expectRightAndFreshWithin(kBoundOfAnswers);
  EXPECT_THAT(news(""), IsEmpty());
}

}  // namespace
}  // namespace blupow::test
