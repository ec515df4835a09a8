// What is answered, without a socket.
#include "web/site.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "gateway/fake_commands.hpp"
#include "gateway/sample_devices.hpp"
#include "runtime/simulated_loop.hpp"
#include "support/temp_folder.hpp"

namespace blupow::web {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class SiteTest : public testing::Test {
 protected:
  SiteTest() {
    for (const char* const name : {"index.html", "app.js", "api.js", "cards.js", "dialogs.js", "style.css", "icon.svg"}) folder.write(name, name);
    page.emplace(folder.path());
    settings.page = folder.path();
    site.emplace(loop, settings, *page, shown, executor);
  }

  Answer ask(Request request) {
    if (request.host.empty()) request.host = "localhost";
    if (auto refused = site->refuse(request, only_health)) return *refused;
    Answer given{.status = 0};
    site->answer(request, [&given](Answer answer) { given = std::move(answer); });
    return given;
  }
  Answer get(const std::string& target) { return ask({.target = target}); }
  static Request commandRequest(const std::string& body) {
    return {.method = Method::post, .target = "/api/commands", .host = "localhost", .content_type = "application/json", .marked = true, .body = body};
  }

  test::TempFolder folder;
  runtime::SimulatedLoop loop;
  Settings settings{.version = "2.0.0"};
  std::optional<Page> page;
  std::vector<std::pair<std::string, json>> told;
  std::vector<std::pair<std::string, json>> beats;
  bool broker = true;
  gateway::GatewayState gateway_state{.adapter = "hci0", .devices = 3};
  Shown shown{loop,
              "2.0.0",
              {.broker_is_there = [this] { return broker; }, .gateway = [this] { return gateway_state; }},
              [this](std::string_view event, const std::string& data) { (event == "beat" ? beats : told).emplace_back(event, json::parse(data)); }};
  test::FakeCommands commands;
  int restarts = 0;
  gateway::CommandExecutor executor{loop, commands, [this] { ++restarts; }};
  std::optional<Site> site;
  bool only_health = false;
};

TEST_F(SiteTest, ServesItsFilesAndNothingElse) {
  EXPECT_EQ(*get("/").body, "index.html");
  EXPECT_EQ(get("/").type, "text/html; charset=utf-8");
  EXPECT_EQ(*get("/app.js?v=1").body, "app.js");
  for (const char* const target : {"", "/..", "/../index.html", "/index.html", "/%2e%2e/etc/passwd", "/app.js/", "//", "/./", "/api", "/api/", "/api/state/",
                                   "/APP.JS", "/app.js%00", "/app.js#x", "http://localhost/", "*", "/data/options.json", "/.git/config"}) {
    EXPECT_EQ(get(target).status, 404U) << target;
  }
}

TEST_F(SiteTest, SaysWhichMethodsThereAre) {
  for (const char* const target : {"/", "/api/state", "/api/events", "/health"}) {
    for (const Method method : {Method::post, Method::other}) {
      const Answer answer = ask({.method = method, .target = target});
      EXPECT_EQ(answer.status, 405U) << target;
      EXPECT_EQ(answer.allow, "GET, HEAD") << target;
    }
  }
  for (const Method method : {Method::get, Method::head, Method::other}) {
    Request request = commandRequest(R"({"command": "restart_gateway"})");
    request.method = method;
    EXPECT_EQ(ask(request).status, 405U);
    EXPECT_EQ(ask(request).allow, "POST");
  }
  EXPECT_EQ(restarts, 0);
}

TEST_F(SiteTest, TellsHowItIs) {
  loop.advance(61s);
  EXPECT_EQ(json::parse(*get("/health").body), (json{{"ok", true}, {"version", "2.0.0"}, {"uptime", 61}, {"loop", "alive"}}));
}

TEST_F(SiteTest, AnswersHealthWhenThereIsNoRoom) {
  only_health = true;
  EXPECT_EQ(get("/health").status, 200U);
  EXPECT_EQ(get("/").status, 503U);
  EXPECT_EQ(ask(commandRequest(R"({"command": "get_devices"})")).status, 503U);
}

TEST_F(SiteTest, CarriesCommandsOutAndAnswersAsOnTheCommandTopic) {
  commands.summaries.push_back({.address = MacAddress::parse("AA:BB:CC:DD:EE:01").value(), .name = "Shed"});
  const json answer = json::parse(*ask(commandRequest(R"({"command": "get_devices"})")).body);
  EXPECT_EQ(answer.at("status"), "success");
  EXPECT_EQ(answer.at("devices").at(0).at("name"), "Shed");
  const Answer wrong = ask(commandRequest("[]"));
  EXPECT_EQ(wrong.status, 200U);
  EXPECT_EQ(json::parse(*wrong.body).at("reason"), "bad_json");
  EXPECT_EQ(ask(commandRequest(R"({"command": "add_device", "address": "AA:BB:CC:DD:EE:02"})")).status, 0U) << "not yet";
  EXPECT_THAT(commands.asked, ElementsAre("add AA:BB:CC:DD:EE:02  "));
  ask(commandRequest(R"({"command": "restart_gateway"})"));
  EXPECT_EQ(restarts, 1);
}

TEST_F(SiteTest, RefusesWhatAnotherSiteSends) {
  Request request = commandRequest(R"({"command": "restart_gateway"})");
  request.fetch_site = "cross-site";
  EXPECT_EQ(ask(request).status, 403U);
  EXPECT_EQ(ask({.target = "/api/state", .fetch_site = "cross-site"}).status, 403U);
  EXPECT_EQ(ask({.target = "/api/events", .fetch_site = "cross-site"}).status, 403U);
  EXPECT_EQ(ask({.target = "/api/state", .host = "evil.example"}).status, 421U);
  EXPECT_EQ(ask({.target = "/", .fetch_site = "cross-site"}).status, 200U) << "a link to the page";
  EXPECT_EQ(restarts, 0);
}

TEST_F(SiteTest, ShowsReadingsWithTheirNamesAndUnits) {
  test::SampleDevice device = test::inverter();
  device.name = "Shed";
  device.reason = device::ConnectionReason::connected;
  device.poll(test::inverterReadings());
  shown.deviceAdded(device.view());
  const json state = json::parse(*get("/api/state").body);
  EXPECT_EQ(state.at("version"), "2.0.0");
  EXPECT_EQ(state.at("now").at("broker"), "connected");
  const json& seen = state.at("devices").at(0);
  EXPECT_EQ(seen.at("name"), "Shed");
  EXPECT_EQ(seen.at("status"), "online");
  EXPECT_EQ(seen.at("connection_reason"), "connected");
  EXPECT_EQ(seen.at("link").at("bluetooth"), "on");
  const json& readings = seen.at("units").at(0).at("readings");
  const auto voltage = std::ranges::find_if(readings, [](const json& reading) { return reading.at("key") == "battery_voltage"; });
  ASSERT_NE(voltage, readings.end());
  EXPECT_EQ(*voltage, (json{{"key", "battery_voltage"},
                            {"name", "Battery Voltage"},
                            {"value", 14.4},
                            {"unit", "V"},
                            {"quantity", "voltage"},
                            {"category", "primary"},
                            {"decimals", 1}}));
}

TEST_F(SiteTest, CutsNoDecimalOff) {
  test::SampleDevice device = test::inverter();
  device.poll({{"battery_voltage", 13.285}, {"input_voltage", 121.7}, {"output_voltage", std::int64_t{120}}});
  shown.deviceAdded(device.view());
  std::map<std::string, int> decimals;
  const json state = json::parse(shown.state());
  for (const json& reading : state.at("devices").at(0).at("units").at(0).at("readings")) decimals[reading.at("key")] = reading.at("decimals");
  EXPECT_THAT(decimals, ElementsAre(testing::Pair("battery_voltage", 3), testing::Pair("input_voltage", 1), testing::Pair("output_voltage", 1)));
}

TEST_F(SiteTest, SaysWhyADeviceIsNotRead) {
  test::SampleDevice device = test::inverter();
  device.reason = device::ConnectionReason::not_heard;
  shown.deviceAdded(device.view());
  EXPECT_EQ(json::parse(shown.state()).at("devices").at(0).at("explanation"), "not heard (asleep, out of range or used by a phone)");
  gateway::Device stranger = device.view();
  stranger.known_type = false;
  stranger.units.clear();
  shown.deviceChanged(stranger);
  EXPECT_EQ(json::parse(shown.state()).at("devices").at(0).at("connection_reason"), "unknown_type");
}

TEST_F(SiteTest, TellsEachChangeOnceATurn) {
  test::SampleDevice device = test::inverter();
  device.poll(test::inverterReadings());
  shown.deviceAdded(device.view());
  shown.unitPolled(device.view(), device.unitView());
  shown.linkChanged(device.view());
  EXPECT_THAT(told, IsEmpty());
  loop.settle();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].first, "device");
  shown.unitPolled(device.view(), device.unitView());
  loop.settle();
  EXPECT_THAT(told, SizeIs(1)) << "nothing has changed";
  shown.deviceRemoved(device.view());
  loop.settle();
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[1], (std::pair<std::string, json>{"device_removed", {{"address", "AA:BB:CC:DD:EE:01"}}}));
  EXPECT_THAT(json::parse(shown.state()).at("devices"), IsEmpty());
}

