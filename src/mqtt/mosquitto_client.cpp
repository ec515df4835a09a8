#include "mqtt/mosquitto_client.hpp"

#include <mosquitto.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>

#include "mqtt/connection.hpp"
#include "mqtt/families.hpp"

namespace blupow::mqtt {

namespace {

constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kLongestPause{5};
constexpr int kQos = 1;

// libmosquitto wants to be initialised once in a process, before its first use.
void initialiseLibrary() {
  static const int result = mosquitto_lib_init();
  if (result != MOSQ_ERR_SUCCESS) spdlog::error("libmosquitto cannot be initialised: {}", mosquitto_strerror(result));
}

// Two clients of one id throw each other out for ever.
std::string randomClientId() {
  std::random_device random;
  return fmt::format("blupow-{:08x}{:08x}", random(), random());
}

}  // namespace

// One try to connect: with what, and which settings of the client's life they are.
struct MosquittoClient::Attempt {
  BrokerSettings settings;
  unsigned generation = 0;
};

// What both threads see. It outlives the client when the thread does.
struct MosquittoClient::Shared {
  using Task = std::move_only_function<void(MosquittoClient&)>;

  explicit Shared(Will lastWill) : will(std::move(lastWill)) {}

  void post(std::shared_ptr<Shared> self, Task task) {
    const std::lock_guard lock(mutex);
    if (loop == nullptr) return;
    loop->post("mqtt", [self = std::move(self), task = std::move(task)]() mutable {
      if (self->client != nullptr) task(*self->client);
    });
  }

  bool isUnwanted(unsigned attempted) {
    const std::lock_guard lock(mutex);
    return stopping || attempted != generation;
  }

  void use(BrokerSettings broker) {
    const std::lock_guard lock(mutex);
    settings = std::move(broker);
    if (settings->client_id.empty()) settings->client_id = ownId;
    ++generation;
    wake.notify_all();
  }

  // Waits until there are settings; nothing when the client stops.
  std::optional<Attempt> nextAttempt() {
    std::unique_lock lock(mutex);
    wake.wait(lock, [this] { return stopping || settings; });
    if (stopping) return std::nullopt;
    return Attempt{.settings = *settings, .generation = generation};
  }

  // Counted here, since to tell the loop of each acknowledgement would wake it for nothing.
  void sending() {
    const std::lock_guard lock(mutex);
    ++inFlight;
  }

  // Acknowledged, or not sent after all. Whether it is the last that a leaving client waits for.
  bool settled() {
    const std::lock_guard lock(mutex);
    if (inFlight > 0) --inFlight;
    return leaving && inFlight == 0;
  }

  void forgetSent() {
    const std::lock_guard lock(mutex);
    inFlight = 0;
  }

  // From now on settled() tells of the last one; whether there is none.
  bool leave() {
    const std::lock_guard lock(mutex);
    leaving = true;
    return inFlight == 0;
  }

  void requestStop() {
    const std::lock_guard lock(mutex);
    stopping = true;
    wake.notify_all();
  }

  // Cut short by a stop and by new settings; returns whether it was.
  bool pause(std::chrono::seconds time, unsigned attempted) {
    std::unique_lock lock(mutex);
    return wake.wait_for(lock, time, [this, attempted] { return stopping || attempted != generation; });
  }

  const Will will;
  const std::string ownId = randomClientId();
  MosquittoClient* client = nullptr;  // the loop's thread only; null once it has gone
  std::mutex mutex;                   // guards what follows
  std::condition_variable wake;
  runtime::Loop* loop = nullptr;  // null once the client has gone
  bool stopping = false;
  std::optional<BrokerSettings> settings;
  unsigned generation = 0;   // of the settings
  std::size_t inFlight = 0;  // published and not acknowledged
  bool leaving = false;
};

MosquittoClient::MosquittoClient(runtime::Loop& loop, Will will) : loop_(loop) {
  initialiseLibrary();
  shared_ = std::make_shared<Shared>(std::move(will));
  shared_->client = this;
  shared_->loop = &loop;
}

MosquittoClient::MosquittoClient(runtime::Loop& loop, BrokerSettings settings, Will will) : MosquittoClient(loop, std::move(will)) {
  shared_->use(std::move(settings));
}

MosquittoClient::~MosquittoClient() {
  shared_->requestStop();
  letGo();
}

void MosquittoClient::letGo() {
  shared_->client = nullptr;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->loop = nullptr;
  }
  if (thread_.joinable()) thread_.detach();
}

void MosquittoClient::start(ClientObserver& observer) {
  observer_ = &observer;
  thread_ = std::thread([shared = shared_] { runThread(shared); });
}

void MosquittoClient::use(BrokerSettings settings) { shared_->use(std::move(settings)); }

