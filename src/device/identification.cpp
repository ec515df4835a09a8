#include "device/identification.hpp"

#include <algorithm>
#include <cassert>
#include <regex>
#include <utility>

#include "core/text.hpp"

namespace blupow::device {

namespace {
std::string textOf(const std::vector<std::uint16_t>& words) {
  std::string text;
  for (const std::uint16_t word : words) {
    text += static_cast<char>(word >> 8U);
    text += static_cast<char>(word & 0xFFU);
  }
  return printable(trimmed(text));
}

const profile::IdentifyRead* readAt(const profile::Profile& family, std::uint16_t address, std::uint16_t words) {
  const auto found = std::ranges::find_if(family.identify, [&](const auto& read) { return read.address == address && read.words == words; });
  return found == family.identify.end() ? nullptr : &*found;
}
}  // namespace

Identification::Identification(const std::vector<profile::ProfilePtr>& families, std::string_view first) {
  std::vector<profile::ProfilePtr> ordered = families;
  const auto guessed = std::ranges::find(ordered, first, [](const auto& family) -> std::string_view { return family->type; });
  if (guessed != ordered.end()) std::rotate(ordered.begin(), guessed, guessed + 1);
  std::size_t rounds = 0;
  for (const auto& family : ordered) rounds = std::max(rounds, family->unit_ids.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const auto& family : ordered) add(family, round);
  }
  if (ordered.size() == 1 && ordered.front()->identify.empty()) {
    const auto& ids = ordered.front()->unit_ids;
    found_.push_back({.id = ids.empty() ? modbus::kAnyUnit : ids.front(), .family = ordered.front()});
  }
}

void Identification::add(const profile::ProfilePtr& family, std::size_t round) {
  if (round >= family->unit_ids.size()) return;
  const std::uint8_t unit = family->unit_ids[round];
  for (const profile::IdentifyRead& read : family->identify) {
    const auto same =
        std::ranges::find_if(probes_, [&](const Probe& probe) { return probe.unit == unit && probe.address == read.address && probe.words == read.words; });
    if (same == probes_.end()) {
      probes_.push_back({.unit = unit, .address = read.address, .words = read.words, .round = round, .families = {family}});
    } else {
      same->families.push_back(family);
    }
  }
}

modbus::Request Identification::next() const {
  assert(!done());
  const Probe& probe = probes_[current_];
  return modbus::Request::read(probe.unit, probe.address, probe.words);
}

void Identification::answered(const modbus::Answer& answer) {
  assert(!done());
  const Probe& probe = probes_[current_];
  const std::string text = textOf(answer.words);
  alive_ = true;
  note(text.empty() ? "no text" : text);
  for (const auto& family : probe.families) {
    const profile::IdentifyRead* read = readAt(*family, probe.address, probe.words);
    if (!read || !std::regex_search(text, read->expression)) continue;
    found_.push_back({.id = probe.unit, .family = family, .model = text});
    return;
  }
  proven(false);
  ++current_;
}

void Identification::failed(const Failure& failure) {
  assert(!done());
  note(failure.text);
  switch (failure.kind) {
    case FailureKind::rejected:
      alive_ = true;
      proven(false);
      break;
    case FailureKind::protocol:
      corrupt_ = true;
      proven(true);
      break;
    default:
      ++silences_;
      silent_.push_back(probes_[current_]);
      break;
  }
  ++current_;
}

// Something sits at the id of the present probe: of what is left only the first round and this id are worth a question, and what was silent at this id
// may have been lost. On a link with one device the other ids are only other names for it.
void Identification::proven(bool repeat_current) {
  const Probe here = probes_[current_];
  const auto rest = probes_.begin() + static_cast<std::ptrdiff_t>(current_) + 1;
  probes_.erase(std::remove_if(rest, probes_.end(), [&](const Probe& probe) { return probe.round != 0 && probe.unit != here.unit; }), probes_.end());
  if (repeat_current && !here.repeated) silent_.push_back(here);
  for (Probe& probe : silent_) {
    if (probe.unit != here.unit || std::exchange(probe.repeated, true)) continue;
    probes_.push_back(probe);
  }
}

void Identification::note(std::string_view what) {
  const Probe& probe = probes_[current_];
  if (!answers_.empty()) answers_ += "; ";
  answers_ += "register " + std::to_string(probe.address) + " at id " + std::to_string(probe.unit) + ": ";
  answers_ += what;
}

Failure Identification::failure() const {
  if (alive_) return {FailureKind::rejected, "answers, but is none of the devices asked for"};
  if (corrupt_) return {FailureKind::protocol, "corrupt answers only"};
  return {FailureKind::retry_later, "no answer from any id"};
}

}  // namespace blupow::device