TEST_F(SiteTest, ShowsBanksAndTheGateway) {
  shown.bankChanged({.slug = "roof", .name = "Roof", .readings = {{"count", std::int64_t{2}}, {"soc", 81.5}}, .online = true});
  loop.settle();
  broker = false;
  const json state = json::parse(shown.state());
  EXPECT_EQ(state.at("now").at("gateway").at("adapter"), "hci0");
  EXPECT_EQ(state.at("now").at("broker"), "away");
  EXPECT_EQ(state.at("banks").at(0).at("readings").at(0).at("name"), "State Of Charge");
  EXPECT_EQ(state.at("banks").at(0).at("readings").at(1).at("value"), 2);
  ASSERT_THAT(beats, SizeIs(1));
  gateway_state.adapter = "hci1";
  shown.gatewayChanged(gateway_state);
  shown.gatewayChanged(gateway_state);
  loop.settle();
  ASSERT_THAT(beats, SizeIs(2));
  EXPECT_EQ(beats[1].second.at("gateway").at("adapter"), "hci1");
  shown.bankRemoved("roof");
  EXPECT_EQ(told.back().first, "bank_removed");
}

// A device may call itself anything that the air carries.
TEST_F(SiteTest, AHostileNameStaysText) {
  test::SampleDevice device = test::inverter();
  device.name = "</script><img src=x onerror=alert(1)>\n\ndata: x\xff";
  shown.deviceAdded(device.view());
  loop.settle();
  const std::string event = eventText("device", shown.state());
  EXPECT_EQ(std::ranges::count(event, '\n'), 3) << "one event, one line of data";
  EXPECT_EQ(json::parse(shown.state()).at("devices").at(0).at("name"), "</script><img src=x onerror=alert(1)>\n\ndata: x\xEF\xBF\xBD");
}

