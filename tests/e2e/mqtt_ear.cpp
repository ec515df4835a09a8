#include "e2e/mqtt_ear.hpp"

#include <mosquitto.h>

#include <algorithm>
#include <stdexcept>

namespace blupow::test {

MqttEar::MqttEar(const std::filesystem::path& socket) {
  mosquitto_lib_init();
  handle_ = mosquitto_new(nullptr, true, this);
  mosquitto_subscribe_callback_set(handle_, [](mosquitto*, void* self, int, int, const int*) { static_cast<MqttEar*>(self)->subscribed(); });
  mosquitto_message_callback_set(handle_, [](mosquitto*, void* self, const mosquitto_message* message) {
    const auto* const payload = static_cast<const char*>(message->payload);
    static_cast<MqttEar*>(self)->heard(
        {.topic = message->topic, .payload = std::string(payload, static_cast<std::size_t>(message->payloadlen)), .retained = message->retain});
  });
  mosquitto_connect_callback_set(handle_, [](mosquitto* handle, void*, int) { mosquitto_subscribe(handle, nullptr, "#", 1); });
  if (mosquitto_connect(handle_, socket.c_str(), 0, 60) != MOSQ_ERR_SUCCESS) throw std::runtime_error("the broker does not let the ear in");
  mosquitto_loop_start(handle_);
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kBound, [this] { return subscribed_; })) throw std::runtime_error("the broker does not let the ear listen");
}

MqttEar::~MqttEar() {
  mosquitto_disconnect(handle_);
  mosquitto_loop_stop(handle_, false);
  mosquitto_destroy(handle_);
  mosquitto_lib_cleanup();
}

void MqttEar::say(const std::string& topic, const std::string& payload, bool retained) {
  mosquitto_publish(handle_, nullptr, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 1, retained);
}

bool MqttEar::waitFor(const std::string& topic, const Fits& fits, std::size_t from, std::chrono::milliseconds bound) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, bound, [&] {
    while (from < heard_.size()) {
      const Heard& message = heard_[from++];
      if (message.topic == topic && fits(message.payload)) return true;
    }
    return false;
  });
}

bool MqttEar::waitFor(const std::string& topic, const std::string& payload, std::size_t from, std::chrono::milliseconds bound) {
  return waitFor(topic, [&](const std::string& said) { return said == payload; }, from, bound);
}

std::size_t MqttEar::count() const {
  const std::lock_guard lock(mutex_);
  return heard_.size();
}

std::string MqttEar::last(const std::string& topic) const {
  const auto payloads = of(topic);
  return payloads.empty() ? std::string() : payloads.back();
}

std::vector<std::string> MqttEar::of(const std::string& topic, std::size_t from) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> payloads;
  for (std::size_t index = from; index < heard_.size(); ++index) {
    if (heard_[index].topic == topic) payloads.push_back(heard_[index].payload);
  }
  return payloads;
}

std::vector<MqttEar::Heard> MqttEar::all(std::size_t from) const {
  const std::lock_guard lock(mutex_);
  return {heard_.begin() + static_cast<std::ptrdiff_t>(std::min(from, heard_.size())), heard_.end()};
}

std::set<std::string> MqttEar::topics(std::size_t from) const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> topics;
  for (std::size_t index = from; index < heard_.size(); ++index) topics.insert(heard_[index].topic);
  return topics;
}

void MqttEar::subscribed() {
  const std::lock_guard lock(mutex_);
  subscribed_ = true;
  changed_.notify_all();
}

void MqttEar::heard(Heard message) {
  const std::lock_guard lock(mutex_);
  heard_.push_back(std::move(message));
  changed_.notify_all();
}

}  // namespace blupow::test
