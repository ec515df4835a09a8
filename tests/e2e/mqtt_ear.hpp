// A client of a broker that is no part of the program: hears everything, remembers it in order, says what a test wants said. Every wait is bounded.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.hpp"

struct mosquitto;

namespace blupow::test {

class MqttEar {
 public:
  struct Heard {
    std::string topic;
    std::string payload;
    bool retained = false;  // was there before we came
  };
  using Fits = std::function<bool(const std::string& payload)>;

  // Listens to all topics; returns when the broker has accepted that.
  explicit MqttEar(const std::filesystem::path& socket);
  ~MqttEar();
  MqttEar(const MqttEar&) = delete;
  MqttEar& operator=(const MqttEar&) = delete;

  void say(const std::string& topic, const std::string& payload, bool retained = false);

  // Until a message on the topic fits, beginning with those heard from position on; false when the bound passed.
  bool waitFor(const std::string& topic, const Fits& fits, std::size_t from = 0, std::chrono::milliseconds bound = kBound);
  bool waitFor(const std::string& topic, const std::string& payload, std::size_t from = 0, std::chrono::milliseconds bound = kBound);

  std::size_t count() const;                                                          // heard so far: a position
  std::string last(const std::string& topic) const;                                   // empty when nothing was heard
  std::vector<std::string> of(const std::string& topic, std::size_t from = 0) const;  // payloads in order
  std::vector<Heard> all(std::size_t from = 0) const;                                 // in order
  std::set<std::string> topics(std::size_t from = 0) const;                           // on which something was said

 private:
  void subscribed();
  void heard(Heard message);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Heard> heard_;
  bool subscribed_ = false;
  mosquitto* handle_ = nullptr;
};

}  // namespace blupow::test
