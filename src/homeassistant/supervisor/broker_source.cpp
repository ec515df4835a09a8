#include "homeassistant/supervisor/broker_source.hpp"

#include <utility>

#include "mqtt/trouble.hpp"

namespace blupow::homeassistant::supervisor {

namespace {

constexpr std::uint16_t kTlsPort = 8883;

}  // namespace

mqtt::BrokerSettings settingsOf(const BrokerEntry& entry, const BrokerWishes& wishes) {
  const bool ownLogin = !wishes.username.empty();
  const bool ownTls = wishes.ssl && !entry.ssl;  // the entry's port is not for that
  return {.host = entry.host,
          .port = wishes.port.value_or(ownTls ? kTlsPort : entry.port),
          .username = ownLogin ? wishes.username : entry.username,
          .password = ownLogin ? wishes.password : entry.password,
          .ssl = wishes.ssl || entry.ssl,
          .ca_file = wishes.ca_file,
          .client_id = wishes.client_id};
}

BrokerSource::BrokerSource(runtime::Loop& loop, Api& api, TroubleLog& log, BrokerWishes wishes, Use use)
    : log_(log),
      wishes_(std::move(wishes)),
      use_(std::move(use)),
      inquiry_(loop, api, std::string(kBrokerPath), [this](const Outcome& outcome) { return judge(outcome); }) {}

void BrokerSource::start() { inquiry_.askNow(); }

void BrokerSource::accepted() {
  refused_ = false;
  inquiry_.rest();
  log_.forget(Question::broker);  // the client says that it is back
}

void BrokerSource::lost() { inquiry_.askSoon(); }

// The other failures need no haste: it is asked while they last. A login that is refused may be an old one.
void BrokerSource::failed(mqtt::TroubleKind kind) {
  if (kind != mqtt::TroubleKind::login_refused || std::exchange(refused_, true)) return;
  inquiry_.askNow();
}

void BrokerSource::stop() { inquiry_.rest(); }

Next BrokerSource::judge(const Outcome& outcome) {
  const auto entry = brokerOf(outcome);
  if (!entry) {
    log_.failed(Question::broker, entry.error());
    return nextAfter(entry.error());
  }
  const bool isNew = entry_ != *entry;
  if (isNew) {
    entry_ = *entry;
    refused_ = false;
  }
  mqtt::BrokerSettings settings = settingsOf(*entry, wishes_);
  log_.answered(Question::broker, "the Supervisor names the MQTT broker " + mqtt::brokerName(settings), isNew);
  if (isNew) use_(std::move(settings));
  return Next::again;  // until the broker has accepted us
}

}  // namespace blupow::homeassistant::supervisor
