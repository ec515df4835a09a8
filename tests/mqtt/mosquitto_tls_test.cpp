#include "mqtt/client_fixture.hpp"
#include "support/free_port.hpp"

namespace blupow::mqtt {
namespace {

using test::Broker;
using test::runToEnd;

class MosquittoTlsTest : public ClientTest {
 protected:
  std::string file(std::string_view name) const { return (folder / name).string(); }

  void makeAuthority(const std::string& name) {
    ASSERT_EQ(runToEnd({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file(name + ".key"),
                        "-out", file(name + ".pem"), "-subj", "/CN=" + name, "-days", "2"})
                  .status,
              0);
  }

  // A certificate of the authority for these names ("DNS:localhost,IP:127.0.0.1"), good for so many days from now.
  void makeCertificate(const std::string& names, int days) {
    ASSERT_EQ(runToEnd({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file("broker.key"), "-out",
                        file("broker.csr"), "-subj", "/CN=broker", "-addext", "subjectAltName=" + names})
                  .status,
              0);
    const auto extensions = folder.write("extensions", "subjectAltName=" + names + "\n");
    ASSERT_EQ(runToEnd({"openssl", "x509", "-req", "-in", file("broker.csr"), "-CA", file("authority.pem"), "-CAkey", file("authority.key"), "-CAcreateserial",
                        "-days", std::to_string(days), "-extfile", extensions.string(), "-out", file("broker.pem")})
                  .status,
              0);
  }

  void startBroker(const std::string& names, int days = 2) {
    makeAuthority("authority");
    makeCertificate(names, days);
    port = test::freePort();
    broker = std::make_unique<Broker>("listener " + std::to_string(port) + " 127.0.0.1\nallow_anonymous true\ncertfile " + file("broker.pem") + "\nkeyfile " +
                                      file("broker.key") + "\n");
  }

  BrokerSettings settings(const std::string& host) const { return {.host = host, .port = port, .ssl = true, .ca_file = file("authority.pem")}; }

  void expectNotAccepted(const BrokerSettings& broker_settings, std::string_view why) {
    startClient(broker_settings);
    ASSERT_TRUE(runUntil([this] { return !troubles.empty() || connections > 0; }));
    EXPECT_EQ(connections, 0);
    ASSERT_FALSE(troubles.empty());
    EXPECT_EQ(troubles[0].kind, TroubleKind::certificate_refused) << troubles[0].text;
    EXPECT_EQ(linesWith("certificate that is not accepted"), 1);
    EXPECT_EQ(linesWith(why), 1);
    stopClient();
  }

  test::TempFolder folder;
  std::uint16_t port = 0;
  std::unique_ptr<Broker> broker;
};

TEST_F(MosquittoTlsTest, ABrokerWithAGoodCertificateIsAcceptedByNameAndByAddress) {
  startBroker("DNS:localhost,IP:127.0.0.1");
  for (const char* const host : {"localhost", "127.0.0.1"}) {
    startClient(settings(host));
    ASSERT_TRUE(runUntil([this] { return connections == 1 || !troubles.empty(); })) << host;
    EXPECT_EQ(connections, 1) << host << " " << (troubles.empty() ? "" : troubles[0].text);
    stopClient();
    connections = 0;
  }
}

TEST_F(MosquittoTlsTest, AnUnknownSignerIsRefused) {
  startBroker("DNS:localhost");
  makeAuthority("stranger");
  BrokerSettings wrong = settings("localhost");
  wrong.ca_file = file("stranger.pem");
  expectNotAccepted(wrong, "its signer is not among the authorities");
}

TEST_F(MosquittoTlsTest, TheSystemsAuthoritiesDoNotKnowOurs) {
  startBroker("DNS:localhost");
  BrokerSettings system = settings("localhost");
  system.ca_file.clear();
  expectNotAccepted(system, "its signer is not among the authorities");
}

TEST_F(MosquittoTlsTest, ACertificateForAnotherNameIsRefused) {
  startBroker("DNS:elsewhere.example");
  expectNotAccepted(settings("localhost"), "it does not name localhost");
}

TEST_F(MosquittoTlsTest, ACertificateForAnotherAddressIsRefused) {
  startBroker("DNS:localhost,IP:127.0.0.2");
  expectNotAccepted(settings("127.0.0.1"), "it does not name 127.0.0.1");
}

TEST_F(MosquittoTlsTest, ACertificateThatHasRunOutIsRefused) {
  startBroker("DNS:localhost", 0);  // ends in the second in which it begins, and that one is over for OpenSSL; it makes none that ends before
  expectNotAccepted(settings("localhost"), "its dates do not fit");
}

TEST_F(MosquittoTlsTest, AuthoritiesThatCannotBeReadAreNamed) {
  startBroker("DNS:localhost");
  for (const std::string& bad : {file("nowhere.pem"), folder.write("empty.pem", "no certificate\n").string()}) {
    BrokerSettings unusable = settings("localhost");
    unusable.ca_file = bad;
    troubles.clear();
    startClient(unusable);
    ASSERT_TRUE(runUntil([this] { return !troubles.empty(); }));
    EXPECT_EQ(troubles[0].kind, TroubleKind::unusable_authorities) << bad << ": " << troubles[0].text;
    EXPECT_EQ(linesWith(bad), 1);
    stopClient();
  }
}

}  // namespace
}  // namespace blupow::mqtt
