// A broker's client that keeps what it was given, with the moment; the test says when it is connected and what comes. Retained messages are kept
// as a broker would, and given to subscriptions.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "mqtt/client.hpp"
#include "runtime/simulated_loop.hpp"

namespace blupow::homeassistant {

struct Published {
  std::string topic;
  std::string payload;
  bool retained = false;
  TimePoint at;
};

class FakeClient final : public mqtt::Client {
 public:
  explicit FakeClient(runtime::SimulatedLoop& loop) : loop_(loop) {}

  void start(mqtt::ClientObserver& observer) override { observer_ = &observer; }
  void use(mqtt::BrokerSettings settings) override { used.push_back(std::move(settings)); }
  bool connected() const override { return connected_; }
  void publish(std::string_view topic, std::string_view payload, bool keep) override {
    if (!connected_) return;
    published.push_back({std::string(topic), std::string(payload), keep, loop_.now()});
    if (onPublished) onPublished(published.back());
    if (keep && payload.empty()) retained.erase(std::string(topic));
    if (keep && !payload.empty()) retained[std::string(topic)] = payload;
  }
  std::uint32_t subscribe(std::string_view filter) override {
    if (!connected_) return 0;
    filters.emplace_back(filter);
    const auto id = ++count_;
    loop_.post("suback", [this, id, text = std::string(filter)] {
      observer_->mqttSubscribed(id);
      const std::map<std::string, std::string> now = retained;
      for (const auto& [topic, payload] : now) {
        if (matches(text, topic)) observer_->mqttReceived({topic, payload, true});
      }
    });
    return id;
  }
  void unsubscribe(std::string_view filter) override { std::erase(filters, filter); }
  void stop(Duration /*bound*/, std::move_only_function<void()> done) override { loop_.post("stopped", std::move(done)); }

  // The test's side.
  void connect() {
    connected_ = true;
    observer_->mqttConnected();
  }
  void disconnect() {
    connected_ = false;
    filters.clear();
    observer_->mqttDisconnected();
  }
  void fail(mqtt::TroubleKind kind) { observer_->mqttFailed({.kind = kind, .text = "fails"}); }
  void receive(const std::string& topic, const std::string& payload, bool isRetained = false) { observer_->mqttReceived({topic, payload, isRetained}); }

  std::vector<std::string> topics() const {
    std::vector<std::string> result;
    result.reserve(published.size());
    for (const Published& message : published) result.push_back(message.topic);
    return result;
  }
  std::vector<Published> on(std::string_view topic) const {
    std::vector<Published> result;
    std::ranges::copy_if(published, std::back_inserter(result), [topic](const Published& message) { return message.topic == topic; });
    return result;
  }

  std::function<void(const Published&)> onPublished;  // may be empty
  std::vector<Published> published;
  std::map<std::string, std::string> retained;
  std::vector<std::string> filters;
  std::vector<mqtt::BrokerSettings> used;

 private:
  // A filter's + is one level.
  static bool matches(std::string_view filter, std::string_view topic) {
    while (true) {
      const std::string_view wanted = filter.substr(0, filter.find('/'));
      const std::string_view level = topic.substr(0, topic.find('/'));
      if (wanted != "+" && wanted != level) return false;
      if (wanted.size() == filter.size() || level.size() == topic.size()) return wanted.size() == filter.size() && level.size() == topic.size();
      filter.remove_prefix(wanted.size() + 1);
      topic.remove_prefix(level.size() + 1);
    }
  }

  runtime::SimulatedLoop& loop_;
  mqtt::ClientObserver* observer_ = nullptr;
  bool connected_ = false;
  std::uint32_t count_ = 0;
};

}  // namespace blupow::homeassistant
