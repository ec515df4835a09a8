#include <csignal>

#include "mqtt/client_fixture.hpp"

namespace blupow::mqtt {
namespace {

using test::Broker;
using test::Process;

class MosquittoClientTest : public ClientTest {
 protected:
  BrokerSettings at(const Broker& broker) const { return {.host = broker.socket().string()}; }

  // What lies retained on a topic, as another program sees it; empty when nothing came within a second.
  static std::string retained(const Broker& broker, const std::string& topic) {
    return test::runToEnd({"mosquitto_sub", "--unix", broker.socket().string(), "-t", topic, "-C", "1", "-W", "1"}).output;
  }
};

TEST_F(MosquittoClientTest, PublishesAndReceivesOnASocket) {
  const Broker broker;
  startClient(at(broker));
  ASSERT_TRUE(runUntilConnected());
  ASSERT_TRUE(listen("a/+"));
  client->publish("a/b", "one", true);
  ASSERT_TRUE(runUntil([this] { return received.size() == 1; }));
  EXPECT_EQ(received[0].topic, "a/b");
  EXPECT_EQ(received[0].payload, "one");
  EXPECT_FALSE(received[0].retained);
  received.clear();
  ASSERT_TRUE(listen("a/b"));
  ASSERT_TRUE(runUntil([this] { return received.size() == 1; }));
  EXPECT_TRUE(received[0].retained);
}

TEST_F(MosquittoClientTest, JoinsABrokerThatComesLaterAndSaysSoOnce) {
  Broker broker("allow_anonymous true\n", false);
  startClient(at(broker));
  ASSERT_TRUE(runUntil([this] { return troubles.size() == 3; }));
  EXPECT_FALSE(client->connected());
  EXPECT_EQ(linesWith("is not reachable: No such file or directory"), 1);
  broker.start();
  ASSERT_TRUE(runUntilConnected());
  EXPECT_TRUE(client->connected());
  EXPECT_EQ(linesWith("is back"), 1);
  EXPECT_EQ(log->lines.size(), 2);
}

TEST_F(MosquittoClientTest, ComesBackAfterARestartOfTheBroker) {
  Broker broker;
  startClient(at(broker));
  ASSERT_TRUE(runUntilConnected());
  broker.stop();
  ASSERT_TRUE(runUntil([this] { return losses == 1 && troubles.size() == 2; }));
  client->publish("lost", "while away", true);
  broker.start();
  ASSERT_TRUE(runUntilConnected(2));
  EXPECT_EQ(linesWith("is not reachable"), 1);
  EXPECT_EQ(linesWith("is back"), 1);
  EXPECT_EQ(retained(broker, "lost"), "");
}

TEST_F(MosquittoClientTest, AWrongPasswordIsSaidOnceAndNeverShown) {
  const test::TempFolder folder;
  const auto passwords = folder.write("passwords", "");
  ASSERT_EQ(test::runToEnd({"mosquitto_passwd", "-b", passwords.string(), "solar", "rightsecret"}).status, 0);
  const Broker guarded("allow_anonymous false\npassword_file " + passwords.string() + "\n");
  BrokerSettings settings = at(guarded);
  settings.username = "solar";
  settings.password = "wrongsecret";
  startClient(settings);
  ASSERT_TRUE(runUntil([this] { return troubles.size() == 2; }));
  EXPECT_EQ(troubles[0].kind, TroubleKind::login_refused);
  EXPECT_EQ(linesWith("refuses user name or password"), 1);
  EXPECT_EQ(linesWith("secret"), 0);
  stopClient();
  settings.password = "rightsecret";
  startClient(settings);
  ASSERT_TRUE(runUntilConnected());
  EXPECT_EQ(linesWith("secret"), 0);
}

TEST_F(MosquittoClientTest, ABrokerThatNeverAnswersIsSaidOnceAndLeftAfterTenSeconds) {
  Broker broker;
  broker.process().signal(SIGSTOP);  // the kernel still accepts for it
  const TimePoint begin = loop.now();
  startClient(at(broker));
  ASSERT_TRUE(runUntil([this] { return !troubles.empty(); }));
  EXPECT_GE(loop.now() - begin, 10s);
  EXPECT_LT(loop.now() - begin, 13s);
  EXPECT_EQ(linesWith("does not answer within 10 s"), 1);
  broker.process().signal(SIGCONT);
  ASSERT_TRUE(runUntilConnected());
}

TEST_F(MosquittoClientTest, StopsAtOnceWhileABrokerDoesNotAnswer) {
  Broker broker;
  broker.process().signal(SIGSTOP);
  startClient(at(broker));
  EXPECT_FALSE(runUntil([this] { return connections > 0; }, 300ms));
  EXPECT_LT(stopClient(), 2s);
  broker.process().signal(SIGCONT);
}

TEST_F(MosquittoClientTest, StopSendsEverythingAndNotTheWill) {
  const Broker broker;
  startClient(at(broker));
  ASSERT_TRUE(runUntilConnected());
  client->publish("test/status", "stopped", true);
  for (int number = 0; number < 500; ++number) client->publish("count", std::to_string(number), true);
  EXPECT_LT(stopClient(), 3s);
  EXPECT_FALSE(client->connected());
  EXPECT_EQ(retained(broker, "count"), "499\n");
  EXPECT_EQ(retained(broker, "test/status"), "stopped\n");
}

TEST_F(MosquittoClientTest, StopKeepsItsBoundWhenTheBrokerHangs) {
  Broker broker;
  startClient(at(broker));
  ASSERT_TRUE(runUntilConnected());
  broker.process().signal(SIGSTOP);
  client->publish("never", "acknowledged", true);
  const Duration taken = stopClient(500ms);
  EXPECT_GE(taken, 500ms);
  EXPECT_LT(taken, 2s);
  broker.process().signal(SIGCONT);
}

TEST_F(MosquittoClientTest, AClientThatWasNeverStartedStopsToo) {
  client = std::make_unique<MosquittoClient>(loop, BrokerSettings{}, Will{"test/status", "offline"});
  EXPECT_LT(stopClient(), 1s);
}

TEST_F(MosquittoClientTest, WaitsInSilenceForABrokerToBeNamed) {
  const Broker broker;
  startClientWithoutBroker();
  EXPECT_FALSE(runUntil([this] { return connections > 0 || !troubles.empty(); }, 300ms));
  EXPECT_TRUE(log->lines.empty());
  client->use(at(broker));
  ASSERT_TRUE(runUntilConnected());
  EXPECT_EQ(linesWith("is connected"), 1);
}

TEST_F(MosquittoClientTest, OneThatWaitsForABrokerStopsAtOnce) {
  startClientWithoutBroker();
  EXPECT_LT(stopClient(), 1s);
}

TEST_F(MosquittoClientTest, TakesAnotherPasswordWithoutAWait) {
  const test::TempFolder folder;
  const auto passwords = folder.write("passwords", "");
  ASSERT_EQ(test::runToEnd({"mosquitto_passwd", "-b", passwords.string(), "solar", "newsecret"}).status, 0);
  const Broker guarded("allow_anonymous false\npassword_file " + passwords.string() + "\n");
  BrokerSettings settings = at(guarded);
  settings.username = "solar";
  settings.password = "oldsecret";
  startClient(settings);
  ASSERT_TRUE(runUntil([this] { return troubles.size() == 3; }));  // by now it waits for seconds
  settings.password = "newsecret";
  const TimePoint begin = loop.now();
  client->use(settings);
  ASSERT_TRUE(runUntilConnected());
  EXPECT_LT(loop.now() - begin, 1s);
  EXPECT_EQ(linesWith("refuses user name or password"), 1);
  EXPECT_EQ(linesWith("is back"), 1);
  EXPECT_EQ(linesWith("secret"), 0);
}

TEST_F(MosquittoClientTest, LeavesABrokerThatDoesNotAnswerForAnother) {
  Broker silent;
  silent.process().signal(SIGSTOP);
  const Broker other;
  startClient(at(silent));
  EXPECT_FALSE(runUntil([this] { return connections > 0; }, 300ms));
  const TimePoint begin = loop.now();
  client->use(at(other));
  ASSERT_TRUE(runUntilConnected());
  EXPECT_LT(loop.now() - begin, 2s);
  EXPECT_TRUE(troubles.empty()) << "given up by us is no failure";
  silent.process().signal(SIGCONT);
}

TEST_F(MosquittoClientTest, KeepsAConnectionThatStandsUntilItEnds) {
  Broker first;
  const Broker second;
  startClient(at(first));
  ASSERT_TRUE(runUntilConnected());
  client->use(at(second));
  EXPECT_FALSE(runUntil([this] { return losses > 0 || connections > 1; }, 500ms));
  first.stop();
  ASSERT_TRUE(runUntilConnected(2));
  EXPECT_EQ(linesWith("MQTT broker " + second.socket().string() + " is connected"), 1);
}

TEST_F(MosquittoClientTest, ARefusedSubscriptionIsLogged) {
  // An access list alone never refuses a subscription in Mosquitto, it only delivers nothing; this plugin does.
  const test::TempFolder folder;
  const auto rules = folder.write("rules.json", R"({"defaultACLAccess": {"publishClientSend": true, "publishClientReceive": true, "subscribe": false}})");
  const Broker guarded("allow_anonymous true\nplugin " BLUPOW_DYNAMIC_SECURITY "\nplugin_opt_config_file " + rules.string() + "\n");
  startClient(at(guarded));
  ASSERT_TRUE(runUntilConnected());
  EXPECT_NE(client->subscribe("closed"), 0);
  ASSERT_TRUE(runUntil([this] { return linesWith("refuses the subscription of closed") == 1; }));
  EXPECT_TRUE(subscribed.empty());
}

TEST_F(MosquittoClientTest, ClientsWithoutAnIdDoNotThrowEachOtherOut) {
  const Broker broker;
  startClient(at(broker));
  ASSERT_TRUE(runUntilConnected());
  MosquittoClient second(loop, at(broker), Will{"test/status", "offline"});
  second.start(*this);
  ASSERT_TRUE(runUntilConnected(2));
  EXPECT_FALSE(runUntil([this] { return losses > 0; }, 500ms));
}

TEST(MosquittoClientDeathTest, TheWillIsSentWhenTheProcessIsKilled) {
  const Broker broker;
  Process watcher({"mosquitto_sub", "--unix", broker.socket().string(), "-t", "will", "-t", "ready", "-v"});
  const std::string socket = broker.socket().string();
  EXPECT_EXIT(
      {
        struct KillItself : ClientObserver {
          void mqttConnected() override { std::raise(SIGKILL); }
          void mqttDisconnected() override {}
          void mqttReceived(const Message& /*message*/) override {}
          void mqttSubscribed(std::uint32_t /*id*/) override {}
        } observer;
        runtime::AsioLoop loop;
        MosquittoClient client(loop, {.host = socket}, Will{"will", "offline"});
        client.start(observer);
        loop.run();
      },
      testing::KilledBySignal(SIGKILL), "");
  EXPECT_TRUE(watcher.waitForOutput("will offline"));
  EXPECT_EQ(test::runToEnd({"mosquitto_sub", "--unix", socket, "-t", "will", "-C", "1", "-W", "5"}).output, "offline\n");
}

}  // namespace
}  // namespace blupow::mqtt
