#include "gateway/statistics.hpp"

#include <numeric>

namespace blupow::gateway {

namespace {

constexpr std::size_t kPolls = 100;
constexpr Duration kTellEvery = std::chrono::seconds(60);

}  // namespace

Statistics::Statistics(runtime::Loop& loop, const Subscribers<Listener>& listeners) : loop_(loop), listeners_(listeners) { state_.started_at = loop.wallNow(); }

void Statistics::start() { tell(); }

void Statistics::adapter(const std::string& name) {
  if (state_.adapter == name) return;
  state_.adapter = name;
  tellLater();
}

void Statistics::devices(std::size_t count) {
  if (state_.devices == count) return;
  state_.devices = count;
  tellLater();
}

void Statistics::polled(bool ok, Duration taken) {
  if (!ok) {
    ++state_.polls_failed;
    tellLater();
    return;
  }
  ++state_.polls_ok;
  state_.last_success = loop_.wallNow();
  times_.push_back(taken);
  if (times_.size() > kPolls) times_.pop_front();
  state_.poll_time = inSeconds(std::accumulate(times_.begin(), times_.end(), Duration())) / static_cast<double>(times_.size());
  tellLater();
}

void Statistics::tell() {
  later_.cancel();
  told_ = loop_.now();
  listeners_.tell([this](Listener& listener) { listener.gatewayChanged(state_); });
}

void Statistics::tellLater() {
  if (!told_ || later_) return;
  later_ = loop_.at(std::max(loop_.now(), *told_ + kTellEvery), "gateway state", [this] { tell(); });
}

}  // namespace blupow::gateway
