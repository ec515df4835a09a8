#include "gateway/discoveries.hpp"

#include <algorithm>
#include <utility>

#include "gateway/names.hpp"
#include "gateway/reply.hpp"

namespace blupow::gateway {

namespace {

constexpr std::size_t kMost = 16;  // at once: each lasts at most 20 s
constexpr int kFaint = -999;       // dBm, where none is told

}  // namespace

HeardDevice describe(const ble::Advertisement& advertisement, const profile::Catalogue& catalogue, TimePoint now) {
  return {.address = advertisement.address,
          .name = advertisement.name,
          .rssi = advertisement.rssi,
          .type = catalogue.guess(advertisement.name),
          .renogy = catalogue.knows(advertisement.name),
          .age = now - advertisement.heard};
}

void strongestFirst(std::vector<HeardDevice>& devices) {
  const auto key = [](const HeardDevice& device) { return std::pair(-device.rssi.value_or(kFaint), device.address); };
  std::ranges::sort(devices, {}, key);
}

Discoveries::Discoveries(runtime::Loop& loop, Air& air, const profile::Catalogue& catalogue, std::function<bool(const MacAddress&)> hide)
    : loop_(loop), air_(air), catalogue_(catalogue), hide_(std::move(hide)) {}

void Discoveries::begin(Duration time, Answer<std::vector<HeardDevice>> answer) {
  if (discoveries_.size() >= kMost) {
    refuse(loop_, std::move(answer), Refusal::busy, "Too many discoveries are under way.");
    return;
  }
  const auto discovery = discoveries_.emplace(discoveries_.end(), air_, loop_.now(), std::move(answer));
  discovery->end = loop_.at(loop_.now() + time, "discover", [this, discovery] { end(discovery); });
}

void Discoveries::abandon() {
  for (Discovery& discovery : discoveries_) refuse(loop_, std::move(discovery.answer), Refusal::failed, "The service is stopping.");
  discoveries_.clear();
}

void Discoveries::end(std::list<Discovery>::iterator discovery) {
  std::vector<HeardDevice> devices;
  for (const ble::Advertisement& advertisement : air_.heardSince(discovery->begun)) {
    if (!hide_(advertisement.address)) devices.push_back(describe(advertisement, catalogue_, loop_.now()));
  }
  strongestFirst(devices);
  const RadioStatus& radio = air_.radio();
  if (radio.state == RadioState::ready || !devices.empty()) {
    reply<std::vector<HeardDevice>>(loop_, std::move(discovery->answer), std::move(devices));
  } else {
    refuse(loop_, std::move(discovery->answer), Refusal::failed, "Nothing can be heard: " + explained(radio) + ".");
  }
  discoveries_.erase(discovery);
}

}  // namespace blupow::gateway
