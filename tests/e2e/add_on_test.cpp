// The service as an add-on: its broker from a look-alike Supervisor, whatever becomes of both.
#include <gmock/gmock.h>

#include <iostream>
#include <sstream>

#include "e2e/house.hpp"
#include "support/free_port.hpp"
#include "support/supervisor.hpp"

namespace blupow::test {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kGatewayStatus = "blupow/gateway/status";
const std::string kGatewayDocument = "homeassistant/device/blupow_gateway/config";
const std::string kAskedForBroker = "/services/mqtt";

// The Mosquitto add-on: on TCP only user "addons" with its password is let in, on the socket everybody (the test's ears).
class MosquittoAddOn {
 public:
  MosquittoAddOn() : port_(freePort()) {}

  void start(const std::string& password) {
    passwords_ = folder_.write("passwords", "");
    if (runToEnd({"mosquitto_passwd", "-b", passwords_.string(), "addons", password}).status != 0) throw std::runtime_error("no password file");
    broker_ = std::make_unique<Broker>("per_listener_settings true\nallow_anonymous true\nlistener " + std::to_string(port_) +
                                       " 127.0.0.1\nallow_anonymous false\npassword_file " + passwords_.string() + "\n");
  }
  void stop() { broker_.reset(); }

  std::uint16_t port() const { return port_; }
  std::filesystem::path socket() const { return broker_->socket(); }
  std::string log() const { return broker_->process().all(); }

 private:
  const std::uint16_t port_;
  TempFolder folder_;
  std::filesystem::path passwords_;
  std::unique_ptr<Broker> broker_;
};

class AddOn : public House {
 protected:
  // As an add-on whose options name no broker.
  void startAddOn(Json options = Json::object(), std::string_view token = Supervisor::kToken) {
    if (!options.contains("mqtt")) options["mqtt"] = Json::object();
    options["log_level"] = "trace";
    auto environment = bus.environment();
    environment.merge(supervisor.environment(token));
    service.emplace(command({"run", "--options", writeOptions(std::move(options)).string(), "--data", data.path().string(), "--http", "off"}), environment);
  }

  void startMosquitto(const std::string& password) {
    mosquitto.start(password);
    supervisor.nameBroker(mosquitto.port(), password);
  }

  bool online() {
    MqttEar ear(mosquitto.socket());
    return ear.waitFor(kGatewayStatus, "online", 0, std::chrono::seconds(30));
  }

  // How many lines at info and above say it.
  std::size_t said(const std::string& words) const {
    std::size_t count = 0;
    std::istringstream log(service->output());
    for (std::string line; std::getline(log, line);) {
      if (line.contains(words) && !line.contains(" debug ") && !line.contains(" trace ")) ++count;
    }
    return count;
  }

