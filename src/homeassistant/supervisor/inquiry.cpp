#include "homeassistant/supervisor/inquiry.hpp"

#include <algorithm>
#include <utility>

namespace blupow::homeassistant::supervisor {

Next nextAfter(const Trouble& trouble) {
  const bool refused = trouble.kind == TroubleKind::token_refused || trouble.kind == TroubleKind::not_declared;
  return refused ? Next::again_when_allowed : Next::again;
}

Inquiry::Inquiry(runtime::Loop& loop, Api& api, std::string path, Judge judge) : loop_(loop), api_(api), path_(std::move(path)), judge_(std::move(judge)) {}

void Inquiry::askNow() {
  pause_ = kFirstPause;
  if (!asking_) ask();
}

void Inquiry::askSoon() {
  pause_ = kFirstPause;
  if (!asking_) askAfter(kFirstPause);
}

void Inquiry::rest() {
  timer_.cancel();
  request_.cancel();
  asking_ = false;
}

void Inquiry::ask() {
  timer_.cancel();
  asking_ = true;
  request_ = api_.get(path_, [this](const Outcome& outcome) { answered(outcome); });
}

void Inquiry::answered(const Outcome& outcome) {
  asking_ = false;
  const Next next = judge_(outcome);
  if (asking_ || next == Next::rest) return;
  const Duration pause = std::min(pause_, next == Next::again ? kLongestPause : kLongestPauseWhenRefused);
  pause_ = std::min(2 * pause, kLongestPauseWhenRefused);
  askAfter(pause);
}

void Inquiry::askAfter(Duration pause) {
  timer_ = loop_.at(loop_.now() + pause, "ask the Supervisor", [this] { ask(); });
}

}  // namespace blupow::homeassistant::supervisor
