// A gateway that keeps what it was asked; the test answers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/commands.hpp"

namespace blupow::test {

class FakeCommands final : public gateway::Commands {
 public:
  std::vector<gateway::DeviceSummary> devices() const override { return summaries; }
  void discover(Duration time, gateway::Answer<std::vector<gateway::HeardDevice>> answer) override {
    asked.push_back("discover " + std::to_string(inSeconds(time)));
    discovered = std::move(answer);
  }
  void add(gateway::AddRequest request, gateway::Answer<gateway::DeviceSummary> answer) override {
    asked.push_back("add " + request.address.text() + " " + request.type + " " + request.name);
    added = std::move(answer);
  }
  void remove(const MacAddress& address, gateway::Answer<void> answer) override {
    asked.push_back("remove " + address.text());
    removed = std::move(answer);
  }
  void refresh(const MacAddress& address, gateway::Answer<gateway::DeviceSummary> answer) override {
    asked.push_back("refresh " + address.text());
    refreshed = std::move(answer);
  }
  void identify(const MacAddress& address, gateway::Answer<gateway::DeviceSummary> answer) override {
    asked.push_back("identify " + address.text());
    identified = std::move(answer);
  }
  void release(const MacAddress& address, std::chrono::minutes time, gateway::Answer<void> answer) override {
    asked.push_back("release " + address.text() + " " + std::to_string(time.count()));
    released = std::move(answer);
  }
  void resume(const MacAddress& address, gateway::Answer<void> answer) override {
    asked.push_back("resume " + address.text());
    resumed = std::move(answer);
  }
  void set(const gateway::UnitAddress& unit, std::string key, std::string text, gateway::Answer<void> answer) override {
    asked.push_back("set " + unit.address.text() + (unit.unit ? "_" + std::to_string(*unit.unit) : "") + " " + key + " " + text);
    setEnded = std::move(answer);
  }

  std::vector<std::string> asked;
  std::vector<gateway::DeviceSummary> summaries;
  gateway::Answer<std::vector<gateway::HeardDevice>> discovered;
  gateway::Answer<gateway::DeviceSummary> added;
  gateway::Answer<void> removed;
  gateway::Answer<gateway::DeviceSummary> refreshed;
  gateway::Answer<gateway::DeviceSummary> identified;
  gateway::Answer<void> released;
  gateway::Answer<void> resumed;
  gateway::Answer<void> setEnded;
};

}  // namespace blupow::test
