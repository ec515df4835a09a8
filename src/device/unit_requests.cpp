// UnitPoller: which requests a poll is made of, and in which order they go out.
#include <algorithm>

#include "device/unit_poller.hpp"

namespace blupow::device {

namespace {
constexpr std::size_t kSilencesOfADeadUnit = 2;
}  // namespace

profile::Span UnitPoller::alone(std::size_t index) const {
  const profile::Block& block = plan_.block(index);
  return {.address = block.address, .words = block.words, .blocks = {index}};
}

// As few as bring these blocks, in their order.
std::deque<profile::Span> UnitPoller::requests(const std::vector<std::size_t>& due) const {
  std::vector<std::size_t> together;
  std::vector<profile::Block> blocks;
  std::deque<profile::Span> spans;
  for (const std::size_t index : due) {
    if (plan_.splits(index)) {
      spans.push_back(alone(index));
    } else {
      together.push_back(index);
      blocks.push_back(plan_.block(index));
    }
  }
  for (profile::Span& span : profile::spansOf(blocks, variant_->max_words)) {
    for (std::size_t& block : span.blocks) block = together[block];
    spans.push_back(std::move(span));
  }
  const auto place = [&](const profile::Span& span) { return std::ranges::find_first_of(due, span.blocks) - due.begin(); };
  std::ranges::sort(spans, {}, place);
  return spans;
}

// What is asked of a unit that may be another.
void UnitPoller::serialFirst() {
  const auto span =
      std::ranges::find_if(queue_, [serial = *serialBlock()](const profile::Span& of) { return std::ranges::find(of.blocks, serial) != of.blocks.end(); });
  if (span != queue_.end()) std::rotate(queue_.begin(), span, std::next(span));
}

// A request for several blocks that did not do: each of them by itself, now and from now on.
void UnitPoller::split(bool at_once) {
  const profile::Span span = std::move(queue_.front());
  queue_.pop_front();
  again_ = false;
  auto to = at_once ? queue_.begin() : queue_.end();
  for (const std::size_t index : span.blocks) {
    plan_.split(index);
    to = std::next(queue_.insert(to, alone(index)));
  }
  if (!trusted_) serialFirst();
}

std::optional<modbus::Request> UnitPoller::next(const Exchange& exchange, TimePoint now) {
  if (queue_.empty() || hopeless()) return std::nullopt;
  const auto request = [this](const profile::Span& span) { return modbus::Request::read(identity_.id, span.address, span.words); };
  if (!trusted_) return request(queue_.front());
  const auto free = std::ranges::find_if(queue_, [&](const profile::Span& span) { return !exchange.held(request(span), now); });
  if (free == queue_.end()) {
    if (asked_) return std::nullopt;
    return request(queue_.front());
  }
  std::rotate(queue_.begin(), free, std::next(free));
  return request(queue_.front());
}

// A unit that was silent last time, or that may be another, has one question to answer.
bool UnitPoller::hopeless() const {
  if (alive_ || silences_ == 0) return false;
  return silent_polls_ > 0 || !trusted_ || (proven_silent_ && silences_ >= kSilencesOfADeadUnit);
}

}  // namespace blupow::device
