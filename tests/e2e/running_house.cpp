#include "e2e/running_house.hpp"

#include <iostream>

namespace blupow::test {

void RunningHouse::TearDown() {
  if (!service) return;
  EXPECT_TRUE(service->running()) << "nothing ends the program";
  EXPECT_EQ(service->output().find(" error "), std::string::npos);
  EXPECT_EQ(service->errors(), "");
  if (HasFailure()) std::cerr << service->all();
}

bool RunningHouse::start(Json options) {
  if (!ear) ear.emplace(broker.socket());
  options_ = std::move(options);
  const std::size_t position = ear->count();
  startService(options_);
  return ear->waitFor("blupow/gateway/status", "online", position);
}

bool RunningHouse::startAnew(int signal) {
  service->signal(signal);
  return service->wait() && start(options_);
}

RunningHouse::Json RunningHouse::device(const std::string& address) {
  for (const Json& entry : command("get_devices").value("devices", Json::array())) {
    if (entry.at("address") == address) return entry;
  }
  return {};
}

bool RunningHouse::hears(const std::string& topic, const Fits& fits, std::size_t from, std::chrono::milliseconds bound) {
  const auto isFitting = [&](const std::string& text) {
    const Json document = Json::parse(text, nullptr, false);
    return document.is_object() && fits(document);
  };
  return ear->waitFor(topic, isFitting, from, bound);
}

bool RunningHouse::hearsAny(const std::string& topic, std::size_t from, std::chrono::milliseconds bound) {
  return hears(topic, [](const Json&) { return true; }, from, bound);
}

RunningHouse::Json RunningHouse::last(const std::string& topic) const {
  const Json document = Json::parse(ear->last(topic), nullptr, false);
  return document.is_object() ? document : Json::object();
}

std::vector<std::string> RunningHouse::units(const std::string& what, std::size_t from) const {
  std::vector<std::string> found;
  for (const std::string& topic : ear->topics(from)) {
    if (topic.starts_with("blupow/") && topic.ends_with("/" + what) && !topic.starts_with("blupow/gateway/")) found.push_back(topic);
  }
  return found;
}

std::map<int, int> RunningHouse::reads(const std::string& address) {
  std::map<int, int> times;
  const Json counters = Json::parse(simulator.tell(R"({"do":"counters"})"));
  for (const auto& [unit, registers] : counters.at("devices").at(address).at("reads").items()) {
    for (const auto& [first, count] : registers.items()) times[std::stoi(unit)] += count.get<int>();
  }
  return times;
}

}  // namespace blupow::test