  void TearDown() override {
    if (!service) return;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(service->terminate(std::chrono::seconds(5)), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
    service->waitForEndOfOutput();
    for (const std::string& secret : {std::string(Supervisor::kToken), std::string("s3cret"), std::string("wr0ngtoken")}) {
      EXPECT_THAT(service->all(), Not(HasSubstr(secret)));
    }
    EXPECT_THAT(service->output(), Not(HasSubstr(" error ")));
    EXPECT_EQ(service->errors(), "");
    if (HasFailure()) std::cerr << service->all();
  }

  Supervisor supervisor;
  MosquittoAddOn mosquitto;
};

TEST_F(AddOn, TakesTheSupervisorsBrokerAndLeadsToItsPage) {
  startMosquitto("s3cret1");
  startAddOn({{"devices", {{{"address", kInverter}}}}});
  ASSERT_TRUE(online());
  MqttEar ear(mosquitto.socket());
  const auto leadsToPage = [](const std::string& text) {
    const Json document = Json::parse(text, nullptr, false);
    return document.is_object() && document.at("device").value("configuration_url", "") == Supervisor::kPage;
  };
  EXPECT_TRUE(ear.waitFor(kGatewayDocument, leadsToPage));
  EXPECT_TRUE(ear.waitFor("homeassistant/device/blupow_D8B673BF4F75/config", leadsToPage, 0, std::chrono::seconds(60)));
  EXPECT_EQ(said("broker as the Supervisor names it"), 1U) << "the first line is true";
  EXPECT_EQ(said("names the MQTT broker 127.0.0.1:" + std::to_string(mosquitto.port())), 1U);
  EXPECT_EQ(supervisor.asked().size(), 2U) << "nothing is asked while all is well";
}

TEST_F(AddOn, WaitsForABrokerThatIsInstalledLater) {
  startAddOn();
  ASSERT_TRUE(supervisor.waitFor(kAskedForBroker + " 400", 3));
  EXPECT_EQ(said("knows of no MQTT broker"), 1U);
  EXPECT_EQ(said("Install and start the Mosquitto broker add-on"), 1U);
  startMosquitto("s3cret1");
  EXPECT_TRUE(online());
  EXPECT_EQ(said(" warning "), 1U);
}

TEST_F(AddOn, FollowsABrokerThatRestartsWithAnotherPassword) {
  startMosquitto("s3cret1");
  startAddOn();
  ASSERT_TRUE(online());
  const pid_t before = service->pid();
  supervisor.nameNoBroker();
  mosquitto.stop();
  ASSERT_TRUE(supervisor.waitFor(kAskedForBroker + " 400", 2));
  mosquitto.start("s3cret2");
  ASSERT_TRUE(service->waitForOutput("refuses user name or password"));
  supervisor.nameBroker(mosquitto.port(), "s3cret2");
  EXPECT_TRUE(online());
  EXPECT_TRUE(service->running());
  EXPECT_EQ(service->pid(), before);
  EXPECT_EQ(said("knows of no MQTT broker"), 1U);
  EXPECT_EQ(said("refuses user name or password"), 1U);
}

TEST_F(AddOn, ATokenThatIsRefusedIsSaidOnceWithTheCure) {
  startMosquitto("s3cret1");
  startAddOn({}, "wr0ngtoken");
  ASSERT_TRUE(supervisor.waitFor(kAskedForBroker + " 403", 3));
  ASSERT_TRUE(supervisor.waitFor("/addons/self/info 403", 3));
  EXPECT_EQ(said("refuses this add-on's token. Restart this add-on"), 1U);
  EXPECT_EQ(said(" warning "), 1U);
}

TEST_F(AddOn, ASupervisorThatStartsIsWaitedFor) {
  mosquitto.start("s3cret1");
  supervisor.nameBroker(mosquitto.port(), "s3cret1");
  supervisor.change(R"({"state": "setup"})");
  startAddOn();
  ASSERT_TRUE(supervisor.waitFor(kAskedForBroker + " 400", 2));
  EXPECT_EQ(said("not ready yet"), 1U);
  supervisor.change(R"({"state": "running"})");
  EXPECT_TRUE(online());
}

TEST_F(AddOn, AServiceThatIsNotDeclaredIsSaidOnce) {
  supervisor.change(R"({"declared": false})");
  startAddOn();
  ASSERT_TRUE(supervisor.waitFor(kAskedForBroker + " 403", 2));
  EXPECT_EQ(said("services: mqtt:want"), 1U);
}

TEST_F(AddOn, AnswersThatCannotBeUsedAreSaidOnceAndSurvived) {
  supervisor.fail("no json");
  startAddOn();
  ASSERT_TRUE(supervisor.waitFor(kAskedForBroker + " -", 2));
  EXPECT_EQ(said("cannot be used: it is no JSON object"), 1U) << "of both questions";
  supervisor.change(R"({"fault": null, "mqtt": {"host": "127.0.0.1", "port": 70000, "username": "addons", "password": "s3cret"}})");
  ASSERT_TRUE(supervisor.waitFor(kAskedForBroker + " 200", 2));
  EXPECT_EQ(said("cannot be used: the broker's port"), 1U);
  startMosquitto("s3cret1");
  EXPECT_TRUE(online());
}

TEST_F(AddOn, ASilentSupervisorIsSaidOnceAndHoldsNothingUp) {
  supervisor.fail("hang");
  startAddOn({{"devices", {{{"address", kInverter}}}}});
  ASSERT_TRUE(service->waitForOutput("connected, renogy_inverter", std::chrono::seconds(60))) << "the devices are read all the same";
  ASSERT_TRUE(service->waitForOutput("does not answer within 10 s"));
  ASSERT_TRUE(supervisor.waitFor(kAskedForBroker + " -", 2));
  EXPECT_EQ(said("does not answer within 10 s. "), 1U);
}  // and TearDown ends it within 5 s while it hangs

TEST_F(AddOn, StopsWhileTheFirstQuestionHangs) {
  supervisor.fail("hang");
  startAddOn();
  ASSERT_TRUE(supervisor.waitFor(kAskedForBroker + " -"));
}

// In a network of its own, where a name server takes questions and answers none: the socket that it would read from is the program's own.
TEST_F(AddOn, StopsWhileTheLookUpOfTheSupervisorHangs) {
  const auto servers = data.write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:30\n");
  const auto program = data.write("in_a_silent_network.py", R"(
import ctypes, fcntl, os, socket, struct, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(server, 0x8914, struct.pack("16sH14x", b"lo", 0x41))  # SIOCSIFFLAGS: up, running
server.bind(("127.0.0.1", 53))
server.set_inheritable(True)
if ctypes.CDLL(None).mount(sys.argv[1].encode(), b"/etc/resolv.conf", None, 4096, None) != 0: sys.exit("no mount")  # MS_BIND
os.execv(sys.argv[2], sys.argv[2:])
)");
  auto arguments =
      command({"run", "--options", writeOptions({{"log_level", "trace"}, {"mqtt", Json::object()}}).string(), "--data", data.path().string(), "--http", "off"});
  arguments.insert(arguments.begin(), {"unshare", "--mount", "--net", "python3", program.string(), servers.string()});
  auto environment = bus.environment();
  environment.merge(supervisor.environment());
  environment["SUPERVISOR_URL"] = "http://supervisor.example";
  service.emplace(arguments, environment);
  ASSERT_TRUE(service->waitForOutput("the Supervisor does not answer within 10 s")) << service->all();
  EXPECT_EQ(said(" warning "), 1U);
}

TEST_F(AddOn, ASupervisorThatIsAwayIsSaidOnce) {
  supervisor.process().terminate();
  startAddOn();
  ASSERT_TRUE(service->waitForOutput("the Supervisor is not reachable at " + supervisor.url() + ": Connection refused"));
  EXPECT_EQ(said(" warning "), 1U);
}

TEST_F(AddOn, OptionsThatNameABrokerWin) {
  mosquitto.start("s3cret1");
  startAddOn({{"mqtt", {{"host", mosquitto.socket().string()}}}});
  ASSERT_TRUE(online());
  ASSERT_TRUE(supervisor.waitFor("/addons/self/info 200"));
  EXPECT_EQ(supervisor.asked().size(), 1U) << "the Supervisor is not asked for one";
  EXPECT_EQ(said(" warning "), 0U);
}

TEST_F(AddOn, KeepsTheClientIdOfTheOptions) {
  startMosquitto("s3cret1");
  startAddOn({{"mqtt", {{"client_id", "blupow-shed"}}}});
  ASSERT_TRUE(online());
  EXPECT_TRUE(mosquitto.log().contains("as blupow-shed"));
}

TEST_F(AddOn, TheDoctorSeesWhatTheServiceSees) {
  const auto doctor = [this](std::string_view token = Supervisor::kToken) {
    auto environment = bus.environment();
    environment.merge(supervisor.environment(token));
    const auto options = writeOptions({{"mqtt", Json::object()}});
    const Outcome outcome = runToEnd(command({"doctor", "--json", "--options", options.string(), "--data", data.path().string()}), environment);
    EXPECT_THAT(outcome.output + outcome.errors, Not(HasSubstr("s3cret")));
    EXPECT_THAT(outcome.output + outcome.errors, Not(HasSubstr(std::string(token))));
    return Json::parse(outcome.output, nullptr, false).at("checks").at(4);
  };
  const Json none = doctor();
  EXPECT_EQ(none.at("ok"), false);
  EXPECT_THAT(none.at("cure").get<std::string>(), HasSubstr("Install and start the Mosquitto broker add-on"));
  startMosquitto("s3cret1");
  const Json sound = doctor();
  EXPECT_EQ(sound.at("ok"), true) << sound;
  EXPECT_EQ(sound.at("detail"), "127.0.0.1:" + std::to_string(mosquitto.port()) + " accepts us");
  supervisor.nameBroker(mosquitto.port(), "s3cret2");
  const Json refused = doctor();
  EXPECT_EQ(refused.at("ok"), false);
  EXPECT_THAT(refused.at("cure").get<std::string>(), HasSubstr("Restart the Mosquitto broker add-on"));
  EXPECT_THAT(doctor("wr0ngtoken").at("cure").get<std::string>(), HasSubstr("Restart this add-on"));
}

TEST_F(AddOn, AnEnvironmentThatCannotBeIsRefused) {
  for (const auto& [variable, value] : {std::pair("SUPERVISOR_URL", "ftp://s3cret"), std::pair("SUPERVISOR_TOKEN", "s3cret\r\nX: y")}) {
    auto environment = bus.environment();
    environment.merge(supervisor.environment());
    environment[variable] = value;
    const Outcome outcome = runToEnd(command({"run", "--options", writeOptions().string(), "--data", data.path().string(), "--http", "off"}), environment);
    EXPECT_EQ(outcome.status, 3);
    EXPECT_THAT(outcome.output, HasSubstr(variable));
    EXPECT_THAT(outcome.output, Not(HasSubstr("s3cret")));
  }
}

TEST_F(AddOn, OutsideTheAddOnNobodyIsAsked) {
  mosquitto.start("s3cret1");
  auto environment = bus.environment();
  environment["SUPERVISOR_URL"] = supervisor.url();
  environment["SUPERVISOR_TOKEN"] = "";  // not set
  service.emplace(command({"run", "--options", writeOptions({{"mqtt", {{"host", mosquitto.socket().string()}}}}).string(), "--data", data.path().string(),
                           "--http", "off"}),
                  environment);
  ASSERT_TRUE(online());
  MqttEar ear(mosquitto.socket());
  ASSERT_TRUE(ear.waitFor(kGatewayDocument, [](const std::string& text) { return Json::accept(text) && !text.contains("configuration_url"); }));
  EXPECT_TRUE(supervisor.asked().empty());
}

}  // namespace
}  // namespace blupow::test