ConnectionEvents MosquittoClient::eventsFor(const std::shared_ptr<Shared>& shared, const Attempt& attempt) {
  return {
      .accepted = [shared, name = brokerName(attempt.settings)](
                      Handle handle) { shared->post(shared, [handle = std::move(handle), name](MosquittoClient& client) { client.accepted(handle, name); }); },
      .received =
          [shared](Message message) {
            shared->post(shared, [message = std::move(message)](MosquittoClient& client) {
              if (!client.stopping_) client.observer_->mqttReceived(message);
            });
          },
      .subscribed = [shared](int id, bool granted) { shared->post(shared, [id, granted](MosquittoClient& client) { client.subscribed(id, granted); }); },
      .acknowledged =
          [shared] {
            if (shared->settled()) shared->post(shared, [](MosquittoClient& client) { client.disconnect(); });
          },
      .unwanted = [shared, generation = attempt.generation] { return shared->isUnwanted(generation); },
  };
}

void MosquittoClient::runThread(const std::shared_ptr<Shared>& shared) {
  std::chrono::seconds pause = kFirstPause;
  while (const auto attempt = shared->nextAttempt()) {
    ConnectionEvents events = eventsFor(shared, *attempt);
    Ending ending;
    for (const char* const family : familiesOf(attempt->settings.host)) {
      ending = Connection(attempt->settings, shared->will, events, family).run();
      if (!ending.unreached()) break;
    }
    if (ending.accepted) pause = kFirstPause;
    shared->post(shared, [ending, settings = attempt->settings](MosquittoClient& client) { client.ended(ending, settings); });
    const bool cutShort = shared->pause(pause, attempt->generation);
    pause = cutShort ? kFirstPause : std::min(pause + kFirstPause, kLongestPause);
  }
  shared->post(shared, [](MosquittoClient& client) { client.finished(); });
}

// What was said of another broker is no news of this one.
void MosquittoClient::speakOf(const std::string& name) {
  std::string full = "MQTT broker " + name;
  if (full == name_) return;
  name_ = std::move(full);
  trouble_.reset();
}

void MosquittoClient::accepted(Handle handle, const std::string& name) {
  live_ = std::move(handle);
  shared_->forgetSent();
  if (stopping_) {
    disconnect();
    return;
  }
  speakOf(name);
  spdlog::info("{} is {}", name_, trouble_ ? "back" : "connected");
  trouble_.reset();
  observer_->mqttConnected();
}

void MosquittoClient::ended(const Ending& ending, const BrokerSettings& settings) {
  const bool wasConnected = live_ != nullptr;
  live_.reset();
  subscriptions_.clear();
  shared_->forgetSent();
  if (stopping_ || ending.unwanted) return;
  speakOf(brokerName(settings));
  const Trouble trouble = troubleOf(ending, settings);
  if (trouble_ != trouble.kind) {
    spdlog::warn("{} {}", name_, trouble.text);
  } else {
    spdlog::debug("{} {}", name_, trouble.text);
  }
  trouble_ = trouble.kind;
  if (wasConnected) {
    observer_->mqttDisconnected();
  } else {
    observer_->mqttFailed(trouble);
  }
}

void MosquittoClient::publish(std::string_view topic, std::string_view payload, bool retained) {
  if (!live_ || stopping_) return;
  const std::string topicText(topic);
  shared_->sending();
  const int result = mosquitto_publish(live_.get(), nullptr, topicText.c_str(), static_cast<int>(payload.size()), payload.data(), kQos, retained);
  if (result == MOSQ_ERR_SUCCESS) return;
  shared_->settled();
  spdlog::debug("not published on {}: {}", topic, mosquitto_strerror(result));
}

std::uint32_t MosquittoClient::subscribe(std::string_view filter) {
  if (!live_) return 0;
  std::string text(filter);
  int id = 0;
  if (mosquitto_subscribe(live_.get(), &id, text.c_str(), kQos) != MOSQ_ERR_SUCCESS) return 0;
  subscriptions_[id] = std::move(text);
  return static_cast<std::uint32_t>(id);
}

void MosquittoClient::unsubscribe(std::string_view filter) {
  if (live_) mosquitto_unsubscribe(live_.get(), nullptr, std::string(filter).c_str());
}

void MosquittoClient::subscribed(int id, bool granted) {
  const auto subscription = subscriptions_.extract(id);
  if (subscription.empty() || stopping_) return;
  if (granted) {
    observer_->mqttSubscribed(static_cast<std::uint32_t>(id));
  } else {
    spdlog::warn("{} refuses the subscription of {}", name_, subscription.mapped());
  }
}

void MosquittoClient::stop(Duration bound, std::move_only_function<void()> done) {
  done_ = std::move(done);
  stopping_ = true;
  if (!thread_.joinable()) {
    loop_.post("mqtt stopped", [shared = shared_] {
      if (shared->client != nullptr) shared->client->callDone();
    });
    return;
  }
  bound_ = loop_.at(loop_.now() + bound, "mqtt stop", [this] {
    shared_->requestStop();
    letGo();
    callDone();
  });
  const bool nothing_sent = shared_->leave();
  if (!live_ || nothing_sent) disconnect();
}

void MosquittoClient::disconnect() {
  shared_->requestStop();
  if (live_) mosquitto_disconnect(live_.get());
}

void MosquittoClient::finished() {
  thread_.join();
  callDone();
}

void MosquittoClient::callDone() {
  bound_.cancel();
  if (done_) std::exchange(done_, nullptr)();
}

}  // namespace blupow::mqtt
