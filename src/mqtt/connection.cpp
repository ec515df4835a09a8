#include "mqtt/connection.hpp"

#include <mosquitto.h>

#include <algorithm>
#include <cerrno>
#include <span>

namespace blupow::mqtt {

namespace {

constexpr int kKeepAlive = 15;  // s; a broker that hangs is noticed within two of them
constexpr int kQos = 1;
constexpr int kRefused = 0x80;               // SUBACK
constexpr int kWhileConnecting = 100;        // ms between looks at the bound
constexpr int kWhileConnected = 1000;        // ms; what is published wakes the thread at once
constexpr int kVerifyPeer = 1;               // SSL_VERIFY_PEER of OpenSSL
constexpr const char* kNewestTls = nullptr;  // 1.2 or newer
constexpr const char* kCiphersOfTheSystem = nullptr;

Connection& of(void* context) { return *static_cast<Connection*>(context); }

void onConnect(mosquitto* /*handle*/, void* context, int refusal) { of(context).answered(refusal); }

void onMessage(mosquitto* /*handle*/, void* context, const mosquitto_message* message) {
  const std::string_view payload(static_cast<const char*>(message->payload), static_cast<std::size_t>(message->payloadlen));
  of(context).events().received(Message{.topic = message->topic, .payload = std::string(payload), .retained = message->retain});
}

void onSubscribe(mosquitto* /*handle*/, void* context, int id, int count, const int* granted) {
  const bool all = count > 0 && std::ranges::all_of(std::span(granted, static_cast<std::size_t>(count)), [](int code) { return code < kRefused; });
  of(context).events().subscribed(id, all);
}

void onPublish(mosquitto* /*handle*/, void* context, int /*id*/) { of(context).events().acknowledged(); }

void onLog(mosquitto* /*handle*/, void* context, int level, const char* text) { of(context).logged(level, text); }

int lengthOf(std::string_view text) { return static_cast<int>(text.size()); }

}  // namespace

Connection::Connection(const BrokerSettings& settings, const Will& will, ConnectionEvents& events, const char* family)
    : settings_(settings), will_(will), events_(events), family_(family), handle_(mosquitto_new(settings.client_id.c_str(), true, this), mosquitto_destroy) {}

// The handle may live on for a moment elsewhere, but calls nobody any more: callbacks come from run(), but for the log's.
Connection::~Connection() {
  if (handle_) mosquitto_log_callback_set(handle_.get(), nullptr);
}

Ending Connection::run() {
  if (!handle_) {
    ending_.code = MOSQ_ERR_NOMEM;
    return ending_;
  }
  const TimePoint bound = Clock::now() + kAnswerBound;
  ending_.code = prepare();
  if (ending_.code == MOSQ_ERR_SUCCESS) ending_.code = connect();
  while (ending_.code == MOSQ_ERR_SUCCESS) {
    ending_.unwanted = !ending_.accepted && events_.unwanted();
    if (ending_.unwanted) break;
    ending_.overdue = !ending_.accepted && Clock::now() >= bound;
    if (ending_.overdue) break;
    errno = 0;
    ending_.code = mosquitto_loop(handle_.get(), ending_.accepted ? kWhileConnected : kWhileConnecting, 1);
    ending_.error_number = errno;
  }
  return ending_;
}

int Connection::prepare() {
  mosquitto* const handle = handle_.get();
  mosquitto_threaded_set(handle, true);
  mosquitto_connect_callback_set(handle, onConnect);
  mosquitto_message_callback_set(handle, onMessage);
  mosquitto_subscribe_callback_set(handle, onSubscribe);
  mosquitto_publish_callback_set(handle, onPublish);
  mosquitto_log_callback_set(handle, onLog);
  // An answer of several segments would wait up to 45 ms for an acknowledgement.
  mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1);
  if (!settings_.username.empty()) {
    mosquitto_username_pw_set(handle, settings_.username.c_str(), settings_.password.empty() ? nullptr : settings_.password.c_str());
  }
  const int willSet = mosquitto_will_set(handle, will_.topic.c_str(), lengthOf(will_.payload), will_.payload.data(), kQos, true);
  if (willSet != MOSQ_ERR_SUCCESS || !settings_.ssl) return willSet;
  mosquitto_tls_opts_set(handle, kVerifyPeer, kNewestTls, kCiphersOfTheSystem);
  if (settings_.ca_file.empty()) return mosquitto_int_option(handle, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
  if (mosquitto_tls_set(handle, settings_.ca_file.c_str(), nullptr, nullptr, nullptr, nullptr) == MOSQ_ERR_SUCCESS) return MOSQ_ERR_SUCCESS;
  ending_.tls = "CA file";
  return MOSQ_ERR_TLS;
}

int Connection::connect() {
  const bool local = settings_.host.starts_with('/');
  errno = 0;
  const int code = mosquitto_connect_bind_async(handle_.get(), settings_.host.c_str(), local ? 0 : settings_.port, kKeepAlive, family_);
  ending_.error_number = errno;
  return code;
}

void Connection::answered(int refusal) {
  ending_.refusal = refusal;
  if (refusal != 0) return;
  ending_.accepted = true;
  mosquitto_log_callback_set(handle_.get(), nullptr);  // from here on another thread may make it speak
  events_.accepted(handle_);
}

void Connection::logged(int level, const char* text) {
  if (level != MOSQ_LOG_ERR) return;
  if (!ending_.tls.empty()) ending_.tls += "; ";
  ending_.tls += text;
}

}  // namespace blupow::mqtt
