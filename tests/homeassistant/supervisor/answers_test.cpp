#include "homeassistant/supervisor/answers.hpp"

#include <gmock/gmock.h>

#include <set>

#include "homeassistant/supervisor/address.hpp"
#include "homeassistant/supervisor/broker_source.hpp"

namespace blupow::homeassistant::supervisor {
namespace {

using testing::HasSubstr;
using testing::Not;

Outcome good(const std::string& data) { return Answer{.status = 200, .body = R"({"result": "ok", "data": )" + data + "}"}; }

Outcome error(unsigned status, const std::string& message) { return Answer{.status = status, .body = R"({"result": "error", "message": ")" + message + "\"}"}; }

// The kind of trouble that is read from it; fails when there is none.
TroubleKind brokerTrouble(const Outcome& outcome) {
  const auto entry = brokerOf(outcome);
  EXPECT_FALSE(entry.has_value());
  return entry ? TroubleKind::unusable : entry.error().kind;
}

std::string unusableBroker(const std::string& data) {
  const auto entry = brokerOf(good(data));
  if (entry || entry.error().kind != TroubleKind::unusable) return "taken";
  return entry.error().what;
}

TEST(Answers, TheMosquittoAddOnsEntryIsRead) {
  const auto entry = brokerOf(good(R"({"addon": "core_mosquitto", "host": "core-mosquitto", "password": "p4ss", "port": 1883, "protocol": "3.1.1",
    "ssl": false, "username": "addons"})"));
  ASSERT_TRUE(entry.has_value()) << entry.error().what;
  EXPECT_EQ(*entry, (BrokerEntry{.host = "core-mosquitto", .port = 1883, .username = "addons", .password = "p4ss", .ssl = false}));
}

TEST(Answers, ABrokerNeedsNoLogin) {
  EXPECT_EQ(brokerOf(good(R"({"host": "10.0.0.1", "port": 1884})")), (BrokerEntry{.host = "10.0.0.1", .port = 1884}));
  EXPECT_EQ(brokerOf(good(R"({"host": "fd0c:ac1e::1", "port": "8883", "username": null, "ssl": true})")),
            (BrokerEntry{.host = "fd0c:ac1e::1", .port = 8883, .ssl = true}));
}

TEST(Answers, RefusalsAreToldApart) {
  EXPECT_EQ(brokerTrouble(error(400, "Service not enabled")), TroubleKind::no_broker);
  EXPECT_EQ(brokerTrouble(error(400, "System is not ready with state: setup")), TroubleKind::not_ready);
  EXPECT_EQ(brokerTrouble(error(403, "No access to mqtt service!")), TroubleKind::not_declared);
  EXPECT_EQ(brokerTrouble(Answer{.status = 403, .body = "403: Forbidden"}), TroubleKind::token_refused);
  EXPECT_EQ(brokerTrouble(Answer{.status = 401, .body = "401: Unauthorized"}), TroubleKind::token_refused);
  EXPECT_EQ(brokerTrouble(error(400, "Something else")), TroubleKind::unusable);
  EXPECT_EQ(brokerTrouble(Answer{.status = 502, .body = "502: Bad Gateway"}), TroubleKind::unusable);
  EXPECT_EQ(brokerTrouble(Answer{.status = 302, .body = ""}), TroubleKind::unusable);
}

TEST(Answers, WhatIsNoAnswerIsPassedOn) {
  EXPECT_EQ(brokerTrouble(std::unexpected(Trouble{.kind = TroubleKind::silent, .what = "x"})), TroubleKind::silent);
  EXPECT_EQ(slugOf(std::unexpected(Trouble{.kind = TroubleKind::silent, .what = "x"})).error().kind, TroubleKind::silent);
}

TEST(Answers, AnotherShapeIsRefusedInWords) {
  for (const char* const body : {"", "no json", "[]", "null", "1", "\"text\"", "{}", R"({"result": "ok"})", R"({"result": "ok", "data": []})",
                                 R"({"result": "error", "data": {}})", R"({"data": {"host": "h", "port": 1}})", R"({"result": "ok", "data": {"host": "h")"}) {
    const auto entry = brokerOf(Answer{.status = 200, .body = body});
    ASSERT_FALSE(entry.has_value()) << body;
    EXPECT_EQ(entry.error().kind, TroubleKind::unusable) << body;
  }
}

TEST(Answers, ValuesThatCannotBeAreRefusedInWords) {
  for (const char* const port : {"0", "-1", "65536", "1e9", "1883.5", "99999999999999999999", "true", "null", "[]", "\"\"", "\"18x\"", "\"70000\"", "\"-1\""}) {
    EXPECT_THAT(unusableBroker(R"({"host": "h", "port": )" + std::string(port) + "}"), HasSubstr("port")) << port;
  }
  EXPECT_THAT(unusableBroker(R"({"host": "h"})"), HasSubstr("port"));
  for (const char* const host :
       {"\"\"", "null", "1", "[]", R"("a b")", R"("a\nb")", R"("a\u0000b")", R"("/run/dbus/system_bus_socket")", R"("h/path")", R"("user@h")", R"("\u00e4")"}) {
    EXPECT_THAT(unusableBroker(R"({"port": 1883, "host": )" + std::string(host) + "}"), HasSubstr("host")) << host;
  }
  EXPECT_THAT(unusableBroker(R"({"port": 1883, "host": ")" + std::string(256, 'h') + "\"}"), HasSubstr("host"));
  for (const char* const text : {"1", "[]", "{}", "true", R"("a\u0000b")", R"("a\nb")"}) {
    EXPECT_THAT(unusableBroker(R"({"host": "h", "port": 1, "username": )" + std::string(text) + "}"), HasSubstr("user name")) << text;
    EXPECT_THAT(unusableBroker(R"({"host": "h", "port": 1, "password": )" + std::string(text) + "}"), HasSubstr("password")) << text;
  }
  EXPECT_THAT(unusableBroker(R"({"host": "h", "port": 1, "password": ")" + std::string(2000, 'p') + "\"}"), HasSubstr("1024 bytes"));
  for (const char* const ssl : {"1", "\"yes\"", "[]"})
    EXPECT_THAT(unusableBroker(R"({"host": "h", "port": 1, "ssl": )" + std::string(ssl) + "}"), HasSubstr("ssl"));
}

