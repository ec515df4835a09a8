#include "mqtt/trouble.hpp"

#include <mosquitto.h>

#include <system_error>

#include "core/host_port.hpp"

namespace blupow::mqtt {

namespace {

// CONNACK's codes, MQTT 3.1.1 section 3.2.2.3.
constexpr int kBadLogin = 4;
constexpr int kNotAuthorised = 5;

Trouble refusedBy(int refusal) {
  if (refusal == kBadLogin || refusal == kNotAuthorised) return {TroubleKind::login_refused, "refuses user name or password"};
  return {TroubleKind::refused, std::string("refuses the connection: ") + mosquitto_connack_string(refusal)};
}

// libmosquitto's own check of the name logs this; the other checks are OpenSSL's, which tells them apart by no text.
Trouble tlsTrouble(const Ending& ending, const BrokerSettings& settings) {
  if (ending.tls.contains("host name verification failed")) {
    return {TroubleKind::certificate_refused, "has a certificate that is not accepted: it does not name " + settings.host};
  }
  if (ending.tls.contains("certificate verify failed")) {
    return {TroubleKind::certificate_refused, "has a certificate that is not accepted: its signer is not among the authorities, or its dates do not fit"};
  }
  if (ending.tls.contains("CA")) {
    const std::string authorities = settings.ca_file.empty() ? "the system's authorities" : settings.ca_file;
    return {TroubleKind::unusable_authorities, "cannot be checked: " + authorities + " cannot be used as certificate authorities"};
  }
  return {TroubleKind::refused, "does not agree on TLS" + (ending.tls.empty() ? "" : ": " + ending.tls)};
}

}  // namespace

Trouble troubleOf(const Ending& ending, const BrokerSettings& settings) {
  if (ending.refusal != 0) return refusedBy(ending.refusal);
  if (!ending.accepted && (ending.code == MOSQ_ERR_TLS || ending.tls.contains("certificate"))) return tlsTrouble(ending, settings);
  if (ending.overdue || ending.code == MOSQ_ERR_KEEPALIVE) {
    return {TroubleKind::silent, "does not answer within " + std::to_string(kAnswerBound.count()) + " s"};
  }
  if (ending.code == MOSQ_ERR_EAI) return {TroubleKind::unreachable, "is not reachable: no such host"};
  if (ending.code == MOSQ_ERR_ERRNO && ending.error_number != 0) {
    return {TroubleKind::unreachable, "is not reachable: " + std::generic_category().message(ending.error_number)};
  }
  return {TroubleKind::unreachable, ending.accepted ? "is not reachable: the connection was lost" : "is not reachable"};
}

std::string brokerName(const BrokerSettings& settings) {
  if (settings.host.starts_with('/')) return settings.host;
  return hostAndPort(settings.host, settings.port);
}

}  // namespace blupow::mqtt
