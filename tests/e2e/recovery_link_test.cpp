// A link that is lost or cannot be made, and a process that is killed: right and fresh values again within 60, 90 or 120 s, by the kind of trouble.
#include "e2e/recovery.hpp"

namespace blupow::test {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::seconds kBoundOfALink{60};
constexpr std::chrono::seconds kBoundOfCalls{90};
constexpr std::chrono::seconds kBoundOfARefusingModule{120};

class RecoveryOfLinks : public Recovery {
 protected:
  // The inverter's trouble is its own.
  void expectOtherUntouched() { EXPECT_THAT(news(kController), IsEmpty()); }
};

TEST_F(RecoveryOfLinks, LinkLost) {
  fault(R"("do":"drop",)");
  ASSERT_TRUE(logged(kInverter + "): link lost"));
  EXPECT_EQ(reason(), "connecting");
  expectRightAndFreshWithin(kBoundOfALink);
  EXPECT_THAT(news(kInverter), ElementsAre(HasSubstr(": link lost"), EndsWith(": is back")));
  expectOtherUntouched();
  expectQuiet();
}

TEST_F(RecoveryOfLinks, ProcessKilled) {
  startAnew();
  for (const std::string& device : {kInverter, kController}) ASSERT_TRUE(logged(device + "): connected", kBoundOfALink));
  expectRightAndFreshWithin(kBoundOfALink);
  EXPECT_THAT(news(kInverter), ElementsAre(HasSubstr(": connected")));
  EXPECT_THAT(news(kController), ElementsAre(HasSubstr(": connected")));
  expectQuiet();
}

TEST_F(RecoveryOfLinks, FailingConnect) {
  fault(R"("do":"method","name":"Connect","error":"org.bluez.Error.Failed","text":"le-connection-abort-by-local",)");
  fault(R"("do":"drop",)");
  ASSERT_TRUE(logged("): refuses connections"));
  EXPECT_EQ(reason(), "refuses connections");
  fault(R"("do":"clear")");
  expectRightAndFreshWithin(kBoundOfCalls);
  EXPECT_THAT(news(kInverter), ElementsAre(HasSubstr(": link lost"), EndsWith(": refuses connections"), EndsWith(": is back")));
  expectOtherUntouched();
  expectQuiet();
}

TEST_F(RecoveryOfLinks, HangingConnect) {
  fault(R"("do":"method","name":"Connect","hang":true,"count":1,)");
  fault(R"("do":"drop",)");
  ASSERT_TRUE(logged(kInverter + "): link lost"));
  EXPECT_EQ(reason(), "connecting");
  expectRightAndFreshWithin(kBoundOfCalls);
  EXPECT_THAT(news(kInverter), ElementsAre(HasSubstr(": link lost"), EndsWith(": is back")));
  expectOtherUntouched();
}

TEST_F(RecoveryOfLinks, HangingDiscoveryAndSubscription) {
  for (const char* method : {"StopDiscovery", "StartNotify"}) fault(R"("do":"method","name":")" + std::string(method) + R"(","hang":true,"count":1)");
  fault(R"("do":"drop",)");
  ASSERT_TRUE(logged(kInverter + "): link lost"));
  expectRightAndFreshWithin(kBoundOfCalls);
  EXPECT_THAT(news(kInverter), ElementsAre(HasSubstr(": link lost"), EndsWith(": is back")));
  expectOtherUntouched();
}

TEST_F(RecoveryOfLinks, HangingWriteAndDisconnect) {
  fault(R"("do":"method","name":"Disconnect","hang":true,"count":1,)");
  fault(R"("do":"method","name":"WriteValue","hang":true,)");
  ASSERT_TRUE(logged(kInverter + "): no answer"));
  EXPECT_EQ(reason(), "no answer");
  fault(R"("do":"clear")");
  expectRightAndFreshWithin(kBoundOfCalls);
  EXPECT_THAT(news(kInverter), ElementsAre(EndsWith(": no answer"), EndsWith(": is back")));
  expectOtherUntouched();
}

// It lets nobody in for 8 s after each failed attempt and each link that ends.
TEST_F(RecoveryOfLinks, ModuleThatRefusesAfterEachFailure) {
  fault(R"("do":"timing","refuse_ms":8000,)");
  fault(R"("do":"drop",)");
  ASSERT_TRUE(logged(kInverter + "): link lost"));
  expectRightAndFreshWithin(kBoundOfARefusingModule);
  EXPECT_THAT(news(kInverter), ElementsAre(HasSubstr(": link lost"), EndsWith(": refuses connections"), EndsWith(": is back")));
  expectOtherUntouched();
}

}  // namespace
}  // namespace blupow::test