TEST(Answers, NothingOfAnAnswerIsRepeated) {
  for (const Outcome& outcome : {good(R"({"host": "h s3cret", "port": 1})"), good(R"({"host": "h", "port": 1, "password": "s3cret\n"})"), error(400, "s3cret"),
                                 error(403, "s3cret"), Outcome(Answer{.status = 500, .body = "s3cret"}), Outcome(Answer{.status = 200, .body = "s3cret"})}) {
    EXPECT_THAT(brokerOf(outcome).error().what, Not(HasSubstr("s3cret")));
    EXPECT_THAT(slugOf(outcome).error().what, Not(HasSubstr("s3cret")));
  }
}

TEST(Answers, DeepNestingDoesNoHarm) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  EXPECT_EQ(brokerOf(good(R"({"host": "h", "port": 1, "more": )" + deep + "}")), (BrokerEntry{.host = "h", .port = 1}));
  EXPECT_EQ(slugOf(good(R"({"more": )" + deep + R"(, "slug": "local_blupow"})")), "local_blupow");
}

TEST(Answers, TheSlugLeadsToThePage) {
  EXPECT_EQ(slugOf(good(R"({"slug": "a0d7b954_blupow", "options": {"mqtt": {}}, "state": "started"})")), "a0d7b954_blupow");
  EXPECT_EQ(pageOf("a0d7b954_blupow"), "homeassistant://hassio/ingress/a0d7b954_blupow");
}

