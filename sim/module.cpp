#include "sim/module.hpp"

#include <algorithm>
#include <utility>

namespace blupow::sim {

namespace {

constexpr std::size_t kRequestSize = 8;
constexpr int kRssiSpread = 4;

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
  if (request.function != kReadWords || frame.size() < 7 || (frame[1] & 0x80U) != 0) return frame;
  Words words;
  for (std::size_t at = 3; at + 3 < frame.size(); at += 2) words.push_back(static_cast<std::uint16_t>((frame[at] << 8U) | frame[at + 1]));
  if (rule.fault == AnswerFault::foreign) return readAnswer(static_cast<std::uint8_t>(frame[0] ^ 0x05U), words);
  words.pop_back();
  return readAnswer(frame[0], words);
}

}  // namespace

Module::Module(Loop& loop, const DeviceScene& scene, const Scene& world, Events events)
    : loop_(loop), scene_(scene), events_(std::move(events)), random_(world.seed), faults_(world.seed), silent_(scene.silent), ready_(loop.now()) {
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
}

void Module::detach() {
  if (!central_) return;
  central_.reset();
  waiting_.clear();
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

void Module::request(ByteView frame) {
  const auto request = parseRequest(frame);
  if (!request) return;
  ++requests_;
  if (!answering_.first_request) answering_.first_request = loop_.now();
  for (Unit& unit : units_) {
    if (const auto answer = unit.answer(*request)) {
      reply(*request, *answer);
      return;
    }
  }
}

void Module::reply(const Request& request, const Bytes& frame) {
  Milliseconds delay = scene_.timing.answer + lineTime(kRequestSize);
  const Bytes before = std::exchange(last_frame_, frame);
  const auto rule = faults_.take(request);
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

void Module::later(Milliseconds delay, std::function<void()> task) {
  waiting_.emplace_back();
  const auto place = std::prev(waiting_.end());
  *place = loop_.after(delay, [this, place, task = std::move(task)] {
    task();
    if (central_) waiting_.erase(place);
  });
}

}  // namespace blupow::sim
