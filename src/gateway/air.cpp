#include "gateway/air.hpp"

namespace blupow::gateway {

namespace {

// Phones change their address every few minutes: in a busy place the table would grow for ever.
constexpr std::size_t kMany = 256;
constexpr Duration kOld = std::chrono::minutes(2);

}  // namespace

Air::ScanWish::ScanWish(Air& air) : air_(&air) {
  if (air_->wishes_++ == 0) air_->transport_.scan(true);
}

Air::ScanWish::~ScanWish() {
  if (--air_->wishes_ == 0) air_->transport_.scan(false);
}

Air::Air(ble::Transport& transport) : transport_(transport) { transport_.observe(this); }

Air::~Air() { transport_.observe(nullptr); }

std::vector<ble::Advertisement> Air::heardSince(TimePoint time) const {
  std::vector<ble::Advertisement> result;
  for (const auto& [address, advertisement] : heard_) {
    if (advertisement.heard >= time) result.push_back(advertisement);
  }
  return result;
}

std::optional<ble::Advertisement> Air::lastHeard(const MacAddress& address) const {
  const auto found = heard_.find(address);
  if (found == heard_.end()) return std::nullopt;
  return found->second;
}

void Air::radioChanged(const RadioStatus& status) {
  ears_.tell([&](Ear& ear) { ear.radioChanged(status); });
}

void Air::heard(const ble::Advertisement& advertisement) {
  if (heard_.size() >= kMany) forgetOld(advertisement.heard);
  auto& last = heard_[advertisement.address];
  const std::string name = advertisement.name.empty() ? last.name : advertisement.name;  // names come in some advertisements only
  last = advertisement;
  last.name = name;
  const ble::Advertisement whole = last;
  ears_.tell([&](Ear& ear) { ear.heard(whole); });
}

void Air::forgetOld(TimePoint now) {
  std::erase_if(heard_, [&](const auto& entry) { return entry.second.heard + kOld < now; });
}

}  // namespace blupow::gateway
