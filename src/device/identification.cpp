#include "device/identification.hpp"

#include <algorithm>
#include <cassert>

namespace blupow::device {

Identification::Identification(std::vector<profile::ProfilePtr> families, std::string_view first, std::string_view advertised_name, bool serials)
    : families_(std::move(families)), advertised_name_(advertised_name), serials_(serials) {
  const auto guessed = std::ranges::find(families_, first, [](const auto& family) -> std::string_view { return family->type; });
  if (guessed != families_.end()) std::rotate(families_.begin(), guessed, guessed + 1);
  if (families_.size() == 1 && families_.front()->identify.empty()) {
    const profile::Profile& family = *families_.front();
    // Who speaks unasked cannot be asked for its model: it is the one that is known.
    const bool one_model = family.stream && family.models.size() == 1;
    found_.push_back({.id = family.unit_ids.empty() ? modbus::kAnyUnit : family.unit_ids.front(),
                      .family = families_.front(),
                      .model = one_model ? family.models.front() : std::string()});
    return;
  }
  std::ranges::move(textProbes(families_), std::back_inserter(probes_));
}

void Identification::goOn(const std::set<std::uint8_t>& known, const std::vector<std::uint8_t>& urgent) {
  const auto isUrgent = [&](const Probe& probe) { return std::ranges::find(urgent, probe.unit) != urgent.end(); };
  const auto wasSilent = [this](const Probe& probe) {
    return std::ranges::any_of(silent_, [&](const Probe& other) { return other.unit == probe.unit && other.address == probe.address; });
  };
  std::vector<Probe> probes = textProbes(families_);
  std::erase_if(probes, [&](const Probe& probe) { return probe.unit == modbus::kAnyUnit || known.contains(probe.unit); });
  const auto rest = std::stable_partition(probes.begin(), probes.end(), isUrgent);
  std::stable_partition(rest, probes.end(), [&](const Probe& probe) { return !wasSilent(probe); });
  probes_.assign(std::make_move_iterator(probes.begin()), std::make_move_iterator(probes.end()));
  found_.clear();
  silent_.clear();
  told_.clear();
  fallback_.reset();
  further_ = serials_ = true;
}

bool Identification::done() const {
  const bool asking = identity_ || !probes_.empty();
  return further_ ? !asking : !found_.empty() || !asking;
}

modbus::Request Identification::next() const {
  assert(!done());
  return identity_ ? identity_->next() : probes_.front().request();
}

std::optional<Found> Identification::take() {
  if (found_.empty()) return std::nullopt;
  Found found = std::move(found_.front());
  found_.pop_front();
  return found;
}

void Identification::answered(const modbus::Answer& answer) {
  assert(!done());
  alive_ = true;
  if (identity_) {
    identity_->answered(answer);
    takeIdentity();
    return;
  }
  const Probe probe = std::move(probes_.front());
  probes_.pop_front();
  const std::string text = textOf(answer.words);
  note(probe, text.empty() ? "no text" : text);
  auto found = recognised(probe, answer, advertised_name_);
  if (!found) {
    if (!probe.plausible) {
      for (const auto& family : probe.families) told_.emplace(probe.unit, family->type);
    }
    fallback_.reset();
    proven(probe);
    return;
  }
  // Only words tell it; where its text was silent that may have got lost, and is asked for once more.
  const auto silent = std::ranges::find_if(silent_, [&](const Probe& other) {
    return other.unit == probe.unit && !other.repeated && std::ranges::find(other.families, found->family) != other.families.end();
  });
  if (!probe.plausible || silent == silent_.end()) return accept(std::move(*found));
  fallback_ = std::move(found);
  silent->repeated = true;
  probes_.push_front(*silent);
}

void Identification::failed(const Failure& failure) {
  assert(!done());
  if (identity_) {
    identity_->failed(failure);
    takeIdentity();
    return;
  }
  Probe probe = std::move(probes_.front());
  probes_.pop_front();
  note(probe, failure.text);
  if (failure.kind == FailureKind::protocol) {
    corrupt_ = true;
    if (!std::exchange(probe.repeated, true)) return probes_.push_front(std::move(probe));
    settleFallback();
    return;
  }
  if (failure.kind == FailureKind::rejected) {
    alive_ = true;
    if (!fallback_) proven(probe);
  } else {
    ++silences_;
    silent_.push_back(probe);
  }
  if (fallback_) {
    settleFallback();
  } else {
    inVain(probe);
  }
}

// The text that was asked for once more told nothing: it is what the words made it.
void Identification::settleFallback() {
  if (fallback_) accept(*std::exchange(fallback_, std::nullopt));
}

void Identification::accept(Found found) {
  fallback_.reset();
  std::erase_if(probes_, [&](const Probe& probe) { return probe.unit == found.id; });
  identity_.reset();
  if (!serials_) {
    found_.push_back(std::move(found));
    return;
  }
  identity_.emplace(std::move(found), advertised_name_, further_);
  takeIdentity();
}

void Identification::takeIdentity() {
  if (!identity_->done()) return;
  found_.push_back(identity_->found());
  identity_.reset();
}

// Something sits at this id, and what was silent there may have been lost: it is asked once more. Of what is left for the first unit only the first
// round and this id are worth a question: on a link with one device the other ids are only other names for it.
void Identification::proven(const Probe& here) {
  if (!further_) std::erase_if(probes_, [&](const Probe& probe) { return probe.round != 0 && probe.unit != here.unit; });
  for (Probe& probe : silent_) {
    if (probe.unit != here.unit || std::exchange(probe.repeated, true)) continue;
    probes_.push_back(probe);
  }
}

// After the last text read of a family at an id was silent or rejected its words may tell.
void Identification::inVain(const Probe& probe) {
  if (probe.plausible || probe.repeated) return;
  Probe last = probe;
  std::erase_if(last.families, [&](const auto& family) {
    const bool more = std::ranges::any_of(probes_, [&](const Probe& other) {
      return other.unit == probe.unit && !other.plausible && std::ranges::find(other.families, family) != other.families.end();
    });
    return more || told_.contains(Place{probe.unit, family->type});
  });
  const auto added = plausibleProbes(last, advertised_name_);
  if (added.empty()) return;  // inserting nothing into a deque moves its elements onto themselves (libstdc++ 12)
  const auto later = std::ranges::find_if(probes_, [&](const Probe& other) { return other.round > probe.round; });
  probes_.insert(further_ ? probes_.begin() : later, added.begin(), added.end());
}

void Identification::note(const Probe& probe, std::string_view what) {
  if (!answers_.empty()) answers_ += "; ";
  answers_ += probe.described(what);
}

Failure Identification::failure() const {
  if (alive_) return {FailureKind::rejected, "answers, but is none of the devices asked for"};
  if (corrupt_) return {FailureKind::protocol, "corrupt answers only"};
  return {FailureKind::retry_later, "no answer from any id"};
}

}  // namespace blupow::device
