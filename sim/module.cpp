#include "sim/module.hpp"

#include <algorithm>
#include <utility>

#include "sim/renogy/shunt.hpp"

namespace blupow::sim {

namespace {

constexpr std::size_t kRequestSize = 8;
constexpr int kRssiSpread = 4;
constexpr std::uint8_t kUniversal = 0xFF;

std::vector<Bytes> pieces(const Bytes& frame, std::size_t size) {
  std::vector<Bytes> result;
  for (std::size_t at = 0; at < frame.size(); at += size) {
    const std::size_t end = std::min(at + size, frame.size());
    result.emplace_back(frame.begin() + static_cast<std::ptrdiff_t>(at), frame.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return result;
}

Bytes joined(Bytes first, ByteView second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// What the faults that only change bytes make of a frame.
Bytes spoilt(const AnswerRule& rule, const Request& request, Bytes frame, const Bytes& before) {
  constexpr std::array<std::uint8_t, 5> kNoise = {0x00, 0x5A, 0xFF, 0x03, 0x17};
  switch (rule.fault) {
    case AnswerFault::corrupt:
      frame[frame.size() / 2] ^= 0x40U;
      return frame;
    case AnswerFault::truncated:
      frame.resize(frame.size() - frame.size() / 3 - 1);
      return frame;
    case AnswerFault::extra:
      return joined(frame, kNoise);
    case AnswerFault::garbage:
      return joined(Bytes(kNoise.begin(), kNoise.end()), frame);
    case AnswerFault::exception:
      return exceptionAnswer(frame[0], request.function, rule.code);
    case AnswerFault::stale:
      return before.empty() ? frame : before;
    case AnswerFault::twice:
      return joined(frame, frame);
    default:
      return frame;
  }
}

// Sound frames that answer another question.
Bytes misled(const AnswerRule& rule, const Request& request, const Bytes& frame) {
  if (rule.fault == AnswerFault::wrong_echo && (frame[1] & 0x80U) == 0) {
    Request other = request;
    (request.function == kWriteWord ? other.values.front() : other.count) ^= 0x01U;
    return writeAnswer(frame[0], other);
  }
  if (request.function != kReadWords || frame.size() < 7 || (frame[1] & 0x80U) != 0) return frame;
  Words words;
  for (std::size_t at = 3; at + 3 < frame.size(); at += 2) words.push_back(static_cast<std::uint16_t>((frame[at] << 8U) | frame[at + 1]));
  if (rule.fault == AnswerFault::foreign) return readAnswer(static_cast<std::uint8_t>(frame[0] ^ 0x05U), words);
  words.pop_back();
  return readAnswer(frame[0], words);
}

}  // namespace

Module::Module(Loop& loop, const DeviceScene& scene, const Scene& world, Events events)
    : loop_(loop),
      world_(world),
      scene_(scene),
      events_(std::move(events)),
      random_(world.seed),
      faults_(world.seed),
      silent_(scene.silent),
      ready_(loop.now()) {
  for (const UnitScene& unit : scene_.units) units_.emplace_back(unit, world);
  for (const char digit : scene_.address.digits()) random_.discard(static_cast<unsigned char>(digit));
  const auto phase = std::uniform_int_distribution<>(0, static_cast<int>(scene_.timing.advertise.count()))(random_);
  advertising_ = loop_.after(Milliseconds(phase), [this] { advertise(); });
}

bool Module::advertising() const { return !central_ && !held_ && !silent_; }

bool Module::refusing() const { return loop_.now() < ready_; }

void Module::advertise() {
  advertising_ = loop_.after(scene_.timing.advertise, [this] { advertise(); });
  if (!advertising()) return;
  events_.heard(*this, scene_.rssi + std::uniform_int_distribution<>(-kRssiSpread, kRssiSpread)(random_));
}

void Module::attach(Central central) {
  central_ = std::move(central);
  ++links_;
  stream();
}

void Module::detach() {
  if (!central_) return;
  central_.reset();
  waiting_.clear();
  streaming_.cancel();
  rest();
}

void Module::attemptFailed() { rest(); }

void Module::rest() { ready_ = loop_.now() + scene_.timing.refuse; }

void Module::hold(bool on) {
  held_ = on;
  if (on) dropLink();
}

void Module::dropLink() {
  if (!central_) return;
  const auto lost = central_->lost;
  detach();
  lost();
}

bool Module::diesNow() {
  if (deaths_ == 0) return false;
  --deaths_;
  return true;
}

void Module::forgetCounts() {
  links_ = 0;
  requests_ = 0;
  answering_ = {};
  for (Unit& unit : units_) unit.forgetReads();
}

Milliseconds Module::lineTime(std::size_t bytes) const {
  if (scene_.timing.baud == 0) return Milliseconds(0);
  constexpr std::size_t kBitsPerByte = 10;  // 8N1
  return Milliseconds(bytes * kBitsPerByte * 1000 / scene_.timing.baud);
}

void Module::add(const UnitScene& unit) { units_.emplace_back(unit, world_); }

void Module::remove(std::uint8_t unit) {
  std::erase_if(units_, [&](const Unit& one) { return one.id() == unit; });
}

bool Module::dangerous(const Request& request) const {
  return std::ranges::any_of(units_, [&](const Unit& unit) { return unit.hears(request) && unit.dangerous(request); });
}

void Module::strayWrite(const std::string& characteristic, ByteView bytes) {
  oddities_.push_back({.characteristic = characteristic, .bytes = Bytes(bytes.begin(), bytes.end()), .request = parseRequest(bytes), .answer = {}});
}

void Module::request(ByteView frame) {
  const auto request = parseRequest(frame);
  if (!request) return oddities_.push_back({.characteristic = {}, .bytes = Bytes(frame.begin(), frame.end()), .request = {}, .answer = {}});
  ++requests_;
  if (!answering_.first_request) answering_.first_request = loop_.now();
  // A read that nobody answers uses up no fault.
  const bool heard = std::ranges::any_of(units_, [&](const Unit& unit) { return unit.hears(*request); });
  const auto rule = heard ? faults_.take(*request) : std::nullopt;
  const auto answer = answerOf(*request, rule);
  if (request->function != kReadWords || dangerous(*request)) {
    oddities_.push_back({.characteristic = {},
                         .bytes = Bytes(frame.begin(), frame.end()),
                         .request = request,
                         .dangerous = dangerous(*request),
                         .answer = answer.value_or(Bytes{})});
  }
  if (answer) reply(*request, *answer, rule);
}

std::optional<Bytes> Module::answerOf(const Request& request, const std::optional<AnswerRule>& rule) {
  if (scene_.clash && request.unit == kUniversal) return everyAnswer(request, rule);
  for (Unit& unit : units_) {
    if (!unit.hears(request)) continue;
    if (rule && rule->fault == AnswerFault::refused) return exceptionAnswer(unit.speaksAs(request), request.function, rule->code);
    return unit.answer(request, rule && rule->fault == AnswerFault::ignored);
  }
  return std::nullopt;
}

// All units drive the line at once: what arrives is no frame.
std::optional<Bytes> Module::everyAnswer(const Request& request, const std::optional<AnswerRule>& rule) {
  Bytes mixed;
  for (Unit& unit : units_) {
    const auto answer = unit.answer(request, rule && rule->fault == AnswerFault::ignored);
    if (!answer) continue;
    mixed.resize(std::max(mixed.size(), answer->size()), 0xFF);
    for (std::size_t at = 0; at < answer->size(); ++at) mixed[at] &= (*answer)[at];
  }
  if (mixed.empty()) return std::nullopt;
  mixed.back() ^= 0x55U;  // also where one unit alone answered, or all gave the same
  return mixed;
}

void Module::reply(const Request& request, const Bytes& frame, const std::optional<AnswerRule>& rule) {
  const Milliseconds delay = scene_.timing.answer + lineTime(kRequestSize);
  const Bytes before = std::exchange(last_frame_, frame);
  if (!rule) {
    notify(frame, delay, scene_.mtu - 3U);
    return;
  }
  switch (rule->fault) {
    case AnswerFault::lost:
      return;
    case AnswerFault::late:
      notify(frame, delay + rule->delay, scene_.mtu - 3U);
      return;
    case AnswerFault::split:
      notify(frame, delay, 7);
      return;
    case AnswerFault::foreign:
    case AnswerFault::wrong_size:
    case AnswerFault::wrong_echo:
      notify(misled(*rule, request, frame), delay, scene_.mtu - 3U);
      return;
    default:
      notify(spoilt(*rule, request, frame, before), delay, scene_.mtu - 3U);
  }
}

// Each piece leaves when its last byte has come over the serial line.
void Module::notify(const Bytes& frame, Milliseconds delay, std::size_t size) {
  const auto asked = loop_.now();
  std::size_t sent = 0;
  for (const Bytes& piece : pieces(frame, size)) {
    sent += piece.size();
    later(delay + lineTime(sent), [this, piece, asked, last = sent == frame.size()] {
      if (!central_) return;
      central_->notified(piece);
      if (last) answering_.total += loop_.now() - asked;
    });
  }
}

void Module::stream() {
  const auto shunt = std::ranges::find_if(units_, [](const Unit& unit) { return unit.scene().family == Family::shunt; });
  if (shunt == units_.end()) return;
  streaming_ = loop_.after(scene_.timing.stream, [this] { stream(); });
  if (streamed_ != 0 && !shunt->scene().silent) {
    const Request nobody;  // the faults that fit no special request spoil these frames too
    reply(nobody, shuntSends(shunt->registers(), streamed_ - 1), faults_.take(nobody));
  }
  ++streamed_;
}

void Module::later(Milliseconds delay, std::function<void()> task) {
  waiting_.emplace_back();
  const auto place = std::prev(waiting_.end());
  *place = loop_.after(delay, [this, place, task = std::move(task)] {
    task();
    if (central_) waiting_.erase(place);
  });
}

}  // namespace blupow::sim