TEST(Answers, ASlugThatWouldSpoilADocumentIsRefused) {
  for (const char* const slug : {"\"\"", "null", "1", R"("a b")", R"("a/../b")", R"("a\"b")", R"("a?b")", R"("\u00e4")"}) {
    EXPECT_FALSE(slugOf(good(R"({"slug": )" + std::string(slug) + "}")).has_value()) << slug;
  }
  EXPECT_FALSE(slugOf(good(R"({"slug": ")" + std::string(200, 's') + "\"}")).has_value());
}

TEST(Answers, EveryTroubleHasACure) {
  std::set<std::string> cures;
  for (const auto kind : {TroubleKind::no_broker, TroubleKind::not_ready, TroubleKind::token_refused, TroubleKind::not_declared, TroubleKind::unreachable}) {
    cures.insert(cureOf(kind, true));
    EXPECT_TRUE(cureOf(kind, true).ends_with("."));
    EXPECT_THAT(cureOf(kind, false), Not(HasSubstr("mqtt.host"))) << "the options name one already";
  }
  EXPECT_EQ(cures.size(), 5U);
}

TEST(Answers, OptionsGoBeforeTheSupervisorsWords) {
  const BrokerEntry entry{.host = "core-mosquitto", .port = 1883, .username = "addons", .password = "theirs"};
  EXPECT_EQ(settingsOf(entry, {}), (mqtt::BrokerSettings{.host = "core-mosquitto", .port = 1883, .username = "addons", .password = "theirs"}));
  EXPECT_EQ(settingsOf(entry, {.port = 1884, .username = "me", .password = "mine", .client_id = "shed"}),
            (mqtt::BrokerSettings{.host = "core-mosquitto", .port = 1884, .username = "me", .password = "mine", .client_id = "shed"}));
  EXPECT_EQ(settingsOf(entry, {.username = "me"}).password, "") << "a login goes as a whole";
  const auto withTls = settingsOf(entry, {.ssl = true, .ca_file = "/ssl/ca.pem"});
  EXPECT_TRUE(withTls.ssl);
  EXPECT_EQ(withTls.port, 8883);
  EXPECT_EQ(withTls.ca_file, "/ssl/ca.pem");
  EXPECT_TRUE(settingsOf({.host = "h", .port = 1885, .ssl = true}, {}).ssl);
  EXPECT_EQ(settingsOf({.host = "h", .port = 1885, .ssl = true}, {.ssl = true}).port, 1885);
}

TEST(SupervisorAddress, TakesUrlsOfHttpOnly) {
  EXPECT_EQ(parseUrl(kDefaultUrl), Address{});
  EXPECT_EQ(parseUrl("http://127.0.0.1:8080/"), (Address{.host = "127.0.0.1", .port = 8080}));
  EXPECT_EQ(parseUrl("http://hassio/core/api/"), (Address{.host = "hassio", .port = 80, .prefix = "/core/api"}));
  EXPECT_EQ(parseUrl("http://127.0.0.1:8080/x")->text(), "http://127.0.0.1:8080/x");
  for (const char* const url : {"", "supervisor", "https://supervisor", "http://", "http://:80", "http://h:", "http://h:0", "http://h:65536", "http://h:8x",
                                "http://user:secret@h", "http://h/a b", "http://h/a?token=secret", "http://h\r\nX: y", "http://h/\r\nX: y"}) {
    const auto address = parseUrl(url);
    ASSERT_FALSE(address.has_value()) << url;
    EXPECT_THAT(address.error(), Not(HasSubstr("secret")));
  }
}

TEST(SupervisorAddress, ATokenFitsIntoAHeader) {
  EXPECT_TRUE(isToken("0123456789abcdef"));
  for (const char* const token : {"", "a b", "a\r\nX: y", "\xc3\xa4", "a\x7f"}) EXPECT_FALSE(isToken(token));
}

}  // namespace
}  // namespace blupow::homeassistant::supervisor
