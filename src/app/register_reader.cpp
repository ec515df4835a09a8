#include "app/register_reader.hpp"

#include <algorithm>
#include <utility>

#include "device/identification.hpp"

namespace blupow::app {

namespace {

constexpr Duration kTryAgain = std::chrono::seconds(1);

}  // namespace

RegisterReader::RegisterReader(const gateway::Surroundings& around, const MacAddress& address, runtime::Task ended)
    : loop_(around.loop), air_(around.air), ended_(std::move(ended)), link_(around.transport.link(address, *this)) {
  for (const profile::ProfilePtr& family : around.catalogue.all()) {
    const profile::Gatt& gatt = family->gatt;
    if (gatt.write.empty()) continue;
    pause_ = std::max<Duration>(pause_, family->pause_after_subscribe);
    between_ = std::max<Duration>(between_, family->pause_between_requests);
    ble::GattPath path{gatt.write_service, gatt.write, gatt.notify_service, gatt.notify};
    if (std::ranges::find(paths_, path) == paths_.end()) paths_.push_back(std::move(path));
  }
}

void RegisterReader::start(const std::vector<std::uint8_t>& units, bool first_only) {
  for (const std::uint8_t unit : units) dumps_.emplace_back(unit);
  first_only_ = first_only;
  connect();
}

void RegisterReader::stop() {
  if (std::exchange(stopping_, true)) return;
  reading_ = false;
  scan_wish_.reset();
  timer_.cancel();
  link_->disconnect();
}

void RegisterReader::connect() {
  scan_wish_.emplace(air_);
  link_->connect();
}

void RegisterReader::linkConnected() { link_->resolve(paths_); }

void RegisterReader::linkResolved(std::size_t /*path*/) { link_->subscribe(); }

void RegisterReader::linkSubscribed() {
  scan_wish_.reset();
  exchange_.reset(loop_.now() + pause_);
  request_.reset();
  reading_ = true;
  look();
}

void RegisterReader::linkReceived(ByteView notification) {
  if (!reading_) return;
  if (const auto result = exchange_.feed(notification, between_, loop_.now())) settle(*result);
  look();
}

void RegisterReader::linkFailed(const Failure& failure) {
  const bool busy = reading_ && failure.kind == FailureKind::retry_now && exchange_.rewriteLater(loop_.now());
  if (busy) {
    look();
  } else {
    again();
  }
}

void RegisterReader::linkLost(const Failure& /*failure*/) { again(); }

void RegisterReader::linkDown() {
  end_ = loop_.at(loop_.now(), "registers read", [this] { std::exchange(ended_, nullptr)(); });
}

void RegisterReader::again() {
  if (stopping_) return;
  reading_ = false;
  timer_ = loop_.at(loop_.now() + kTryAgain, "connect again", [this] { connect(); });
}

// What is due on the line now.
void RegisterReader::look() {
  if (!reading_) return;
  if (const auto expired = exchange_.expire(loop_.now())) settle(std::unexpected(*expired));
  if (const auto bytes = exchange_.rewrite(loop_.now())) link_->write(*bytes);
  if (!exchange_.busy()) ask();
  if (!reading_) return;
  const TimePoint when = exchange_.busy() ? exchange_.deadline() : exchange_.freeAt(*request_, loop_.now());
  timer_ = loop_.at(when, "registers", [this] { look(); });
}

void RegisterReader::ask() {
  if (!request_ && !choose()) {
    stop();
    return;
  }
  const TimePoint now = loop_.now();
  if (exchange_.freeAt(*request_, now) > now) return;
  const Bytes bytes = exchange_.begin(*std::exchange(request_, std::nullopt), device::Identification::kProbeTimeout, now);
  link_->write(bytes);
}

// The next request: of the unit after the one asked last, so that each gets its share of the time. False when nothing is left.
bool RegisterReader::choose() {
  if (first_only_) {
    for (asked_ = 0; asked_ < dumps_.size(); ++asked_) {
      request_ = dumps_[asked_].next(exchange_, loop_.now());
      if (request_ || dumps_[asked_].alive()) break;
    }
    return request_.has_value();
  }
  for (std::size_t step = 0; step < dumps_.size() && !request_; ++step) {
    asked_ = (asked_ + 1) % dumps_.size();
    request_ = dumps_[asked_].next(exchange_, loop_.now());
  }
  return request_.has_value();
}

void RegisterReader::settle(const Result<modbus::Answer>& result) {
  if (result) {
    dumps_[asked_].answered(*result);
  } else {
    dumps_[asked_].failed(result.error());
  }
}

}  // namespace blupow::app
