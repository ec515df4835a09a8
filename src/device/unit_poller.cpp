#include "device/unit_poller.hpp"

#include <algorithm>
#include <utility>

#include "profile/decode.hpp"
#include "profile/variant.hpp"

namespace blupow::device {

namespace {
constexpr std::size_t kMostUnknown = 100;  // clauses remembered; a device that invents codes must not fill the memory

std::string joined(const std::vector<std::string>& clauses, const std::string& between = "; ") {
  std::string text;
  for (const std::string& clause : clauses) text += (text.empty() ? "" : between) + clause;
  return text;
}

// What is said of blocks whose fields leave the readings.
action::Note leftOut(const std::vector<std::string>& blocks, bool missing) {
  const bool one = blocks.size() == 1;
  const std::string what = (one ? "block " : "blocks ") + joined(blocks, ", ");
  const std::string why = missing ? (one ? " does not answer, its" : " do not answer, their")
                          : one   ? " brings nothing to believe, its"
                                  : " bring nothing to believe, their";
  return {false, what + why + " fields are left out"};
}

}  // namespace

UnitPoller::UnitPoller(UnitIdentity identity, std::string_view advertised_name)
    : identity_(std::move(identity)),
      advertised_name_(advertised_name),
      variant_(profile::variantFor(identity_.family, identity_.model, advertised_name)),
      plan_(variant_->blocks) {
  if (identity_.known_as == 0) identity_.known_as = identity_.id;
  distrust();
}

void UnitPoller::rename(std::string_view advertised_name) {
  advertised_name_ = advertised_name;
  const profile::ProfilePtr before = variant_;
  setVariant();
  if (variant_->blocks != before->blocks) plan();
}

// Everything is asked anew; what is known of blocks by their place goes with the old plan.
void UnitPoller::plan() {
  plan_ = PollPlan(variant_->blocks);
  queue_.clear();
  troubles_.clear();
  implausible_.clear();
}

TimePoint UnitPoller::readAt(std::string_view key) const {
  const profile::Field* field = variant_->field(key);
  if (field == nullptr) return kNever;
  const auto at = [this](const profile::Field* of) {
    const auto found = of == nullptr ? read_at_.end() : read_at_.find(of->block);
    return found == read_at_.end() ? kNever : found->second;
  };
  TimePoint oldest = at(field);
  for (const std::string& input : field->inputs) oldest = std::min(oldest, at(variant_->field(input)));
  return oldest;
}

void UnitPoller::setVariant() {
  variant_ = profile::variantFor(identity_.family, identity_.model, advertised_name_);
  std::erase_if(readings_, [&](const auto& reading) { return !variant_->field(reading.first); });
}

void UnitPoller::place(const Found& found) {
  identity_.id = found.id;
  if (!found.model.empty()) identity_.model = found.model;
  if (!found.serial_number.empty()) identity_.serial_number = found.serial_number;
  setVariant();
  plan();
  begun_ = kNever;
  trusted_ = confirmed_ = true;
  mistaken_ = lost_told_ = unheard_ = false;
  silent_polls_ = 0;
}

std::uint8_t UnitPoller::ownId() const {
  const auto id = profile::wholeIn(readings_, kOwnId);
  return id && *id > 0 && *id < modbus::kAnyUnit ? static_cast<std::uint8_t>(*id) : std::uint8_t{0};
}

void UnitPoller::distrust() { trusted_ = !namesOne(identity_.serial_number) || !serialBlock(); }

std::optional<std::size_t> UnitPoller::serialBlock() const {
  const profile::Field* field = variant_->field(kSerialNumber);
  return field ? plan_.find(field->block) : std::nullopt;
}

bool UnitPoller::mistakes(const profile::Readings& readings) const {
  const std::string serial = profile::textIn(readings, kSerialNumber);
  return namesOne(serial) && namesOne(identity_.serial_number) && serial != identity_.serial_number;
}

void UnitPoller::forgiveSilence() {
  silent_polls_ = 0;
  unheard_ = true;
}

bool UnitPoller::takeLost() { return silent_polls_ >= kLost && !std::exchange(lost_told_, true); }

void UnitPoller::begin(TimePoint now) {
  std::vector<std::size_t> due = plan_.due(now);
  if (!trusted_ && std::ranges::find(due, *serialBlock()) == due.end()) due.push_back(*serialBlock());
  queue_ = requests(due);
  if (!trusted_) serialFirst();
  begun_ = now;
  silences_ = 0;
  asked_ = came_ = alive_ = brought_ = again_ = proven_silent_ = learnt_ = false;
  troubles_.clear();
}

void UnitPoller::answered(std::span<const std::uint16_t> words, TimePoint now) {
  if (queue_.empty()) return;
  const profile::Span span = std::move(queue_.front());
  queue_.pop_front();
  came_ = asked_ = true;
  again_ = false;
  const std::vector<profile::Decoded> decoded = decodedOf(span, words);
  if (std::ranges::any_of(decoded, [this](const profile::Decoded& of) { return mistakes(of.readings); })) {
    mistaken_ = true;
    alive_ = brought_ = trusted_ = false;
    queue_.clear();
    return;
  }
  const bool is_named = std::ranges::any_of(decoded, [](const profile::Decoded& of) { return !profile::textIn(of.readings, kSerialNumber).empty(); });
  trusted_ = trusted_ || is_named;
  alive_ = alive_ || trusted_;
  if (trusted_) mistaken_ = false;
  // An answer is believed whole or not at all.
  if (!trusted_ || std::ranges::any_of(decoded, [](const profile::Decoded& of) { return !of.implausible.empty(); })) return disbelieve(span, decoded);
  for (std::size_t i = 0; i < span.blocks.size(); ++i) {
    take(span.blocks[i], decoded[i], profile::wordsOf(plan_.block(span.blocks[i]), span, words), now);
  }
}

// Each block of an answer by itself; one may hang on what another before it says.
std::vector<profile::Decoded> UnitPoller::decodedOf(const profile::Span& span, std::span<const std::uint16_t> words) const {
  profile::Readings so_far = known();
  std::vector<profile::Decoded> decoded;
  decoded.reserve(span.blocks.size());
  for (const std::size_t index : span.blocks) {
    if (!decoded.empty()) {
      for (const auto& [key, value] : decoded.back().readings) so_far.insert_or_assign(key, value);
    }
    const profile::Block& block = plan_.block(index);
    decoded.push_back(profile::decode(*variant_, block.address, profile::wordsOf(block, span, words), so_far));
  }
  return decoded;
}

void UnitPoller::disbelieve(const profile::Span& span, const std::vector<profile::Decoded>& decoded) {
  for (std::size_t i = 0; i < span.blocks.size(); ++i) {
    const std::size_t index = span.blocks[i];
    const std::vector<std::string>& why = decoded[i].implausible;
    if (trusted_ && !why.empty() && implausible_.insert(index).second) {
      notes_.push_back({true, "block " + plan_.block(index).name + " is implausible and not believed: " + joined(why)});
    }
    fail(index, Outcome::implausible);
  }
}

void UnitPoller::take(std::size_t index, const profile::Decoded& decoded, std::span<const std::uint16_t> words, TimePoint now) {
  const profile::Block& block = plan_.block(index);
  // Devices fill what they do not have with 0xFFFF.
  if (decoded.readings.empty() && std::ranges::all_of(words, [](std::uint16_t word) { return word == 0xFFFF; })) {
    fail(index, Outcome::rejected);
    return;
  }
  if (implausible_.erase(index) != 0) notes_.push_back({true, "block " + block.name + " is plausible again"});
  brought_ = true;
  plan_.asked(index);
  plan_.answered(index, begun_);
  hold(block, decoded, now);
  learnt_ = identity_.answered_blocks.insert(block.name).second || learnt_;
}

// What the block says now, in place of what it said before.
void UnitPoller::hold(const profile::Block& block, const profile::Decoded& decoded, TimePoint now) {
  for (const profile::Field& field : variant_->fields) {
    if (field.block == block.name && !decoded.readings.contains(field.key)) readings_.erase(field.key);
  }
  for (const auto& [key, value] : decoded.readings) readings_.insert_or_assign(key, value);
  profile::derive(*variant_, readings_);
  learnCounts(decoded.readings);
  learnUnknown(decoded.unknown);
  answered_at_ = read_at_[block.name] = now;
}

void UnitPoller::failed(const Failure& failure) {
  if (queue_.empty()) return;
  asked_ = true;
  const bool rejected = failure.kind == FailureKind::rejected;
  const bool corrupt = failure.kind == FailureKind::protocol;
  if (corrupt && !again_) {
    again_ = true;
    return;
  }
  if (rejected) {
    came_ = true;
    alive_ = alive_ || trusted_;
  }
  const std::vector<std::size_t> blocks = queue_.front().blocks;
  if (rejected && blocks.size() > 1) return split(true);  // together they may be more than the device gives
  const bool proven = std::ranges::all_of(blocks, [this](std::size_t index) { return plan_.proven(index); });
  proven_silent_ = proven_silent_ || std::ranges::any_of(blocks, [this](std::size_t index) { return plan_.proven(index); });
  ++silences_;
  if (blocks.size() > 1 && !corrupt && !proven) return split(false);  // likewise; where each has answered before, only this answer was lost
  queue_.pop_front();
  again_ = false;
  for (const std::size_t index : blocks) fail(index, rejected ? Outcome::rejected : corrupt ? Outcome::corrupt : Outcome::silent);
}

void UnitPoller::fail(std::size_t index, Outcome outcome) {
  plan_.asked(index);
  troubles_.push_back({index, outcome});
}

// What other fields are counted by, scaled by or taken from; counts also from before the last start.
profile::Readings UnitPoller::known() const {
  profile::Readings known;
  const auto add = [&](const std::string& key) {
    if (const auto reading = readings_.find(key); reading != readings_.end()) known.insert(*reading);
  };
  for (const profile::Field& field : variant_->fields) {
    if (!field.count.empty()) add(field.count);
    if (!field.times.empty()) add(field.times);
    if (field.type == profile::Type::first) std::ranges::for_each(field.inputs, add);
  }
  for (const auto& [key, count] : identity_.counts) known.emplace(key, count);
  return known;
}

void UnitPoller::learnCounts(const profile::Readings& readings) {
  for (const profile::Field& field : variant_->fields) {
    const auto count = field.count.empty() ? std::nullopt : profile::wholeIn(readings, field.count);
    if (!count) continue;
    const auto [known, fresh] = identity_.counts.try_emplace(field.count, *count);
    learnt_ = learnt_ || fresh || known->second != *count;
    known->second = *count;
  }
}

void UnitPoller::learnUnknown(const std::vector<std::string>& clauses) {
  for (const std::string& clause : clauses) {
    if (unknown_.size() >= kMostUnknown || !unknown_.insert(clause).second) continue;
    notes_.push_back({true, "unknown code: " + clause});
  }
}

void UnitPoller::drop(std::string_view block) {
  for (const profile::Field& field : variant_->fields) {
    if (field.block == block) readings_.erase(field.key);
  }
  profile::derive(*variant_, readings_);
}

// Failures count only while the unit shows life: a unit that says nothing at all is offline, its blocks are as good as before.
UnitPoller::Ended UnitPoller::end(TimePoint now) {
  Ended ended{.ok = alive_ || !asked_, .came = came_, .brought = brought_};
  if (alive_) {
    silent_polls_ = 0;
    lost_told_ = unheard_ = false;
  } else if (asked_) {
    silent_polls_ = mistaken_ ? std::max(silent_polls_ + 1, kLost) : silent_polls_ + 1;
    distrust();
  }
  std::vector<std::string> silent;
  std::vector<std::string> unbelieved;
  for (const Trouble& trouble : troubles_) {
    ended.corrupt = ended.corrupt || trouble.outcome == Outcome::corrupt;
    if (!alive_) continue;
    const bool missing = trouble.outcome == Outcome::silent || trouble.outcome == Outcome::rejected;
    const bool known = identity_.answered_blocks.contains(plan_.block(trouble.block).name);
    const Duration pause = known ? PollPlan::kLeftOutKnown : PollPlan::kLeftOut;
    if (!plan_.failed(trouble.block, missing && brought_ ? pause : Duration::zero(), now)) continue;
    drop(plan_.block(trouble.block).name);
    (missing ? silent : unbelieved).push_back(plan_.block(trouble.block).name);
  }
  if (!silent.empty()) notes_.push_back(leftOut(silent, true));
  if (!unbelieved.empty()) notes_.push_back(leftOut(unbelieved, false));
  ended.changed = learnIdentity() || learnt_;
  ended.complete = plan_.complete();
  if (ended.complete && ended.brought && variant_->history) history_.allow(now);
  queue_.clear();
  troubles_.clear();
  asked_ = came_ = alive_ = brought_ = again_ = proven_silent_ = learnt_ = false;
  return ended;
}

bool UnitPoller::learnIdentity() {
  if (!brought_) return false;
  bool learnt = false;
  if (const std::string serial = profile::textIn(readings_, kSerialNumber); !serial.empty() && serial != identity_.serial_number) {
    identity_.serial_number = serial;
    learnt = true;
  }
  if (const std::string model = profile::textIn(readings_, kModel); !model.empty() && identity_.model.empty()) {
    identity_.model = model;
    rename(advertised_name_);
    learnt = true;
  }
  return learnt;
}

std::vector<action::Note> UnitPoller::takeNotes() { return std::exchange(notes_, {}); }

}  // namespace blupow::device
