// The room in simulated time with a fake broker and a fake gateway.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gateway/fake_commands.hpp"
#include "gateway/sample_devices.hpp"
#include "homeassistant/fake_client.hpp"
#include "homeassistant/home_assistant.hpp"

namespace blupow::homeassistant {

using namespace test;

class HomeTest : public testing::Test {
 protected:
  void start(const Settings& settings = {.version = "2.0.0"}) {
    home = std::make_unique<HomeAssistant>(
        loop, client, commands, settings, [this] { ++restarts; },
        Memory{.text = remembered, .save = [this](std::string text) { remembered = std::move(text); }});
    home->start();
  }

  void connect() {
    client.connect();
    loop.settle();
  }

  // As after a kill: only what is on the broker and on disk is left.
  void startAgain(const Settings& settings = {.version = "2.0.0"}) {
    client.disconnect();
    home.reset();
    client.published.clear();
    start(settings);
  }

  void poll(SampleDevice& device, profile::Readings readings) {
    const bool wasOnline = device.online;
    device.poll(std::move(readings));
    home->unitPolled(device.view(), device.unitView());
    if (!wasOnline) home->unitAvailability(device.view(), device.unitView());
  }

  // Added, polled and announced.
  SampleDevice settled(SampleDevice device, profile::Readings readings) {
    home->deviceAdded(device.view());
    poll(device, std::move(readings));
    loop.advance(std::chrono::seconds(5));
    return device;
  }

  void homeAssistantStarts() {
    client.receive("homeassistant/status", "online");
    loop.advance(std::chrono::seconds(20));
  }

  nlohmann::json retainedJson(const std::string& topic) const {
    const auto found = client.retained.find(topic);
    return found == client.retained.end() ? nlohmann::json() : nlohmann::json::parse(found->second);
  }

  std::vector<std::string> payloadsOn(const std::string& topic) const {
    std::vector<std::string> payloads;
    for (const Published& message : client.on(topic)) payloads.push_back(message.payload);
    return payloads;
  }

  runtime::SimulatedLoop loop;
  FakeClient client{loop};
  FakeCommands commands;
  std::unique_ptr<HomeAssistant> home;
  std::string remembered;  // of one life to the next
  int restarts = 0;
};

}  // namespace blupow::homeassistant