TEST_F(SiteTest, AStreamBeginsWithTheWholeState) {
  const Answer answer = get("/api/events");
  EXPECT_TRUE(answer.stream);
  EXPECT_THAT(*answer.body, testing::StartsWith("event: state\ndata: {"));
  const std::string head = headOf(answer, false);
  EXPECT_THAT(head, HasSubstr("text/event-stream"));
  EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
}

TEST_F(SiteTest, EveryAnswerIsSafeInABrowser) {
  for (const Answer& answer : {get("/"), get("/api/state"), get("/nothing"), get("/api/events")}) {
    const std::string head = headOf(answer, true);
    for (const char* const line : {"default-src 'none'", "frame-ancestors 'self'", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
                                   "Cross-Origin-Resource-Policy: same-origin", "Cache-Control: no-store"}) {
      EXPECT_THAT(head, HasSubstr(line)) << head;
    }
    EXPECT_THAT(head, Not(HasSubstr("unsafe"))) << head;
    EXPECT_THAT(head, Not(HasSubstr("Access-Control"))) << head;
    EXPECT_THAT(head, Not(HasSubstr("X-Frame-Options"))) << head;
  }
}

TEST(PageTest, SaysWhichFileIsMissing) {
  const test::TempFolder folder;
  const Page page(folder.path());
  EXPECT_THAT(page.trouble(), HasSubstr("cannot be read"));
  EXPECT_EQ(page.file("/")->status, 503U);
}

}  // namespace
}  // namespace blupow::web
