#include "web/guard.hpp"

#include <gtest/gtest.h>

namespace blupow::web {
namespace {

const Settings kLocal{.address = "127.0.0.1"};
const Settings kIngress{.address = "0.0.0.0", .behind_ingress = true};
const Settings kOpen{.address = "192.168.1.5"};

bool admits(const Settings& settings, const std::string& peer) { return Guard(settings).admits(boost::asio::ip::make_address(peer)); }

unsigned hostStatus(const Settings& settings, const std::string& host) {
  const auto refused = Guard(settings).refuseHost({.host = host});
  return refused ? refused->status : 200;
}

Request goodCommand() {
  return {.method = Method::post, .target = "/api/commands", .host = "127.0.0.1:8099", .content_type = "application/json", .marked = true};
}

unsigned writerStatus(const Settings& settings, const Request& request) {
  const auto refused = Guard(settings).refuseWriter(request);
  return refused ? refused->status : 200;
}

TEST(GuardTest, InsideTheAddOnOnlyTheIngressAndLoopbackAreAnswered) {
  for (const char* const peer : {"172.30.32.2", "127.0.0.1", "127.8.9.1", "::1", "::ffff:172.30.32.2", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(admits(kIngress, peer)) << peer;
  }
  for (const char* const peer :
       {"172.30.32.1", "172.30.32.3", "172.30.33.2", "192.168.1.5", "::", "0.0.0.0", "::ffff:172.30.32.1", "::172.30.32.2", "fd0c:ac1e:2100::2"}) {
    EXPECT_FALSE(admits(kIngress, peer)) << peer;
  }
}

TEST(GuardTest, OutsideItWhoeverReachesTheAddressIsAnswered) {
  EXPECT_TRUE(admits(kLocal, "127.0.0.1"));
  EXPECT_TRUE(admits(kOpen, "192.168.1.77"));
}

TEST(GuardTest, ANameOfSomebodyElsesDnsIsRefusedOnLoopback) {
  for (const char* const host :
       {"localhost", "localhost:8099", "LOCALHOST:80", "127.0.0.1:8099", "127.0.0.1", "127.5.5.5:1", "[::1]:8099", "[::1]", "[::ffff:127.0.0.1]:8099"}) {
    EXPECT_EQ(hostStatus(kLocal, host), 200U) << host;
  }
  for (const char* const host :
       {"", "evil.example", "evil.example:8099", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.5:8099", "127.0.0.1:x",
        "127.0.0.1:", "127.0.0.1:123456", "[::1", "[::1]x", "::1", "127.1", "0x7f000001", "localhost:80:80", "localhost@evil", " localhost"}) {
    EXPECT_EQ(hostStatus(kLocal, host), 421U) << host;
  }
  EXPECT_EQ(hostStatus({.address = "::1"}, "evil.example"), 421U);
}

TEST(GuardTest, OnAnAddressOfTheUsersChoiceAddressesAndNamesOfTheHomeNetworkWillDo) {
  for (const char* const host : {"192.168.1.5:8099", "127.0.0.1:8099", "[fd00::5]:8099", "localhost", "solar:8099", "solar.lan:8099", "SOLAR.Local",
                                 "solar.home.arpa", "host.docker.internal"}) {
    EXPECT_EQ(hostStatus(kOpen, host), 200U) << host;
  }
  for (const char* const host :
       {"", "evil.example", "solar.lan.evil.example:8099", "192.168.1.5.evil.example", "local.", "evil.example.:8099", "[solar.local", "a:b"}) {
    EXPECT_EQ(hostStatus(kOpen, host), 421U) << host;
  }
}

TEST(GuardTest, BehindTheIngressAnyNameWillDo) { EXPECT_EQ(hostStatus(kIngress, "homeassistant.example:8123"), 200U); }

TEST(GuardTest, AnotherSitesPageReadsNothing) {
  const Guard guard(kIngress);
  for (const char* const site : {"", "same-origin", "none"}) EXPECT_FALSE(guard.refuseReader({.fetch_site = site})) << site;
  for (const char* const site : {"cross-site", "same-site", "anything"}) EXPECT_TRUE(guard.refuseReader({.fetch_site = site})) << site;
}

TEST(GuardTest, ACommandComesFromOurOwnPageOrFromNoPage) {
  for (const Settings& settings : {kLocal, kIngress, kOpen}) {
    Request request = goodCommand();
    EXPECT_EQ(writerStatus(settings, request), 200U) << "a program";
    request.fetch_site = "same-origin";
    request.origin = "http://127.0.0.1:8099";
    EXPECT_EQ(writerStatus(settings, request), 200U) << "our page";
    for (const char* const site : {"cross-site", "same-site", "none"}) {
      request.fetch_site = site;
      EXPECT_EQ(writerStatus(settings, request), 403U) << site;
    }
  }
}

TEST(GuardTest, OurMarkForcesAPreflightThatNobodyPasses) {
  Request request = goodCommand();
  request.marked = false;
  EXPECT_EQ(writerStatus(kIngress, request), 403U);
}

TEST(GuardTest, WhatAFormCanSendIsNoCommand) {
  Request request = goodCommand();
  for (const char* const type :
       {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=application/json", "application/jsonx", "json"}) {
    request.content_type = type;
    EXPECT_EQ(writerStatus(kLocal, request), 415U) << type;
  }
  for (const char* const type : {"application/json", "Application/JSON; charset=utf-8", "application/json;x"}) {
    request.content_type = type;
    EXPECT_EQ(writerStatus(kLocal, request), 200U) << type;
  }
}

TEST(GuardTest, TheOriginIsOursOrBehindTheIngressHomeAssistants) {
  Request request = goodCommand();
  request.origin = "http://homeassistant.local:8123";
  EXPECT_EQ(writerStatus(kLocal, request), 403U);
  EXPECT_EQ(writerStatus(kIngress, request), 200U) << "our Host is that of a proxy";
  for (const char* const origin : {"null", "http://127.0.0.1:8098", "http://127.0.0.1:80990", "http://evil.example"}) {
    request.origin = origin;
    EXPECT_EQ(writerStatus(kLocal, request), 403U) << origin;
  }
  request.origin = "null";
  EXPECT_EQ(writerStatus(kIngress, request), 403U) << "a frame in a sandbox";
}

}  // namespace
}  // namespace blupow::web
