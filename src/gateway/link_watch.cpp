#include "gateway/link_watch.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace blupow::gateway {

namespace {

constexpr std::size_t kPolls = 100;
constexpr Duration kTellEvery = std::chrono::minutes(1);
constexpr std::size_t kLongestText = 255;  // what Home Assistant takes for a state

// At most so many bytes, never ending inside of a character.
std::string clipped(std::string text) {
  if (text.size() <= kLongestText) return text;
  std::size_t end = kLongestText - 3;
  while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

double rounded(double value, double steps) { return std::round(value * steps) / steps; }

}  // namespace

LinkWatch::LinkWatch(runtime::Loop& loop, std::function<void()> tell) : loop_(loop), tell_(std::move(tell)), told_(loop.now() - kTellEvery) {}

void LinkWatch::heard(int rssi) {
  if (std::exchange(status_.rssi, rssi) != rssi) tellLater();
}

void LinkWatch::up() {
  if (was_up_ && broken_) {
    ++status_.reconnects;
    tellLater();
  }
  was_up_ = true;
  broken_ = false;
}

void LinkWatch::broken() { broken_ = true; }

void LinkWatch::polled(bool ok, Duration taken) {
  polls_.push_back(ok);
  if (polls_.size() > kPolls) polls_.pop_front();
  status_.success_rate = rounded(100.0 * static_cast<double>(std::ranges::count(polls_, true)) / static_cast<double>(polls_.size()), 10);
  if (ok) {
    status_.poll_duration = rounded(inSeconds(taken), 1000);
    status_.last_success = loop_.wallNow();
  }
  tellLater();
}

void LinkWatch::handedOver(WallTime until) {
  status_.handed_over = true;
  status_.released_until = until;
  tellSoon();
}

void LinkWatch::takenBack() {
  status_.handed_over = false;
  status_.released_until.reset();
  tellSoon();
}

void LinkWatch::written(std::string sentence) {
  status_.last_write = clipped(std::move(sentence));
  tellSoon();
}

void LinkWatch::tellSoon() { tellAt(loop_.now()); }

void LinkWatch::tellLater() { tellAt(std::max(loop_.now(), told_ + kTellEvery)); }

void LinkWatch::tellAt(TimePoint when) {
  if (due_ <= when) return;
  due_ = when;
  timer_ = loop_.at(when, "link status", [this] {
    due_ = kNever;
    told_ = loop_.now();
    tell_();
  });
}

}  // namespace blupow::gateway
